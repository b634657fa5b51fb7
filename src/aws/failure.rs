//! What an SDK error means to xacct: AWS said no, or AWS was not reached.

use std::fmt;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::http::Response;
use chrono::{DateTime, Utc};

use super::denial::{Denial, Reason};
use super::response::{Stray, UnusableAnswer, is_unusable};
use crate::error::Error;

/// Error codes with which AWS asks to come back later; the SDK has already retried them.
pub(super) const THROTTLING: [&str; 7] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "TooManyRequestsError",
];

/// Codes with which AWS says that the signer's credentials are no longer, or never were, any good
/// (docs/aws.md A2.4).
const DEAD_SIGNER: [&str; 4] = [
    "ExpiredToken",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Codes with which AWS refuses a signature for its date; the first two, STS's and the JSON
/// services', have other reasons too.
const CLOCK: [&str; 4] = [
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
    "RequestExpired",
];

/// `AccessDenied`, and `AccessDeniedException` of the JSON services.
const DENIED: &str = "AccessDenied";

/// The HTTP status that asks to come back later.
pub(super) const TOO_MANY: u16 = 429;

/// Below this, in seconds, a difference of clocks is left alone; AWS takes a signature of up to
/// fifteen minutes.
const CLOCK_TOLERANCE: i64 = 240;

/// In seconds.
const A_CENTURY: i64 = 100 * 365 * 86_400;

/// Why a request gave no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// STS answered with an error that trying again does not change.
    Refused {
        /// `AccessDenied`, `ExpiredToken` …
        code: String,
        message: String,
        /// Which policy is why, where AWS says so.
        denial: Option<Denial>,
        /// What else the message says of the reason.
        reason: Option<Reason>,
        /// Seconds that AWS's clock is ahead of the local one, from the `Date` header.
        clock_offset: Option<i64>,
    },
    /// Network, time-out, 5xx, throttled to the end, or an answer that made no sense.
    Unreachable {
        /// The innermost cause, in the library's words.
        why: String,
        /// The request certainly did not leave: no connection was made.
        never_sent: bool,
        /// AWS, or what stands in its place, asks to come back later.
        is_throttled: bool,
        cause: anyhow::Error,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused { code, message, .. } => write!(f, "AWS said {code}: {message}"),
            Failure::Unreachable { why, cause, .. } if is_unusable(cause) => {
                write!(f, "AWS's answer cannot be used ({why})")
            }
            Failure::Unreachable { why, .. } => write!(f, "AWS could not be reached ({why})"),
        }
    }
}

/// The error for a service, and where it was asked, that gave no answer, or none that can be used.
pub(crate) fn no_answer(
    service: &str,
    url: Option<&str>,
    why: &str,
    cause: anyhow::Error,
) -> Error {
    let at = url.map(|url| format!(" at {url}")).unwrap_or_default();
    let message = if is_unusable(&cause) {
        format!("the answer of {service}{at} cannot be used: {why}")
    } else {
        format!("{service} could not be reached{at}: {why}")
    };
    Error::unreachable(message).caused_by(cause)
}

impl Failure {
    /// A response of status 200 without the expected content, perhaps from a proxy. `why` describes
    /// the response.
    pub(crate) fn unusable(why: &str) -> Failure {
        let why = why.to_owned();
        Failure::unreachable(anyhow::Error::new(UnusableAnswer { why }))
    }

