//! Who puts the question to a person: the terminal, pinentry or a dialog on the desktop.

use std::ffi::OsStr;
use std::io::{Read, Seek, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use super::pinentry::{self, NoPin};
use crate::capture::{RunningProgram, unless_interrupted};
use crate::config::{MfaPrompt, MfaSettings};
use crate::desktop::{self, DIALOG_TO_INSTALL, Dialog};
use crate::env::Env;
use crate::error::Error;
use crate::path_search;
use crate::say::visible;
use crate::secret::Secret;
use crate::terminal::{self, Unanswered};

/// How long a window may wait for an answer: nobody can tell whether somebody is looking at it.
const LIMIT: Duration = Duration::from_mins(5);
/// More output than this is not a code.
const MAX_OUTPUT: usize = 4096;

/// What puts the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Prompter {
    Terminal {
        /// Whether what is typed is seen.
        is_echoed: bool,
    },
    Pinentry {
        program: PathBuf,
        /// The terminal for one that has no windows.
        tty: Option<String>,
    },
    Dialog {
        dialog: Dialog,
        is_echoed: bool,
    },
    /// What was asked for is not there: why, and what to do about it.
    Missing {
        why: String,
        hint: String,
    },
}

/// Why nobody answered.
#[derive(Debug)]
pub(super) enum NoAnswer {
    Terminal(Unanswered),
    /// A program, and why it gave no code, as the end of a sentence.
    Program(String),
    /// What was asked for is not there, and what to do about it.
    Missing {
        why: String,
        hint: String,
    },
    Interrupted(Error),
}

impl Prompter {
    /// What puts the question as `prompt` has it.
    pub(crate) fn find(prompt: MfaPrompt, settings: &MfaSettings, env: &Env) -> Prompter {
        let is_echoed = settings.is_echoed;
        match prompt {
            MfaPrompt::Terminal | MfaPrompt::None => Prompter::Terminal { is_echoed },
            MfaPrompt::Auto if terminal::available() => Prompter::Terminal { is_echoed },
            MfaPrompt::Auto if !desktop::is_there(env) => Prompter::Terminal { is_echoed },
            MfaPrompt::Auto => match Dialog::find(env) {
                Some(dialog) => Prompter::Dialog { dialog, is_echoed },
                None => Prompter::Terminal { is_echoed },
            },
            MfaPrompt::Dialog if !desktop::is_there(env) => Prompter::Missing {
                why: "no desktop is available to show a dialog on".to_owned(),
                hint: no_desktop_hint().to_owned(),
            },
            MfaPrompt::Dialog => match Dialog::find(env) {
                Some(dialog) => Prompter::Dialog { dialog, is_echoed },
                None => Prompter::Missing {
                    why: "no program that shows a dialog was found".to_owned(),
                    hint: DIALOG_TO_INSTALL.to_owned(),
                },
            },
            MfaPrompt::Pinentry => pinentry_of(settings, env),
        }
    }

    /// Whether a question would reach a person, as far as can be known.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Prompter::Terminal { .. } => terminal::available(),
            Prompter::Pinentry { .. } | Prompter::Dialog { .. } => true,
            Prompter::Missing { .. } => false,
        }
    }

    /// What a person typed. `why` is what was wrong with the last answer.
    pub(super) async fn ask(&self, why: Option<&str>, question: &str) -> Result<Secret, NoAnswer> {
        match self {
            Prompter::Terminal { is_echoed } => {
                let why = why.map_or_else(String::new, |why| format!("xacct: {why}\n"));
                let answer = on_terminal(&format!("{why}{question}: "), *is_echoed).await;
                answer.map_err(NoAnswer::Terminal)
            }
            Prompter::Dialog { dialog, is_echoed } => {
                let text = in_window(why, question);
                in_dialog(dialog, &text, *is_echoed).await
            }
            Prompter::Pinentry { program, tty } => {
                let told = pinentry::conversation(&in_window(why, question), tty.as_deref());
                let command = pinentry::command(program);
                let output = said_by("pinentry", command, &told, RunningProgram::start).await?;
                pinentry::pin(&output.stdout, &told).map_err(|no_pin| {
                    NoAnswer::Program(match no_pin {
                        NoPin::Closed => "pinentry was closed".to_owned(),
                        NoPin::Failed(said) => failed("pinentry", &said, &output.stderr),
                    })
                })
            }
            Prompter::Missing { why, hint } => Err(NoAnswer::Missing {
                why: why.clone(),
                hint: hint.clone(),
            }),
        }
    }
}

fn no_desktop_hint() -> &'static str {
    if cfg!(any(windows, target_os = "macos")) {
        "this is the other end of an SSH connection: set mfa.prompt to \"auto\" or \"terminal\""
    } else {
        "DISPLAY and WAYLAND_DISPLAY are not set; mfa.prompt = \"auto\" asks on the terminal then"
    }
}

