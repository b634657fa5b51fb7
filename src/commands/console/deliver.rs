//! How an address gets to a person's browser: opened, printed, or through the clipboard. Found out
//! before anything is asked of AWS or of the person.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::context::Context;
use super::super::print;
use super::Asked;
use crate::browser;
use crate::config::{Browser, Chromium, Config, Container, Key, Profile, ProfileColor, words};
use crate::console;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::path_search;
use crate::plan::Plan;
use crate::render::clipboard::osc52;
use crate::runtime;
use crate::secret::Secret;
use crate::terminal;

/// The way that was asked for, once it is known to lead somewhere.
pub(super) enum Delivery {
    Print,
    Copy,
    Open {
        opener: Opener,
        /// For what to type instead.
        profile: String,
    },
}

/// A browser that is there.
pub(super) enum Opener {
    Usual,
    Words(Vec<String>),
    Firefox {
        program: PathBuf,
        container: Container,
        name: String,
        color: Option<ProfileColor>,
        profile: Option<String>,
    },
    Chromium {
        program: PathBuf,
        directory: Option<String>,
    },
}

impl Delivery {
    /// Errors: `NeedsPerson` where no terminal to copy through, `Config` where there is no such
    /// browser.
    pub(super) fn find(
        asked: &Asked,
        context: &Context,
        config: &Config,
        plan: &Plan,
    ) -> Result<Delivery> {
        if asked.print {
            return Ok(Delivery::Print);
        }
        if asked.copy {
            if terminal::available() {
                return Ok(Delivery::Copy);
            }
            return Err(Error::needs_person("no terminal to copy through")
                .hint("--print prints the address, which signs in anyone who has it"));
        }
        if asked.asking.no_browser {
            return Err(elsewhere("--no-browser forbids opening one", &plan.profile));
        }
        let profile = config.profile(&plan.profile)?;
        let opener = match chosen(asked, config, profile.as_ref())? {
            Browser::System if browser::opens(&context.env) => Opener::Usual,
            Browser::System => {
                return Err(elsewhere(
                    "no browser found to open the console in",
                    &plan.profile,
                ));
            }
            Browser::Command(words) => Opener::Words(words),
            Browser::Firefox => {
                let setting = |key| set(profile.as_ref(), key).map(|(text, _)| text.to_owned());
                Opener::Firefox {
                    program: installed(&FIREFOX, &context.env)?,
                    container: config.settings().firefox_container,
                    name: plan.profile.clone(),
                    color: setting(Key::Color).and_then(|text| ProfileColor::parse(&text).ok()),
                    profile: setting(Key::BrowserProfile),
                }
            }
            Browser::Chromium(kind) => Opener::Chromium {
                program: installed(kind, &context.env)?,
                directory: directory(kind, &context.env, profile.as_ref())?,
            },
        };
        Ok(Delivery::Open {
            opener,
            profile: plan.profile.clone(),
        })
    }

    /// An address that is nobody's secret.
    pub(super) fn take_link(&self, link: &str, context: &Context) -> Result<()> {
        self.take(&Secret::new(link), context)
    }

    /// An address that signs in whoever has it.
    pub(super) fn take_secret(&self, address: &Secret, context: &Context) -> Result<()> {
        self.take(address, context)?;
        if matches!(self, Delivery::Print) && std::io::stdout().is_terminal() {
            context
                .voice
                .warn("anyone who opens this address within 15 minutes is signed in");
        }
        Ok(())
    }

    fn take(&self, address: &Secret, context: &Context) -> Result<()> {
        match self {
            Delivery::Print => print(format!("{}\n", address.expose()).as_bytes()),
            Delivery::Copy => {
                let sequence = osc52(address, context.env.get("TMUX").is_some());
                terminal::tell(sequence.expose());
                context
                    .voice
                    .note("the address is in the clipboard, if this terminal takes OSC 52");
                Ok(())
            }
            Delivery::Open { opener, profile } => opener.open(address, &context.env, profile),
        }
    }
}

