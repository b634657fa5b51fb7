//! `xacct serve PROFILE… [-- CMD…]`: an endpoint that SDKs ask for credentials, for as long as a
//! command runs, or until it is told to end.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;
use zeroize::Zeroizing;

use super::context::{Context, Purpose};
use super::program::Program;
use super::{child, print, written};
use crate::cache;
use crate::cli::{Asking, Serve, Target};
use crate::config;
use crate::credentials::{Credentials, Issued};
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::render::formats;
use crate::runtime;
use crate::secret::Secret;
use crate::serve::{CredentialServer, Served};

/// So many profiles are worked on at the same time; one may be waiting for a process of its own.
const PROFILES_AT_ONCE: usize = 64;

pub(super) fn run(asked: &Serve, context: &Context) -> Result<ExitCode> {
    let program = match asked.command.as_slice() {
        [] => None,
        _ if asked.profiles.len() > 1 => {
            return Err(Error::usage(
                "a command has the credentials of one profile, and several are named",
            )
            .hint("xacct serve PROFILE... without a command serves them all"));
        }
        words => match Program::find(words.to_vec(), &context.env, context.voice) {
            Ok(program) => Some(program),
            Err(status) => return Ok(status),
        },
    };
    let confirmed = confirmed(asked, context)?;
    // A person is asked here and never again.
    let issued = asked
        .profiles
        .iter()
        .map(|profile| first(profile, asked, context))
        .collect::<Result<Vec<_>>>()?;
    let status = runtime::run_with(PROFILES_AT_ONCE, async {
        let served = asked
            .profiles
            .iter()
            .map(|profile| Served::new(profile))
            .collect::<Result<Vec<_>>>()?;
        let endpoint =
            CredentialServer::bind(asked.address, asked.port.unwrap_or(0), served).await?;
        let variables = variables(&endpoint, &issued);
        let again = Again {
            asked: asked.clone(),
            context: context.clone(),
            confirmed,
            said: Mutex::default(),
        };
        let serving = tokio::spawn(endpoint.run(move |profile| again.issue(profile)));
        let status = match program {
            Some(program) => run_command(&program, &variables[0], &issued[0], context).await,
            None => serve_alone(asked, &variables, context).await,
        };
        serving.abort();
        status
    })?;
    status.map(ExitCode::from)
}

/// Name and value, as a container or a command gets them.
type Variables = Vec<(String, Option<Secret>)>;

/// The profiles that want a yes, which [`first`] asks for. One that comes to want it later gets
/// none.
fn confirmed(asked: &Serve, context: &Context) -> Result<HashSet<String>> {
    let config = context.config()?;
    let mut confirmed = HashSet::new();
    for profile in &asked.profiles {
        let plan = context.plan(&config, &target(profile, asked))?;
        if plan.confirm.is_some() {
            confirmed.insert(profile.clone());
        }
    }
    Ok(confirmed)
}

/// The credentials as they are now: everything that can go wrong goes wrong before anything is
/// served.
fn first(profile: &str, asked: &Serve, context: &Context) -> Result<Issued> {
    let issued = context.issue(
        "serve",
        &target(profile, asked),
        &asked.asking,
        Purpose::Endpoint,
    )?;
    if issued.credentials.expiration().is_none() {
        return Err(Error::config(format!(
            "profile '{profile}' has long-term keys, which are not served"
        ))
        .hint(
            "SDKs take only what expires from an endpoint: a role, or a profile with mfa_serial",
        ));
    }
    Ok(issued)
}

fn target(profile: &str, asked: &Serve) -> Target {
    Target {
        profile: Some(profile.to_owned()),
        source_profile: asked.source_profile.clone(),
        role: asked.role.clone(),
    }
}

/// What answers the SDKs.
struct Again {
    asked: Serve,
    context: Context,
    /// The profiles that somebody said yes to when this began.
    confirmed: HashSet<String>,
    /// What was said last of each profile that fails.
    said: Mutex<HashMap<String, String>>,
}

impl Again {
    /// The credentials as they are when somebody asks; no prompt for a code.
    fn issue(&self, profile: &str) -> Result<Credentials> {
        let asking = Asking {
            no_input: true,
            mfa_code: None,
            refresh: false,
            ..self.asked.asking.clone()
        };
        let is_confirmed = self.confirmed.contains(profile);
        let issued = self.context.issue(
            "serve",
            &target(profile, &self.asked),
            &asking,
            Purpose::Again { is_confirmed },
        );
        if issued.is_ok() {
            self.forget_said(profile);
        }
        issued.map(|issued| issued.credentials).map_err(|error| {
            let error = Error {
                message: format!("{profile}: {error}"),
                place: None,
                ..error
            };
            if !matches!(error.kind, Kind::Signal(_)) && self.is_new(profile, &error.message) {
                self.context.voice.error(&error);
            }
            error
        })
    }

    /// Whether this is not what was said of the profile last. An SDK asks several times for one
    /// command.
    fn is_new(&self, profile: &str, message: &str) -> bool {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.insert(profile.to_owned(), message.to_owned())
            .is_none_or(|last| last != message)
    }

    /// What fails after this is news again.
    fn forget_said(&self, profile: &str) {
        self.said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(profile);
    }
}

