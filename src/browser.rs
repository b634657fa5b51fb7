//! Browsers: whether there is one here, and starting it.

use std::process::{Command, Stdio};

use crate::env::Env;

/// Whether this is the other end of an SSH connection.
pub(crate) fn is_remote(env: &Env) -> bool {
    ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| env.get(name).is_some())
}

/// Whether a browser can be expected to open here, in front of the person who wants it.
pub(crate) fn opens(env: &Env) -> bool {
    // Whoever sets BROWSER on a remote machine has one that comes home.
    is_there(env) && (!is_remote(env) || env.get("BROWSER").is_some())
}

/// Whether a browser can be expected to open here.
pub(crate) fn is_there(env: &Env) -> bool {
    let shows = ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"];
    cfg!(any(windows, target_os = "macos")) || shows.iter().any(|name| env.get(name).is_some())
}

/// What `BROWSER` names, else the system's way, each to be tried in turn.
pub(crate) fn usual(url: &str, env: &Env) -> Vec<Command> {
    match env.get("BROWSER") {
        Some(browsers) => named(browsers, url),
        None => open::commands(url),
    }
}

/// Starts the first that can be started, and leaves it alone; `false` where none could be. Within a runtime.
pub(crate) fn start(commands: Vec<Command>) -> bool {
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

/// The command of these words, with the URL where `%s` is, or at the end.
pub(crate) fn command(words: &[String], url: &str) -> Option<Command> {
    let (program, rest) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(rest.iter().map(|word| word.replace("%s", url)));
    if !words.iter().any(|word| word.contains("%s")) {
        command.arg(url);
    }
    Some(command)
}

/// `BROWSER=firefox:chromium --new-window %s`
fn named(browsers: &str, url: &str) -> Vec<Command> {
    let read = |text: std::path::PathBuf| {
        let text = text.to_str()?.to_owned();
        // A path of Windows is no shell's word.
        let words = if cfg!(windows) { vec![text] } else { shlex::split(&text)? };
        command(&words, url)
    };
    std::env::split_paths(browsers).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
