//! Completion of profile names. Reading the profiles is the caller's: this module touches no file.

use std::ffi::OsStr;

use clap::Command;
use clap::CommandFactory;
use clap_complete::engine::ArgValueCompleter;
use clap_complete::engine::CompletionCandidate;

use super::Cli;

/// The ids of arguments that name a profile, in whatever command they stand.
const PROFILE_ARGS: [&str; 4] = ["profile", "profiles", "source_profile", "selectors"];

/// The command line with every command built, for those who walk it.
pub(crate) fn whole() -> Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// The command line for a shell that asks for completions, with `completer` giving the profile
/// names that begin with what was typed. Normal runs have no use for it.
pub(crate) fn with_profile_completer(
    command: Command,
    completer: impl Fn(&OsStr) -> Vec<CompletionCandidate> + Clone + Send + Sync + 'static,
) -> Command {
    let complete = ArgValueCompleter::new(completer.clone());
    let command = command.mut_args(|arg| {
        if PROFILE_ARGS.contains(&arg.get_id().as_str()) {
            arg.add(complete.clone())
        } else {
            arg
        }
    });
    command.mut_subcommands(|inner| with_profile_completer(inner, completer.clone()))
}
