//! `xacct sandbox`: a shell, or a command, in a world of its own: a strict STS inside this process,
//! and a `HOME` that leads there. The world is `crate::sandbox`'s; serving it alone and asking it
//! are the files beside this one.

pub(crate) mod ask;
pub(crate) mod serve;
pub(crate) mod tour;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::child;
use super::context::Context;
use crate::cli::{Sandbox, SandboxAction};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::path_search;
use crate::runtime;
use crate::sandbox::home::{Home, PROMPT};
use crate::sandbox::server::Server;
use crate::sandbox::world::World;
use crate::say::Voice;

pub(super) fn run(asked: &Sandbox, context: &Context) -> Result<ExitCode> {
    let (env, out) = (&context.env, &mut std::io::stdout().lock());
    let world = asked.world.as_deref();
    match &asked.action {
        None => return shell(world, &asked.command, env, context.voice).map(ExitCode::from),
        Some(SandboxAction::Serve(serve)) => {
            serve::run(
                world,
                serve.dir.as_deref(),
                serve.port.unwrap_or(0),
                env,
                out,
            )?;
        }
        Some(SandboxAction::Code(code)) => {
            ask::code(code.device.as_deref(), code.fresh, env, context.voice, out)?;
        }
        Some(SandboxAction::Log(log)) => ask::log(log.json, env, out)?,
        Some(SandboxAction::Tour) => tour::run(world, env, context.color, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `command`, or `$SHELL` where it is empty, in a new sandbox, and gives its exit status: 128
/// + n where signal n ended it, 126 and 127 where it could not be run.
pub(crate) fn shell(
    world: Option<&Path>,
    command: &[OsString],
    env: &Env,
    voice: Voice,
) -> Result<u8> {
    let is_sample = world.is_none();
    let world = load(world)?;
    let home = Home::temporary(&temporary_dir(env), &world)?;
    runtime::run(async {
        let server = Server::bind(world, 0).await?;
        let endpoint = server.endpoint();
        let serving = tokio::spawn(server.run());
        let mut variables = home.variables(&endpoint);
        if command.is_empty() {
            home.mark_prompts()?;
            variables.push(("PS1", PROMPT.to_owned()));
            greet(voice, home.dir(), &endpoint, is_sample);
        }
        let status = run_in(command, env, &variables, voice).await;
        serving.abort();
        status
    })?
}

/// The world in this file, or the sample.
fn load(world: Option<&Path>) -> Result<World> {
    world.map_or_else(World::sample, World::load)
}

/// Where temporary directories belong: `TMPDIR` on Unix, `TEMP` on Windows.
fn temporary_dir(env: &Env) -> PathBuf {
    let named = env.path(if cfg!(windows) { "TEMP" } else { "TMPDIR" });
    named.map_or_else(|| PathBuf::from("/tmp"), Path::to_path_buf)
}

/// What to try is known of the sample world only.
fn greet(voice: Voice, home: &Path, endpoint: &str, is_sample: bool) {
    voice.note(&format!(
        "this is a sandbox: AWS is simulated on this machine, HOME is {}",
        home.display()
    ));
    if is_sample {
        voice.note(
            "your keys (profile hub) may assume roles in the accounts of three clients. To try:",
        );
    }
    // Which of cmd and PowerShell it is can be seen by xacct assume only.
    let (for_shell, for_one) = if cfg!(windows) {
        (
            "  xacct assume client1               how this shell gets credentials; asks for an MFA \
             code, once",
            "  xacct exec client2 -- cmd /c set   credentials for one command",
        )
    } else {
        (
            "  eval \"$(xacct assume client1)\"     credentials for this shell; asks for an MFA \
             code, once",
            "  xacct exec client2 -- env          credentials for one command",
        )
    };
    let lines = [
        "  xacct list                         the profiles",
        "  xacct explain client1              the requests that xacct would send",
        for_shell,
        for_one,
        "  xacct explain chained              a role that only another role may assume",
        "  xacct sandbox log                  what AWS was asked",
    ];
    let shown = if is_sample { &lines[..] } else { &lines[..1] };
    for line in shown {
        voice.note(line);
    }
    if cfg!(windows) {
        voice.note("for an MFA code, in PowerShell, type this before the command:");
        voice.note("  $Env:XACCT_MFA_CODE = xacct sandbox code --fresh");
        voice.note("or print one in another terminal:");
        voice.note(&format!(
            "  $Env:XACCT_SANDBOX = \"{endpoint}\"; xacct sandbox code"
        ));
    } else {
        voice.note("for an MFA code, put this before the command:");
        voice.note("  XACCT_MFA_CODE=$(xacct sandbox code --fresh)");
        voice.note("or print one in another terminal:");
        voice.note(&format!("  XACCT_SANDBOX={endpoint} xacct sandbox code"));
    }
    voice.note("'exit' leaves and deletes the sandbox");
}

/// Runs the command with the sandbox's variables and nothing that would lead elsewhere.
async fn run_in(
    command: &[OsString],
    env: &Env,
    variables: &[(&'static str, String)],
    voice: Voice,
) -> Result<u8> {
    let shell = [default_shell(env)];
    let (program, arguments) = command.split_first().unwrap_or((&shell[0], &[]));
    let environment = environment(env, variables)?;
    // Windows itself would find no `.cmd`.
    let found = if cfg!(windows) {
        path_search::find(program, env).ok()
    } else {
        None
    };
    let found = found.map_or_else(|| program.clone(), PathBuf::into_os_string);
    let mut process = tokio::process::Command::new(found);
    process.args(arguments).env_clear().envs(environment);
    child::run(process, voice).await
}

/// The outer environment without what would lead elsewhere, the sandbox's variables, and this
/// `xacct` in `PATH`.
fn environment(
    env: &Env,
    variables: &[(&'static str, String)],
) -> Result<BTreeMap<OsString, OsString>> {
    let outer = env.vars().filter(|(name, _)| !leads_elsewhere(name));
    let mut all: BTreeMap<OsString, OsString> = outer
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    all.extend(
        variables
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value))),
    );
    all.insert("PATH".into(), path_with_xacct(env)?);
    // A proxy from outside must not be asked for an address that is only meant here.
    all.extend(["NO_PROXY", "no_proxy"].map(|name| (name.into(), "127.0.0.1,localhost".into())));
    Ok(all)
}

/// Everything that configures AWS's tools or xacct from outside.
fn leads_elsewhere(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    ["AWS_", "XACCT_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "SECRET_ACCESS_KEY"].contains(&name.as_ref())
}

fn default_shell(env: &Env) -> OsString {
    let (name, otherwise) = if cfg!(windows) {
        ("COMSPEC", "cmd.exe")
    } else {
        ("SHELL", "/bin/sh")
    };
    env.path(name)
        .map_or_else(|| OsString::from(otherwise), OsString::from)
}

/// `PATH` with this program's directory first, so that `xacct` is this one.
fn path_with_xacct(env: &Env) -> Result<OsString> {
    let program = std::env::current_exe().map_err(|error| unknown_path(&error))?;
    let own = program.parent().map(Path::to_path_buf);
    let rest = env
        .raw("PATH")
        .map(|path| std::env::split_paths(path).collect::<Vec<_>>());
    std::env::join_paths(own.into_iter().chain(rest.into_iter().flatten()))
        .map_err(|error| unknown_path(&error))
}

fn unknown_path(reason: &dyn std::fmt::Display) -> Error {
    Error::other(format!("cannot tell where xacct is: {reason}"))
}