    /// From the SDK's error; `now` is when the answer came.
    pub(super) fn from_sdk<E>(error: SdkError<E, Response>, now: DateTime<Utc>) -> Failure
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let SdkError::ServiceError(service) = &error else {
            let never_sent = never_sent(&error);
            let cause = anyhow::Error::new(error);
            return if never_sent {
                Failure::unsent(cause)
            } else {
                Failure::unreachable(cause)
            };
        };
        let status = service.raw().status();
        let message = service.err().message().map(str::trim);
        let Some(code) = service.err().code() else {
            let why = without_code(status.as_u16(), message);
            return Failure::failed(why, error.into()).throttled_if(status.as_u16() == TOO_MANY);
        };
        let message = message.unwrap_or("(no message)");
        let is_throttled = THROTTLING.contains(&code);
        if !is_throttled && !status.is_server_error() {
            return Failure::refused(code, message, clock_offset(service.raw(), now));
        }
        let why = format!("{code}: {message} (HTTP {})", status.as_u16());
        Failure::failed(why, error.into()).throttled_if(is_throttled)
    }

    /// AWS said no, for the reasons that its message names.
    pub(super) fn refused(code: &str, message: &str, clock_offset: Option<i64>) -> Failure {
        let is_denied = code.starts_with(DENIED);
        Failure::Refused {
            code: code.to_owned(),
            message: message.to_owned(),
            denial: is_denied.then(|| Denial::parse(message)).flatten(),
            reason: Reason::parse(message),
            clock_offset,
        }
    }

    /// No answer; the innermost cause says why.
    pub(super) fn unreachable(cause: anyhow::Error) -> Failure {
        let is_throttled = Stray::in_chain(&cause).is_some_and(|stray| stray.status == TOO_MANY);
        Failure::failed(cause.root_cause().to_string(), cause).throttled_if(is_throttled)
    }

    /// The same, and the request certainly did not leave.
    pub(super) fn unsent(cause: anyhow::Error) -> Failure {
        let mut failure = Failure::unreachable(cause);
        if let Failure::Unreachable { never_sent, .. } = &mut failure {
            *never_sent = true;
        }
        failure
    }

    /// An answer that says that AWS, or what stands in its place, has failed.
    pub(super) fn failed(why: String, cause: anyhow::Error) -> Failure {
        Failure::Unreachable {
            why,
            never_sent: false,
            is_throttled: false,
            cause,
        }
    }

    /// The same, and AWS asks to come back later.
    pub(super) fn throttled_if(mut self, throttled: bool) -> Failure {
        if let Failure::Unreachable { is_throttled, .. } = &mut self {
            *is_throttled = throttled;
        }
        self
    }

    /// For a token that is spent by its request, and of which a second one may end the session:
    /// once more only where it was never sent.
    pub(crate) async fn again_if_unsent<T>(
        request: impl AsyncFn() -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        match request().await {
            Err(Failure::Unreachable {
                never_sent: true, ..
            }) => request().await,
            answer => answer,
        }
    }

    /// Seconds that AWS's clock is ahead, where that is why AWS did not take the signature.
    pub(crate) fn clock_skew(&self) -> Option<i64> {
        match self {
            Failure::Refused {
                code, clock_offset, ..
            } if CLOCK.contains(&code.as_str()) => clock_offset.and_then(skew),
            _ => None,
        }
    }

    /// Whether AWS says itself that it did not take the signature for its date, however the clocks
    /// look from here: a proxy may have written the `Date` header, or the computer slept.
    pub(crate) fn is_about_clock(&self) -> bool {
        let Failure::Refused { code, reason, .. } = self else {
            return false;
        };
        CLOCK.contains(&code.as_str()) && *reason == Some(Reason::Clock)
    }

    /// Whether AWS, or what stands in its place, asks to come back later.
    pub(super) fn is_throttled(&self) -> bool {
        matches!(
            self,
            Failure::Unreachable {
                is_throttled: true,
                ..
            }
        )
    }

    /// Whether the refusal is about the credentials that signed, not about what was asked, or the
    /// clock.
    pub(crate) fn is_dead_signer(&self) -> bool {
        let dead =
            matches!(self, Failure::Refused { code, .. } if DEAD_SIGNER.contains(&code.as_str()));
        dead && self.clock_skew().is_none() && !self.is_about_clock()
    }
}

/// A response that is in the service's format and says nothing that the service says: AWS always
/// gives a code.
fn without_code(status: u16, message: Option<&str>) -> String {
    let said = message
        .map(|message| format!(": {}", message.trim()))
        .unwrap_or_default();
    let what = if status < 300 {
        "is not one that AWS gives"
    } else {
        "has no error code of AWS"
    };
    format!("the answer {what} (HTTP {status}){said}")
}

/// The offset, where it is one that matters.
pub(super) fn skew(offset: i64) -> Option<i64> {
    Some(offset).filter(|offset| offset.abs() > CLOCK_TOLERANCE)
}

/// AWS's clock minus the local one, in seconds.
pub(super) fn clock_offset(response: &Response, now: DateTime<Utc>) -> Option<i64> {
    let date = DateTime::parse_from_rfc2822(response.headers().get("date")?).ok()?;
    let offset = (date.with_timezone(&Utc) - now).num_seconds();
    // A clock may have started at 1970 again; a date centuries away is none, and later sums would
    // not bear it.
    Some(offset).filter(|offset| offset.abs() < A_CENTURY)
}

/// Only a failure to connect proves that nothing was sent; a reset connection may have delivered
/// the request.
fn never_sent<E>(error: &SdkError<E, Response>) -> bool
where
    E: std::error::Error + Send + Sync + 'static,
{
    let SdkError::DispatchFailure(dispatch) = error else {
        return false;
    };
    let mut next: Option<&(dyn std::error::Error + 'static)> = dispatch
        .as_connector_error()
        .and_then(std::error::Error::source);
    while let Some(inner) = next {
        if let Some(client) = inner.downcast_ref::<hyper_util::client::legacy::Error>() {
            return client.is_connect();
        }
        next = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;
    use chrono::TimeZone;

    use super::*;

    fn offset(date: &str) -> Option<i64> {
        let mut response = Response::new(200.try_into().unwrap(), SdkBody::empty());
        response.headers_mut().insert("date", date.to_owned());
        clock_offset(
            &response,
            Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap(),
        )
    }

    #[test]
    fn a_date_that_no_clock_shows_says_nothing() {
        assert_eq!(offset("Sun, 22 Nov 2026 12:10:00 GMT"), Some(600));
        assert_eq!(
            offset("Sun, 22 Nov 1970 12:00:00 GMT"),
            Some(-56 * 365 * 86_400 - 14 * 86_400)
        );
        for date in [
            "",
            "soon",
            "31 Dec 262142 23:59:59 GMT",
            "31 Dec 9999 23:59:59 GMT",
            "01 Jan 0001 00:00:00 GMT",
        ] {
            assert_eq!(offset(date), None, "{date}");
        }
    }
}
