//! Building the SDK's clients: time-outs, retries, the clock that STS's signatures need.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_sts::config::{
    BehaviorVersion, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use chrono::{DateTime, Utc};

use super::failure;
use crate::credentials::Credentials;
use crate::plan::{Connection, Endpoint, RetryMode};

/// How long one connection may take to be made; the SDK's own default.
const CONNECT: Duration = Duration::from_millis(3100);
/// How long one attempt may take in all; without it a server that never answers is waited for for
/// ever.
const ATTEMPT: Duration = Duration::from_secs(8);
/// The time limit for all attempts of one request. It is short enough for an interactive prompt,
/// and below the 21.6 s after which Rust SDKs end a `credential_process` (docs/aws.md A4).
const OPERATION: Duration = Duration::from_secs(18);

/// How long a check of cached credentials may take.
const BRIEF: Duration = Duration::from_secs(3);

/// The clock that requests are signed with: the system's, set right by what AWS's `Date` header
/// said.
#[derive(Debug, Clone, Copy)]
pub(super) struct CorrectedClock {
    pub(super) now: fn() -> DateTime<Utc>,
    /// Seconds that AWS's clock is ahead of this one.
    pub(super) offset: i64,
}

impl aws_smithy_async::time::TimeSource for CorrectedClock {
    fn now(&self) -> SystemTime {
        ((self.now)() + chrono::Duration::seconds(self.offset)).into()
    }
}

/// Notes by each answer's `Date` header how far the clocks are apart: the SDK sets a refused
/// signature right by itself, but forgets it before the next request, which may carry a code and be
/// sent only once.
#[derive(Debug)]
pub(super) struct WatchClock {
    pub(super) now: fn() -> DateTime<Utc>,
    pub(super) offset: Arc<AtomicI64>,
}

#[dyn_dispatch_hint]
impl Intercept for WatchClock {
    fn name(&self) -> &'static str {
        "WatchClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        if let Some(offset) = failure::clock_offset(context.response(), (self.now)()) {
            self.offset.store(offset, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// How hard to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// As configured.
    Usual,
    /// One attempt: the request carries what must not be sent twice.
    Once,
    /// An optional check of credentials that are already there: the caller should not wait long
    /// for it.
    Brief,
    /// As configured, and as such a check, but one attempt: a paced run tries again itself.
    UsualOnce,
    BriefOnce,
}

impl Effort {
    pub(super) fn unrepeated(self) -> Effort {
        match self {
            Effort::Usual => Effort::UsualOnce,
            Effort::Brief => Effort::BriefOnce,
            other => other,
        }
    }
}

/// How often a request is sent at most.
pub(super) fn attempts(connection: &Connection, effort: Effort) -> u32 {
    match effort {
        Effort::Usual => connection.max_attempts,
        Effort::Brief => connection.max_attempts.min(2),
        Effort::Once | Effort::UsualOnce | Effort::BriefOnce => 1,
    }
}

/// What the clients of all services have alike.
pub(super) fn shared(
    connection: &Connection,
    endpoint: &Endpoint,
    region: String,
    http: &SharedHttpClient,
    effort: Effort,
) -> SdkConfig {
    let attempts = attempts(connection, effort);
    let (attempt, operation) = match effort {
        Effort::Usual | Effort::UsualOnce | Effort::Once => (ATTEMPT, OPERATION),
        Effort::Brief | Effort::BriefOnce => (BRIEF, BRIEF),
    };
    let retry = match connection.retry_mode {
        RetryMode::Standard => RetryConfig::standard(),
        RetryMode::Adaptive => RetryConfig::adaptive(),
    };
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation)
        .build();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http.clone())
        .region(Region::new(region))
        .retry_config(
            retry
                .with_max_attempts(attempts)
                .with_initial_backoff(Duration::from_millis(200)),
        )
        .timeout_config(timeouts)
        .use_fips(endpoint.fips)
        .use_dual_stack(endpoint.dual_stack);
    if let Some((url, _)) = &endpoint.url {
        config = config.endpoint_url(url);
    } else if endpoint.global {
        config = config.endpoint_url("https://sts.amazonaws.com");
    }
    config.build()
}

/// The SDK's own value, which panics later on what [`Credentials`] cannot hold.
pub(super) fn sdk(keys: &Credentials) -> SdkCredentials {
    let token = keys.session_token().map(|token| token.expose().to_owned());
    SdkCredentials::new(
        keys.access_key_id(),
        keys.secret_access_key().expose(),
        token,
        None,
        "xacct",
    )
}
