//! `[sso-session NAME]`, as `add` and `sync` write a new one: what it is made of, and what may be
//! said of one that is there.

use zeroize::Zeroizing;

use crate::config::{Config, FileKind, Ini, Key};
use crate::error::{Error, Result};
use crate::masked;

/// One that is not written yet.
pub(super) struct NewSession {
    pub(super) name: String,
    pub(super) start_url: String,
    pub(super) region: String,
}

impl NewSession {
    /// The config file with it at the end.
    pub(super) fn added_to(&self, config: &str) -> Zeroizing<String> {
        let mut ini = Ini::new(FileKind::Config, config);
        ini.add_sso_session(&self.name, &self.start_url, &self.region);
        ini.into_text()
    }
}

/// Where one signs in, as the command line has it.
#[derive(Clone, Copy)]
pub(super) struct PortalAddress<'a> {
    pub(super) start_url: Option<&'a str>,
    pub(super) region: Option<&'a str>,
}

/// A session that is there says itself where it is.
///
/// Errors: the command line says something else.
pub(super) fn refuse_second_place(
    config: &Config,
    name: &str,
    place: PortalAddress<'_>,
) -> Result<()> {
    let Some(session) = config.sso_session(name) else {
        return Ok(());
    };
    for (option, key, value) in [
        ("--sso-start-url", Key::SsoStartUrl, place.start_url),
        ("--sso-region", Key::SsoRegion, place.region),
    ] {
        let own = session.get(key);
        if let (Some(value), Some(own)) = (value, own)
            && value != own.first_line()
        {
            let message = format!(
                "{option}: [sso-session {name}] has {key} = {}",
                own.shown(key.name())
            );
            let error = Error::config(message).at(&own.origin);
            return Err(error.hint("leave the option out, or give the new session another name"));
        }
    }
    Ok(())
}

/// Errors: a sentence.
pub(super) fn start_url(text: &str) -> std::result::Result<String, String> {
    match url::Url::parse(text) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && !text.contains(' ') =>
        {
            Ok(text.to_owned())
        }
        _ => {
            let text = masked::address(text);
            Err(format!(
                "'{text}' is not a valid start URL: write it like https://acme.awsapps.com/start"
            ))
        }
    }
}