fn variables(endpoint: &CredentialServer, issued: &[Issued]) -> Vec<Variables> {
    endpoint
        .addresses()
        .zip(issued)
        .map(|((served, address), issued)| variables_of(served, &address, issued))
        .collect()
}

fn variables_of(served: &Served, address: &str, issued: &Issued) -> Variables {
    let region = Secret::new(issued.region.as_str());
    let own = [
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            Some(Secret::new(address)),
        ),
        (
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            Some(served.token.clone()),
        ),
        ("AWS_REGION", Some(region.clone())),
        ("AWS_DEFAULT_REGION", Some(region)),
        (
            "AWS_ACCOUNT_ID",
            issued.credentials.account_id().map(Secret::new),
        ),
        ("XACCT_PROFILE", Some(Secret::new(issued.profile.as_str()))),
    ];
    let settings = issued
        .settings
        .iter()
        .map(|(name, value)| (name.clone(), Some(value.clone())));
    own.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(settings)
        .collect()
}

/// The command, with files in which nothing competes; gives its exit status.
async fn run_command(
    program: &Program,
    variables: &Variables,
    issued: &Issued,
    context: &Context,
) -> Result<u8> {
    let config = context.config()?;
    let profile = config.profile(&issued.profile)?;
    let files = ServeFiles::new(
        &config::profile_alone(&config, profile.as_ref(), &issued.region),
        context,
    )?;
    let mut variables = variables.clone();
    // The file has its settings.
    variables.retain(|(name, _)| !issued.settings.iter().any(|(setting, _)| setting == name));
    variables.push((
        "AWS_CONFIG_FILE".to_owned(),
        Some(Secret::new(files.path("config"))),
    ));
    let credentials = Some(Secret::new(files.path("credentials")));
    variables.push(("AWS_SHARED_CREDENTIALS_FILE".to_owned(), credentials));
    let command = program.command_with(&named(&variables), &context.env);
    child::run(command.into(), context.voice).await
}

/// Says where it serves, until it is told to end.
async fn serve_alone(asked: &Serve, variables: &[Variables], context: &Context) -> Result<u8> {
    let told_to_end = child::told_to_end()?;
    let written = asked
        .env_dir
        .as_deref()
        .map(|dir| EnvFiles::write(dir, &asked.profiles, variables))
        .transpose()?;
    let is_shown = written.is_none() && (asked.print || !std::io::stdout().is_terminal());
    for (profile, variables) in asked.profiles.iter().zip(variables) {
        if is_shown {
            print(&env_lines(profile, variables)?)?;
        }
        let address = variables[0].1.as_ref().map_or("", Secret::expose);
        context
            .voice
            .note(&format!("serving '{profile}' at {address}"));
    }
    if written.is_none() && !is_shown {
        context
            .voice
            .note("its token is not shown on a terminal: use --env-dir DIR, -- CMD, or --print");
    }
    told_to_end.await;
    Ok(0)
}

fn env_lines(profile: &str, variables: &Variables) -> Result<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(format!("# {}\n", crate::say::visible(profile)).into_bytes());
    formats::env(&named(variables), &mut *text).map_err(written)?;
    Ok(text)
}

fn named(variables: &Variables) -> Vec<(&str, Option<Secret>)> {
    variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect()
}

/// `PROFILE.env` files, which go when this is dropped: their tokens are worth nothing then.
struct EnvFiles(Vec<PathBuf>);

impl EnvFiles {
    fn write(dir: &Path, profiles: &[String], variables: &[Variables]) -> Result<EnvFiles> {
        files::make_dir(dir).map_err(|error| not_made(dir, error))?;
        let mut files = EnvFiles(Vec::new());
        for (profile, variables) in profiles.iter().zip(variables) {
            let name: String = profile
                .chars()
                .map(|c| {
                    if c == '/' || c == '\\' || c.is_control() {
                        '_'
                    } else {
                        c
                    }
                })
                .collect();
            let path = dir.join(format!("{name}.env"));
            if files.0.contains(&path) {
                return Err(Error::config(format!(
                    "two of the profiles would be written to {}",
                    path.display()
                )));
            }
            cache::write_private(&path, &env_lines(profile, variables)?)?;
            files.0.push(path);
        }
        Ok(files)
    }
}

impl Drop for EnvFiles {
    fn drop(&mut self) {
        for file in &self.0 {
            let _ = fs::remove_file(file);
        }
    }
}

/// A directory with a config file and an empty credentials file, which goes when this is dropped.
struct ServeFiles(TempDir);

impl ServeFiles {
    fn new(config: &str, context: &Context) -> Result<ServeFiles> {
        let temporary = context
            .env
            .path(if cfg!(windows) { "TEMP" } else { "TMPDIR" });
        let parent = temporary.unwrap_or(Path::new("/tmp"));
        let files = ServeFiles(
            files::temporary_dir(parent, "xacct-serve-")
                .map_err(|error| not_made(parent, error))?,
        );
        cache::write_private(&files.0.path().join("config"), config.as_bytes())?;
        cache::write_private(&files.0.path().join("credentials"), b"")?;
        Ok(files)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }
}

fn not_made(dir: &Path, error: std::io::Error) -> Error {
    Error::other(format!("{} cannot be made: {error}", dir.display())).caused_by(error)
}
