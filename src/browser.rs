//! Browsers: whether there is one here, and starting it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::env::Env;
use crate::system::processes;

/// Whether this is the other end of an SSH connection.
pub(crate) fn is_remote(env: &Env) -> bool {
    ["SSH_CONNECTION", "SSH_TTY"]
        .iter()
        .any(|name| env.get(name).is_some())
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

/// What lets the system start a browser, where that is a package of its own; `BROWSER` replaces it.
pub(crate) fn to_install(env: &Env) -> Option<&'static str> {
    let is_usual = env.get("BROWSER").is_none();
    (is_usual && cfg!(all(unix, not(target_os = "macos"))))
        .then_some("install a browser and xdg-utils, or set BROWSER to the command of one")
}

/// How long a browser, or what looks for one, may take to find out that it cannot work. What runs
/// longer works.
const FOR_FAILURE: Duration = Duration::from_secs(1);

/// Starts the first that works, and leaves it alone; `false` where none does: it cannot be started,
/// or soon ends with a status that says so, as `xdg-open` does where there is no browser.
pub(crate) async fn start(commands: Vec<Command>) -> bool {
    for command in commands {
        if works(command).await {
            return true;
        }
    }
    false
}

async fn works(mut command: Command) -> bool {
    // Not on our terminal, and not ended by our Ctrl-C.
    processes::in_own_group(&mut command);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.env_remove("XACCT_MFA_CODE");
    // tokio sees to its end, so that none is left as a zombie to a command that xacct becomes.
    let Ok(mut child) = tokio::process::Command::from(command).spawn() else {
        return false;
    };
    let ended = tokio::time::timeout(FOR_FAILURE, child.wait()).await;
    !matches!(ended, Ok(Ok(status)) if !status.success())
}

/// The command of these words, with the URL where `%s` is, or at the end.
pub(crate) fn command(words: &[String], url: &str) -> Option<Command> {
    let words = with_whole_path(words);
    let (program, rest) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(rest.iter().map(|word| word.replace("%s", url)));
    if !words.iter().any(|word| word.contains("%s")) {
        command.arg(url);
    }
    Some(command)
}

/// The words, of which the first ones may be a path with blanks that nobody has quoted:
/// `/Applications/Google Chrome.app/…`.
fn with_whole_path(words: &[String]) -> Vec<String> {
    if !words
        .first()
        .is_some_and(|first| first.contains('/') && !Path::new(first).is_file())
    {
        return words.to_vec();
    }
    let joined = (2..=words.len()).map(|count| (words[..count].join(" "), &words[count..]));
    match joined
        .into_iter()
        .find(|(path, _)| Path::new(path).is_file())
    {
        Some((path, rest)) => [&[path], rest].concat(),
        None => words.to_vec(),
    }
}

/// `BROWSER=firefox:chromium --new-window %s`
fn named(browsers: &str, url: &str) -> Vec<Command> {
    std::env::split_paths(browsers)
        .filter_map(|text| {
            let text = text.to_str()?.to_owned();
            // A path of Windows is no shell's word.
            let is_path = cfg!(windows) || Path::new(&text).is_file();
            let words = if is_path {
                vec![text]
            } else {
                shlex::split(&text)?
            };
            command(&words, url)
        })
        .collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_have_blanks() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("My Apps/o'Brien/the browser");
        std::fs::create_dir_all(program.parent().unwrap()).unwrap();
        std::fs::write(&program, "").unwrap();
        let path = program.to_str().unwrap();
        let plain = dir.path().join("My Apps/the browser");
        std::fs::write(&plain, "").unwrap();
        let plain = plain.to_str().unwrap();
        for (text, expected) in [
            // Command's own Debug puts a backslash before the apostrophe.
            (
                path.to_owned(),
                format!("\"{}\" \"u\"", path.replace('\'', "\\'")),
            ),
            (plain.to_owned(), format!("{plain:?} \"u\"")),
            (
                format!("{plain} --new-window %s"),
                format!("{plain:?} \"--new-window\" \"u\""),
            ),
            (format!("'{plain}' --x"), format!("{plain:?} \"--x\" \"u\"")),
            (
                "/no such/browser".to_owned(),
                "\"/no\" \"such/browser\" \"u\"".to_owned(),
            ),
        ] {
            let commands = named(&text, "u");
            assert_eq!(format!("{:?}", commands[0]), expected, "{text}");
        }
    }

    #[test]
    fn browsers_are_taken_in_turn() {
        let commands = named(
            "/opt/my\\ browser:chromium --app=%s -n:: 'x",
            "http://u/?a=1&b=%s",
        );
        let shown: Vec<String> = commands
            .iter()
            .map(|command| format!("{command:?}"))
            .collect();
        assert_eq!(
            shown,
            [
                r#""/opt/my browser" "http://u/?a=1&b=%s""#,
                r#""chromium" "--app=http://u/?a=1&b=%s" "-n""#
            ]
        );
    }
}
