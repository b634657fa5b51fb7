//! One file per command: parse what it needs, call, render. This file dispatches and maps errors to the exit status.

mod config_show;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Arg;
use clap::ArgAction;
use clap::Command;

use crate::config::Config;
use crate::config::Paths;
use crate::env::Env;
use crate::error::Result;
use crate::files;
use crate::say::Voice;

pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let voice = Voice::default();
    match dispatch(args, voice) {
        Ok(status) => status,
        Err(error) => {
            voice.error(&error);
            ExitCode::from(error.kind.status())
        }
    }
}

fn dispatch(args: impl IntoIterator<Item = OsString>, voice: Voice) -> Result<ExitCode> {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let show = Command::new("show").arg(Arg::new("profile")).args([flag("json"), flag("no-origin")]);
    let config = Command::new("config").subcommand_required(true).subcommand(show);
    let matches =
        match Command::new("xacct").subcommand_required(true).subcommand(config).try_get_matches_from(args) {
            Ok(matches) => matches,
            Err(error) => {
                let _ = error.print();
                return Ok(ExitCode::from(2));
            }
        };
    let show = matches.subcommand().and_then(|(_, config)| config.subcommand());
    if let Some((_, show)) = show {
        let env = Env::from_process();
        let paths = Paths::from_env(&env);
        let texts = files::read(&paths)?;
        let config = Config::new(paths, texts)?;
        let profile = show.get_one::<String>("profile").map(String::as_str);
        let (json, no_origin) = (show.get_flag("json"), show.get_flag("no-origin"));
        let problems = config_show::show(&config, profile, json, no_origin, &mut std::io::stdout().lock())?;
        problems.iter().for_each(|problem| voice.warn(&problem.to_string()));
    }
    Ok(ExitCode::SUCCESS)
}
