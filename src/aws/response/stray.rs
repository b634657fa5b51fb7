//! Answers that are not the service's: what came, in words, and what to do about it.

use std::fmt;

/// What came instead of the service's answer. Nothing of the body is kept.
#[derive(Debug)]
pub(super) enum WrongBody {
    Html,
    /// To this host, where one is named.
    Redirect(Option<String>),
    ProxyLogin,
    Empty,
    TooLarge,
    Compressed,
    /// `XML` or `JSON` that ends too early.
    CutOff(&'static str),
    /// Something else than `XML` or `JSON`.
    NotItsFormat(&'static str),
}

/// A response that is not the service's.
#[derive(Debug)]
pub(in crate::aws) struct Stray {
    pub(super) what: WrongBody,
    pub(in crate::aws) status: u16,
    pub(super) host: String,
    /// `HOST:PORT` of the proxy that the request took.
    pub(super) proxy: Option<String>,
}

impl std::error::Error for Stray {}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, status) = (&self.host, self.status);
        let sender = match &self.proxy {
            Some(proxy) => format!("the proxy {proxy}, or a server after it,"),
            None => "a proxy or portal".to_owned(),
        };
        match &self.what {
            WrongBody::Html => write!(
                f,
                "{sender} answered with HTML in place of {host} (HTTP {status})"
            ),
            WrongBody::Redirect(Some(to)) => {
                write!(
                    f,
                    "{sender} answered in place of {host} with a redirect to {to} (HTTP {status})"
                )
            }
            WrongBody::Redirect(None) => {
                write!(
                    f,
                    "{sender} answered in place of {host} with a redirect (HTTP {status})"
                )
            }
            WrongBody::ProxyLogin => write!(
                f,
                "{sender} asks for a user name and password (HTTP {status})"
            ),
            WrongBody::Empty => write!(f, "the answer of {host} was empty (HTTP {status})"),
            WrongBody::TooLarge => write!(
                f,
                "the answer of {host} was larger than 1 MB (HTTP {status})"
            ),
            WrongBody::Compressed => {
                write!(f, "the answer of {host} was compressed (HTTP {status})")
            }
            WrongBody::CutOff(format) => {
                write!(
                    f,
                    "the answer of {host} was {format} that ends too early (HTTP {status})"
                )
            }
            WrongBody::NotItsFormat(format) => {
                write!(f, "the answer of {host} was not {format} (HTTP {status})")
            }
        }
    }
}

impl Stray {
    /// The one in a chain of causes.
    pub(in crate::aws) fn in_chain(cause: &anyhow::Error) -> Option<&Stray> {
        cause.chain().find_map(|link| link.downcast_ref::<Stray>())
    }

    /// What to do about it.
    fn hint(&self) -> &'static str {
        match (&self.what, &self.proxy) {
            (WrongBody::ProxyLogin, _) => {
                "give the proxy's user name and password: \
                 HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"
            }
            (WrongBody::Html | WrongBody::Redirect(_), None) => {
                "if this network has a sign-in page, open it in a browser; then run the command \
                 again"
            }
            (_, Some(_)) => "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
            _ => "check the network, and HTTPS_PROXY if there is a proxy",
        }
    }
}

/// An answer came, and what it should hold is not in it.
#[derive(Debug)]
pub(in crate::aws) struct UnusableAnswer {
    pub(in crate::aws) why: String,
}

impl fmt::Display for UnusableAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for UnusableAnswer {}

/// Whether there was an answer, by the cause of a request that came to nothing.
pub(in crate::aws) fn is_unusable(cause: &anyhow::Error) -> bool {
    cause.is::<UnusableAnswer>()
}

/// What to do about a request that got no answer for this cause.
pub(crate) fn no_answer_hint(cause: &anyhow::Error) -> &'static str {
    match Stray::in_chain(cause) {
        Some(stray) => stray.hint(),
        None if is_unusable(cause) => {
            "something may answer in the place of AWS: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
        }
        None => "check the network, and HTTPS_PROXY if there is a proxy",
    }
}
