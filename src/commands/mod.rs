//! One file per command: parse what it needs, call, render. This file dispatches and maps errors to the exit status.

mod sandbox;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::env::Env;
use crate::error::Result;
use crate::say::Voice;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Sandbox(Sandbox),
}

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
struct Sandbox {
    #[arg(long)]
    world: Option<OsString>,
    #[command(subcommand)]
    command: Option<SandboxCommand>,
    #[arg(last = true)]
    cmd: Vec<OsString>,
}

#[derive(Subcommand)]
enum SandboxCommand {
    Serve {
        #[arg(long)]
        world: Option<OsString>,
        #[arg(long)]
        dir: Option<OsString>,
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    Code {
        device: Option<String>,
        #[arg(long)]
        fresh: bool,
    },
    Log {
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let Ok(cli) = Cli::try_parse_from(args) else { return ExitCode::from(2) };
    let Command::Sandbox(options) = cli.command;
    let voice = Voice::default();
    match dispatch(&options, &Env::from_process(), voice) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            voice.error(&error);
            ExitCode::from(error.kind.status())
        }
    }
}

fn dispatch(options: &Sandbox, env: &Env, voice: Voice) -> Result<u8> {
    let mut out = std::io::stdout();
    let path = |text: &Option<OsString>| text.clone().map(std::path::PathBuf::from);
    match &options.command {
        None => sandbox::shell(options.world.as_ref().map(Path::new), &options.cmd, env, voice),
        Some(SandboxCommand::Serve { world, dir, port }) => {
            let (world, dir) = (path(world), path(dir));
            sandbox::serve::run(world.as_deref(), dir.as_deref(), *port, env, &mut out).map(|()| 0)
        }
        Some(SandboxCommand::Code { device, fresh }) => {
            sandbox::ask::code(device.as_deref(), *fresh, env, voice, &mut out).map(|()| 0)
        }
        Some(SandboxCommand::Log { json }) => sandbox::ask::log(*json, env, &mut out).map(|()| 0),
    }
}
