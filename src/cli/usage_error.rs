//! clap's errors in the form of xacct's own: one message, then hints.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::ContextKind;
use clap::error::ContextValue;
use clap::error::ErrorKind;

use super::complete::whole;
use crate::error::Error;

/// The error of an invalid command line, and how to write it.
///
/// `None` where clap prints what was asked for: help, the version, or the list of commands.
pub(crate) fn usage_error(error: &clap::Error) -> Option<Error> {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        return None;
    }
    let usage = Error::usage(message(error));
    Some(hints(error).into_iter().fold(usage, Error::hint))
}

/// Whether arguments that could not be read ask for JSON: `--json` of a command that has it.
pub(crate) fn json_wanted(args: &[OsString]) -> bool {
    let command = whole();
    let mut command = &command;
    for arg in args.iter().skip(1) {
        if arg == "--" {
            break;
        }
        if arg == "--json" {
            return command
                .get_arguments()
                .any(|known| known.get_long() == Some("json"));
        }
        command = command.find_subcommand(arg).unwrap_or(command);
    }
    false
}

fn message(error: &clap::Error) -> String {
    let of = |kind| text(error, kind);
    let arg = of(ContextKind::InvalidArg);
    let value = of(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument => format!("unexpected argument '{arg}'"),
        ErrorKind::InvalidSubcommand => {
            format!("unknown command '{}'", of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => {
            format!(
                "'{}' needs a subcommand",
                of(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingRequiredArgument => format!("missing {arg}"),
        ErrorKind::ArgumentConflict => conflict(&arg, &of(ContextKind::PriorArg)),
        ErrorKind::InvalidValue if value.is_empty() => format!("{arg} needs a value"),
        ErrorKind::InvalidValue => format!("invalid value '{value}' for {arg}"),
        ErrorKind::TooManyValues => format!("unexpected value '{value}' for {arg}"),
        ErrorKind::ValueValidation => match error.source() {
            Some(reason) => format!("invalid value '{value}' for {arg}: {reason}"),
            None => format!("invalid value '{value}' for {arg}"),
        },
        kind => match (kind.as_str(), error.source()) {
            (Some(said), _) => said.to_owned(),
            (None, Some(reason)) => reason.to_string(),
            (None, None) => "invalid usage".to_owned(),
        },
    }
}

fn conflict(arg: &str, prior: &str) -> String {
    if arg == prior {
        format!("{arg} can be given only once")
    } else if prior.is_empty() {
        format!("{arg} cannot be used with the other arguments")
    } else {
        format!("{arg} cannot be used with {prior}")
    }
}

fn hints(error: &clap::Error) -> Vec<String> {
    let mut hints = Vec::new();
    for kind in [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ] {
        let meant = text(error, kind).replace(", ", "', '");
        if !meant.is_empty() {
            hints.push(format!("did you mean '{meant}'?"));
        }
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested) {
        hints.extend(tips.iter().map(ToString::to_string));
    }
    for (kind, name) in [
        (ContextKind::ValidValue, "possible values"),
        (ContextKind::ValidSubcommand, "subcommands"),
    ] {
        let known = text(error, kind);
        if !known.is_empty() {
            hints.push(format!("{name}: {known}"));
        }
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        hints.extend(usage.to_string().lines().map(str::to_owned));
    }
    hints.push("--help lists the options".to_owned());
    hints
}

/// A value of the error's context; several with commas between them.
fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    }
}
