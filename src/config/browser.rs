//! `console.browser` and the like: which browser opens the console, and as whom.

use super::nearest::nearest;
use super::words;

/// What opens an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Browser {
    /// `BROWSER`, else the system's.
    #[default]
    System,
    Firefox,
    /// Chrome, or one that is made like it.
    Chromium(&'static Chromium),
    /// A command line; the address stands where `%s` is, or at the end.
    Command(Vec<String>),
}

/// A browser of Chrome's kind: what its program is called, and where its profiles are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chromium {
    pub(crate) name: &'static str,
    /// On Linux, in the order they are looked for in `PATH`.
    pub(crate) programs: &'static [&'static str],
    /// Its application on macOS, without `.app`.
    pub(crate) application: &'static str,
    /// Its program below a directory of Windows' programs.
    pub(crate) executable: &'static str,
    /// Its data below the user's configuration directory on Linux, on macOS, and below
    /// `%LOCALAPPDATA%` on Windows.
    pub(crate) data: [&'static str; 3],
}

static CHROMIUMS: [Chromium; 4] = [
    Chromium {
        name: "chrome",
        programs: &["google-chrome", "google-chrome-stable"],
        application: "Google Chrome",
        executable: "Google/Chrome/Application/chrome.exe",
        data: ["google-chrome", "Google/Chrome", "Google/Chrome/User Data"],
    },
    Chromium {
        name: "chromium",
        programs: &["chromium", "chromium-browser"],
        application: "Chromium",
        executable: "Chromium/Application/chrome.exe",
        data: ["chromium", "Chromium", "Chromium/User Data"],
    },
    Chromium {
        name: "edge",
        programs: &["microsoft-edge", "microsoft-edge-stable"],
        application: "Microsoft Edge",
        executable: "Microsoft/Edge/Application/msedge.exe",
        data: [
            "microsoft-edge",
            "Microsoft Edge",
            "Microsoft/Edge/User Data",
        ],
    },
    Chromium {
        name: "brave",
        programs: &["brave-browser", "brave"],
        application: "Brave Browser",
        executable: "BraveSoftware/Brave-Browser/Application/brave.exe",
        data: [
            "BraveSoftware/Brave-Browser",
            "BraveSoftware/Brave-Browser",
            "BraveSoftware/Brave-Browser/User Data",
        ],
    },
];

/// Whether each profile has a container of its own in Firefox, and by which add-on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Container {
    #[default]
    None,
    /// "Open external links in a container": `ext+container:`
    External,
    /// Granted's: `ext+granted-containers:`
    Granted,
}

impl Browser {
    /// Errors: a sentence that says what may stand there.
    pub(crate) fn parse(text: &str) -> Result<Browser, String> {
        let text = text.trim();
        if text.is_empty() || text == "system" {
            return Ok(Browser::System);
        }
        if text == "firefox" {
            return Ok(Browser::Firefox);
        }
        if let Some(known) = CHROMIUMS.iter().find(|browser| browser.name == text) {
            return Ok(Browser::Chromium(known));
        }
        match words::split(text) {
            // A single word is a program, or a name that was meant otherwise.
            Some(words) if words.len() > 1 || is_program(text) => Ok(Browser::Command(words)),
            Some(_) => {
                let names = Browser::names();
                Err(match nearest(text, &names).first() {
                    Some(name) => {
                        format!("'{text}' is not a known browser; did you mean '{name}'?")
                    }
                    None => format!(
                        "'{text}' is none of {}, and no command line or path",
                        names.join(", ")
                    ),
                })
            }
            None => Err(format!("the quotes in '{text}' do not match")),
        }
    }

    fn names() -> Vec<&'static str> {
        ["system", "firefox"]
            .into_iter()
            .chain(CHROMIUMS.iter().map(|browser| browser.name))
            .collect()
    }
}

fn is_program(text: &str) -> bool {
    text.contains(['/', '\\', '%'])
}

impl Container {
    /// Errors: a sentence that says what may stand there.
    pub(crate) fn parse(text: &str) -> Result<Container, String> {
        match text {
            "none" => Ok(Container::None),
            "ext+container" => Ok(Container::External),
            "ext+granted-containers" => Ok(Container::Granted),
            _ => Err(
                "accepted are \"none\", \"ext+container\" and \"ext+granted-containers\""
                    .to_owned(),
            ),
        }
    }

    /// The scheme of the add-on's addresses.
    pub(crate) fn scheme(self) -> Option<&'static str> {
        match self {
            Container::None => None,
            Container::External => Some("ext+container"),
            Container::Granted => Some("ext+granted-containers"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_command_lines() {
        assert_eq!(Browser::parse(" firefox"), Ok(Browser::Firefox));
        assert_eq!(Browser::parse("system"), Ok(Browser::System));
        assert!(matches!(
            Browser::parse("brave"),
            Ok(Browser::Chromium(Chromium { name: "brave", .. }))
        ));
        let words = |words: &[&str]| {
            Ok(Browser::Command(
                words.iter().map(|word| (*word).to_owned()).collect(),
            ))
        };
        assert_eq!(
            Browser::parse("open -a Safari"),
            words(&["open", "-a", "Safari"])
        );
        assert_eq!(Browser::parse("/opt/x"), words(&["/opt/x"]));
        let wrong = |text: &str| Browser::parse(text).unwrap_err();
        assert_eq!(
            wrong("crome"),
            "'crome' is not a known browser; did you mean 'chrome'?"
        );
        assert_eq!(
            wrong("zzz"),
            "'zzz' is none of system, firefox, chrome, chromium, edge, brave, and no command line \
             or path"
        );
    }

    #[test]
    #[cfg(unix)]
    fn quotes_are_a_shells() {
        let words = |words: &[&str]| {
            Ok(Browser::Command(
                words.iter().map(|word| (*word).to_owned()).collect(),
            ))
        };
        assert_eq!(
            Browser::parse("'/opt/my browser' --app=%s"),
            words(&["/opt/my browser", "--app=%s"])
        );
        assert_eq!(
            Browser::parse("open 'x").unwrap_err(),
            "the quotes in 'open 'x' do not match"
        );
    }
}