fn pinentry_of(settings: &MfaSettings, env: &Env) -> Prompter {
    let name = settings.pinentry.as_str();
    // Homebrew's has a name of its own.
    let names = if cfg!(target_os = "macos") && name == "pinentry" {
        vec!["pinentry-mac", name]
    } else {
        vec![name]
    };
    let found = names
        .iter()
        .find_map(|name| path_search::find(OsStr::new(name), env).ok());
    match found {
        Some(program) => Prompter::Pinentry {
            program,
            tty: terminal_of(env),
        },
        None => Prompter::Missing {
            why: format!("the program '{}' was not found", visible(name)),
            hint: "install pinentry (Debian: pinentry-gnome3, pinentry-qt or pinentry-curses), or \
                   set mfa.pinentry to its path"
                .to_owned(),
        },
    }
}

/// As `GnuPG` has it: `GPG_TTY`, else the terminal of this process.
fn terminal_of(env: &Env) -> Option<String> {
    let named = env.get("GPG_TTY").filter(|name| !name.contains('\n'));
    named
        .map(str::to_owned)
        .or_else(|| terminal::available().then(|| "/dev/tty".to_owned()))
}

async fn on_terminal(question: &str, is_echoed: bool) -> Result<Secret, Unanswered> {
    if is_echoed {
        terminal::ask_shown(question).await.map(Secret::new)
    } else {
        terminal::ask_hidden(question).await
    }
}

fn in_window(why: Option<&str>, question: &str) -> String {
    why.map_or_else(|| question.to_owned(), |why| format!("{why}\n{question}"))
}

async fn in_dialog(dialog: &Dialog, text: &str, is_echoed: bool) -> Result<Secret, NoAnswer> {
    let (name, command) = (dialog.name(), dialog.command(text, !is_echoed));
    let output = said_by(name, command, "", RunningProgram::start_apart).await?;
    if !output.is_success {
        let said = last_line(&output.stderr);
        return Err(NoAnswer::Program(match said {
            "" => format!("the dialog of {name} was closed"),
            said => format!("the dialog of {name} was closed: {}", visible(said)),
        }));
    }
    let typed = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(Secret::new(typed))
}

struct Said {
    is_success: bool,
    stdout: zeroize::Zeroizing<Vec<u8>>,
    stderr: String,
}

/// Runs the program of a window to its end. Its stderr goes to a file: most of it is about fonts
/// and themes, and of interest only if there is no answer.
async fn said_by(
    name: &str,
    mut command: tokio::process::Command,
    told: &str,
    start: fn(tokio::process::Command) -> std::io::Result<RunningProgram>,
) -> Result<Said, NoAnswer> {
    let not_run =
        |error: std::io::Error| NoAnswer::Program(format!("{name} cannot be run: {error}"));
    let (mut stdin, mut stderr) = files(told).map_err(not_run)?;
    command
        .stdin(Stdio::from(stdin.try_clone().map_err(not_run)?))
        .stderr(Stdio::from(stderr.try_clone().map_err(not_run)?))
        .env_remove("XACCT_MFA_CODE");
    stdin.rewind().map_err(not_run)?;
    let running = start(command).map_err(not_run)?;
    let Some((status, stdout)) = running.output(MAX_OUTPUT, LIMIT).await.map_err(not_run)? else {
        let minutes = LIMIT.as_secs() / 60;
        return Err(NoAnswer::Program(format!(
            "{name} was not answered within {minutes} minutes"
        )));
    };
    let status = unless_interrupted(status).map_err(NoAnswer::Interrupted)?;
    let mut said = Vec::new();
    let _ = stderr
        .rewind()
        .and_then(|()| (&stderr).take(MAX_OUTPUT as u64).read_to_end(&mut said));
    Ok(Said {
        is_success: status.success(),
        stdout,
        stderr: String::from_utf8_lossy(&said).into_owned(),
    })
}

/// What it reads, and an empty one for what it writes.
fn files(told: &str) -> std::io::Result<(std::fs::File, std::fs::File)> {
    let mut stdin = tempfile::tempfile()?;
    stdin.write_all(told.as_bytes())?;
    Ok((stdin, tempfile::tempfile()?))
}

fn failed(name: &str, said: &str, stderr: &str) -> String {
    let said = match last_line(stderr) {
        "" => said,
        line => line,
    };
    format!("{name} failed: {}", visible(said))
}

fn last_line(text: &str) -> &str {
    let mut lines = text.lines().rev().map(str::trim);
    lines.find(|line| !line.is_empty()).unwrap_or_default()
}