impl Opener {
    fn open(&self, address: &Secret, env: &Env, profile: &str) -> Result<()> {
        let url = address.expose();
        let commands = match self {
            Opener::Usual => browser::usual(url, env),
            Opener::Words(words) => browser::command(words, url).into_iter().collect(),
            Opener::Firefox {
                program,
                container,
                name,
                color,
                profile,
            } => vec![command(
                program,
                console::firefox(url, *container, name, *color, profile.as_deref()),
            )],
            Opener::Chromium { program, directory } => {
                vec![command(
                    program,
                    console::chromium(url, directory.as_deref()),
                )]
            }
        };
        if runtime::run(browser::start(commands))? {
            return Ok(());
        }
        let error = elsewhere("no browser could be started", profile);
        Err(match browser::to_install(env) {
            Some(what) if matches!(self, Opener::Usual) => error.hint(what),
            _ => error,
        })
    }
}

fn command(program: &Path, arguments: Vec<String>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// What to type where no browser opens here.
fn elsewhere(why: &str, profile: &str) -> Error {
    let profile = words::typed(profile);
    Error::other(why.to_owned())
        .hint(format!(
            "xacct console {profile} --copy     puts the address into this terminal's clipboard"
        ))
        .hint(format!("xacct console {profile} --print    prints it"))
}

/// `--browser`, else the profile's, else the setting.
fn chosen(asked: &Asked, config: &Config, profile: Option<&Profile>) -> Result<Browser> {
    if let Some(text) = &asked.browser {
        return Browser::parse(text).map_err(|why| Error::usage(format!("--browser: {why}")));
    }
    match set(profile, Key::Browser) {
        Some((text, place)) => {
            Browser::parse(text).map_err(|why| Error::config(format!("{place}: browser: {why}")))
        }
        None => Ok(config.settings().browser.clone()),
    }
}

/// The profile's setting and its place; blank counts as unset.
fn set(profile: Option<&Profile>, key: Key) -> Option<(&str, String)> {
    let setting = profile?.get(key)?;
    Some((setting.first_line(), setting.origin.to_string())).filter(|(text, _)| !text.is_empty())
}

/// Where it is looked for is the same for all browsers.
static FIREFOX: Chromium = Chromium {
    name: "firefox",
    programs: &["firefox", "firefox-esr"],
    application: "Firefox",
    executable: "Mozilla Firefox/firefox.exe",
    data: ["", "", ""],
};

/// The browser's program.
fn installed(kind: &Chromium, env: &Env) -> Result<PathBuf> {
    let found = if cfg!(target_os = "macos") {
        let name = kind.application;
        Some(PathBuf::from(format!(
            "/Applications/{name}.app/Contents/MacOS/{name}"
        )))
        .filter(|path| path.exists())
    } else if cfg!(windows) {
        let folders = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];
        let files = folders
            .iter()
            .filter_map(|name| Some(env.path(name)?.join(kind.executable)));
        files.into_iter().find(|path| path.exists())
    } else {
        kind.programs
            .iter()
            .find_map(|name| path_search::find(OsStr::new(name), env).ok())
    };
    found.ok_or_else(|| {
        Error::config(format!("{} was not found in its usual place", kind.name))
            .hint("console.browser, the profile's browser and --browser take a command line too")
    })
}

/// The directory of `browser_profile`, from the browser's own list, which is only read.
fn directory(kind: &Chromium, env: &Env, profile: Option<&Profile>) -> Result<Option<String>> {
    let Some((name, place)) = set(profile, Key::BrowserProfile) else {
        return Ok(None);
    };
    let data = if cfg!(windows) {
        env.path("LOCALAPPDATA").map(|dir| dir.join(kind.data[2]))
    } else {
        env.config_dir
            .as_ref()
            .map(|dir| dir.join(kind.data[usize::from(cfg!(target_os = "macos"))]))
    };
    let path = data.unwrap_or_default().join("Local State");
    let state = std::fs::read_to_string(&path).map_err(|error| {
        Error::config(format!(
            "{place}: browser_profile: {} cannot be read: {error}",
            path.display()
        ))
        .hint(format!(
            "{} keeps the names of its profiles there",
            kind.name
        ))
    })?;
    console::profile_directory(kind, &state, &path.display().to_string(), name).map(Some)
}
