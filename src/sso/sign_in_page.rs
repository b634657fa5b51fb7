//! How a person gets to the page where one signs in: which way, with what browser, and how long it
//! is waited for.

use std::time::Duration;

use super::{Asker, How};
use crate::browser;
use crate::duration::readable;
use crate::env::Env;
use crate::error::Result;
use crate::say::Voice;
use crate::terminal::interruptible;

/// How long the page is waited for, in seconds; as the AWS CLI does.
pub(crate) const LIMIT: u32 = 600;

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignInWay {
    /// A code that is compared or typed, on whatever computer; else a browser that comes back to
    /// this one.
    pub(crate) device_code: bool,
    /// Whether a browser is opened here.
    pub(crate) opens: bool,
}

/// The browser's way, where one `can_come_back`, unless there is a reason for a code: it was asked
/// for, no browser found, or it would be one at the other end of an SSH connection.
pub(crate) fn choose(how: How, can_come_back: bool, env: &Env) -> SignInWay {
    let (is_remote, has_browser) = (browser::is_remote(env), browser::is_there(env));
    let device_code = how.device_code || !can_come_back || is_remote || !has_browser;
    SignInWay {
        device_code,
        opens: !how.no_browser && browser::opens(env),
    }
}

/// The address to go to, and what to say before it. Where nothing opens it, even `-q` does not hide
/// it.
pub(crate) async fn show(asker: &Asker<'_>, opens: bool, what: &str, url: &str) {
    let voice = asker.voice;
    for text in [what, &format!("  {url}")] {
        if opens {
            voice.note(text);
        } else {
            voice.tell(text);
        }
    }
    if opens && !browser::start(browser::usual(url, asker.env)).await {
        voice.tell(&format!("no browser could be started: open {url}"));
        if let Some(what) = browser::to_install(asker.env) {
            voice.tell(what);
        }
    }
}

/// The person's part: shows how long there is for it. `None` when the time is over.
///
/// Errors: `Signal`.
pub(crate) async fn waiting<T>(
    voice: Voice,
    seconds: u32,
    work: impl Future<Output = T>,
) -> Result<Option<T>> {
    interruptible(async {
        let mut work = std::pin::pin!(work);
        let mut progress = voice.progress();
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        for left in (0..=seconds).rev() {
            progress.say(&format!(
                "waiting for the sign-in, {} left",
                readable(left.into())
            ));
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                _ = ticks.tick() => {}
            }
        }
        None
    })
    .await
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn chosen(vars: &[(&str, &str)], how: How, session: Option<&str>) -> (bool, bool) {
        let way = choose(how, session.is_some(), &Env::of(vars));
        (way.device_code, way.opens)
    }

    #[test]
    fn the_browser_where_there_is_one_and_a_code_elsewhere() {
        let plain = How::default();
        let desktop = [("DISPLAY", ":0")];
        assert_eq!(chosen(&desktop, plain, Some("acme")), (false, true));
        assert_eq!(
            chosen(&[("BROWSER", "firefox")], plain, Some("acme")),
            (false, true)
        );
        assert_eq!(chosen(&[], plain, Some("acme")), (true, false));
        assert_eq!(chosen(&desktop, plain, None), (true, true));
        let how = How {
            device_code: true,
            no_browser: false,
        };
        assert_eq!(chosen(&desktop, how, Some("acme")), (true, true));
        let how = How {
            device_code: false,
            no_browser: true,
        };
        assert_eq!(chosen(&desktop, how, Some("acme")), (false, false));
        let ssh = ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
        assert_eq!(
            chosen(&[desktop[0], ssh], plain, Some("acme")),
            (true, false)
        );
        assert_eq!(
            chosen(&[("BROWSER", "helper"), ssh], plain, Some("acme")),
            (true, true)
        );
    }
}
