//! How a person gets to the page where one signs in: which way, with what browser, and how long it is waited for.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::{How, Session};
use crate::duration::readable;
use crate::env::Env;
use crate::error::Result;
use crate::plan::Sso;
use crate::say::Voice;
use crate::terminal::interruptible;

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// A code that is compared, on whatever computer; else a browser that comes back to this one.
    pub(super) device_code: bool,
    /// Whether a browser is opened here.
    pub(super) opens: bool,
}

/// The browser's way, unless there is a reason for a device code: it was asked for, a session of the old kind has
/// nothing else, there is no browser here, or it would be one at the other end of an SSH connection.
pub(super) fn choose(how: How, sso: &Sso, env: &Env) -> Way {
    let is_remote = ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| env.get(name).is_some());
    let has_browser = is_there(env);
    let device_code = how.device_code || sso.session.is_none() || is_remote || !has_browser;
    // Whoever sets BROWSER on a remote machine has one that comes home.
    let opens = !how.no_browser && has_browser && (!is_remote || env.get("BROWSER").is_some());
    Way { device_code, opens }
}

/// The address to go to, and what to say before it. Where nothing opens it, even `-q` does not hide it.
pub(super) fn show(session: &Session<'_>, opens: bool, what: &str, url: &str) {
    let voice = session.asker.voice;
    let say = |text: &str| if opens { voice.note(text) } else { voice.tell(text) };
    say(what);
    say(&format!("  {url}"));
    if opens && !start(url, session.asker.env) {
        voice.tell(&format!("no browser could be started: open {url}"));
    }
}

/// The person's part: shows how long there is for it. `None` when the time is over.
///
/// Errors: `Signal`.
pub(super) async fn waiting<T>(
    voice: Voice,
    seconds: u32,
    work: impl Future<Output = T>,
) -> Result<Option<T>> {
    interruptible(async {
        let mut work = std::pin::pin!(work);
        let mut progress = voice.progress();
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        for left in (0..=seconds).rev() {
            progress.say(&format!("waiting for the sign-in, {} left", readable(left.into())));
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

/// Whether a browser can be expected to open here.
pub(super) fn is_there(env: &Env) -> bool {
    let shows = ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"];
    cfg!(any(windows, target_os = "macos")) || shows.iter().any(|name| env.get(name).is_some())
}

/// Starts a browser and leaves it alone; `false` where none could be started.
pub(super) fn start(url: &str, env: &Env) -> bool {
    let commands = match env.get("BROWSER") {
        Some(browsers) => named(browsers, url),
        None => open::commands(url),
    };
    commands.into_iter().any(|mut command| {
        // Not on our terminal, and not ended by our Ctrl-C.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.env_remove("XACCT_MFA_CODE");
        // tokio sees to its end, so that none is left as a zombie to a command that xacct becomes.
        tokio::process::Command::from(command).spawn().is_ok()
    })
}

/// `BROWSER=firefox:chromium --new-window %s`: the first that can be started; the URL where `%s` is, or at the end.
fn named(browsers: &str, url: &str) -> Vec<Command> {
    let command = |text: std::path::PathBuf| {
        let text = text.to_str()?.to_owned();
        // A path of Windows is no shell's word.
        let words = if cfg!(windows) { vec![text] } else { shlex::split(&text)? };
        let has_place = words.iter().any(|word| word.contains("%s"));
        let mut words = words.into_iter();
        let mut command = Command::new(words.next()?);
        command.args(words.map(|word| word.replace("%s", url)));
        if !has_place {
            command.arg(url);
        }
        Some(command)
    };
    std::env::split_paths(browsers).filter_map(command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(vars: &[(&str, &str)], how: How, session: Option<&str>) -> (bool, bool) {
        let sso = Sso {
            profile: "acme".to_owned(),
            session: session.map(str::to_owned),
            region: "eu-central-1".to_owned(),
            start_url: "https://acme.awsapps.com/start".to_owned(),
            account_id: None,
            role_name: None,
            scopes: None,
        };
        let way = choose(how, &sso, &Env::of(vars));
        (way.device_code, way.opens)
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_browser_where_there_is_one_and_a_code_elsewhere() {
        let plain = How::default();
        let desktop = [("DISPLAY", ":0")];
        assert_eq!(chosen(&desktop, plain, Some("acme")), (false, true));
        assert_eq!(chosen(&[("BROWSER", "firefox")], plain, Some("acme")), (false, true));
        assert_eq!(chosen(&[], plain, Some("acme")), (true, false));
        assert_eq!(chosen(&desktop, plain, None), (true, true));
        let how = How { device_code: true, no_browser: false };
        assert_eq!(chosen(&desktop, how, Some("acme")), (true, true));
        let how = How { device_code: false, no_browser: true };
        assert_eq!(chosen(&desktop, how, Some("acme")), (false, false));
        let ssh = ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
        assert_eq!(chosen(&[desktop[0], ssh], plain, Some("acme")), (true, false));
        assert_eq!(chosen(&[("BROWSER", "helper"), ssh], plain, Some("acme")), (true, true));
    }

    #[test]
    #[cfg(unix)]
    fn browsers_are_taken_in_turn() {
        let commands = named("/opt/my\\ browser:chromium --app=%s -n:: 'x", "http://u/?a=1&b=%s");
        let shown: Vec<String> = commands.iter().map(|command| format!("{command:?}")).collect();
        assert_eq!(
            shown,
            [r#""/opt/my browser" "http://u/?a=1&b=%s""#, r#""chromium" "--app=http://u/?a=1&b=%s" "-n""#]
        );
    }
}
