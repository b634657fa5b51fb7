//! From arguments to a [`Cli`]: what clap alone cannot be told by attributes.

use std::ffi::OsStr;
use std::ffi::OsString;

use clap::ArgAction;
use clap::ArgMatches;
use clap::Command;
use clap::CommandFactory;
use clap::FromArgMatches;
use clap::ValueEnum;
use clap::builder::StyledStr;
use clap::error::ContextKind;
use clap::error::ContextValue;
use clap::error::ErrorKind;
use clap::parser::ValueSource;

use super::Cli;
use super::Command as Chosen;
use super::args::Speaking;
use super::complete::whole;
use crate::config::nearest;
use crate::env::Env;
use crate::render::shell::Shell;

/// Reads the arguments, the program's name first.
///
/// Errors: clap's own, which is also how `--help` and `--version` arrive. `exit_code()` is 0 for
/// those and 2 for the others; `print()` knows the stream.
pub(crate) fn parse(
    args: impl IntoIterator<Item = OsString>,
    env: &Env,
) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    // Nearly always there is none, and walking every option costs as much as building them.
    if env
        .vars()
        .any(|(name, value)| is_option(name) && is_blank(value))
    {
        command = without_blank_variables(whole(), env);
    }
    let mut args: Vec<OsString> = args.into_iter().collect();
    if let Some(length) = help_wanted(&mut args) {
        command = with_help(whole(), length, &args);
    }
    let behind_dashes = exec_dashes(&args).map(|at| args.split_off(at));
    let word = command_word(&args).map(OsStr::to_owned);
    let mut matches = command
        .try_get_matches_from_mut(args)
        .map_err(|error| with_command_tip(with_profile_tip(error), word.as_deref()))?;
    let by_variable = by_variable(&matches);
    let typed = ["quiet", "verbose"].map(|id| is_typed(&matches, id));
    let mut cli =
        Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))?;
    if let (Chosen::Exec(exec), Some(words)) = (&mut cli.command, behind_dashes) {
        // In `exec NAME make -- all` they are make's.
        let ours = usize::from(exec.command.is_empty());
        exec.command.extend(words.into_iter().skip(ours));
    }
    cli.by_variable = by_variable;
    settle(&mut cli.speaking, typed);
    Ok(cli)
}

/// Stands for `--no-input`.
pub(crate) const NO_INPUT_VARIABLE: &str = "XACCT_NO_INPUT";

/// The options of which it matters whether they were typed, by clap's name for them, and the
/// variables that stand for them.
const TYPED_OR_NOT: [(&str, &str); 8] = [
    ("mfa_code", "XACCT_MFA_CODE"),
    ("device_code", "XACCT_DEVICE_CODE"),
    ("no_browser", "XACCT_NO_BROWSER"),
    ("session_name", "XACCT_SESSION_NAME"),
    ("duration", "XACCT_DURATION"),
    ("region", "XACCT_REGION"),
    ("read_only", "XACCT_READ_ONLY"),
    ("no_input", NO_INPUT_VARIABLE),
];

/// The variables that set one of these options of the command that was asked for.
fn by_variable(matches: &ArgMatches) -> Vec<&'static str> {
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        innermost = inner;
    }
    let mut set = TYPED_OR_NOT.to_vec();
    set.retain(|(id, _)| {
        innermost.try_contains_id(id).is_ok()
            && innermost.value_source(id) == Some(ValueSource::EnvVariable)
    });
    set.into_iter().map(|(_, variable)| variable).collect()
}

/// Whether an option that all commands have was typed.
fn is_typed(matches: &ArgMatches, id: &str) -> bool {
    matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// `-q` or `-v`, where only one of them was typed, wins over the variable of the other.
fn settle(speaking: &mut Speaking, typed: [bool; 2]) {
    match typed {
        [true, false] => speaking.verbose = 0,
        [false, true] => speaking.quiet = false,
        _ => {}
    }
}

/// Statements, for the shell that was named, if one was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) shell: Option<Shell>,
}

/// Whether arguments that could not be read meant `assume` or `unset`, whose caller evaluates what
/// is printed and so must be told the failure in its own language. `asume` meant it too.
pub(crate) fn statements_wanted(args: &[OsString], env: &Env) -> Option<Wanted> {
    let word = command_word(args)?.to_str()?;
    if Cli::command()
        .get_subcommands()
        .any(|known| known.get_name_and_visible_aliases().contains(&word))
    {
        (word == "assume" || word == "unset").then_some(())?;
    } else if elsewhere(word) != Some("assume") && nearest(word, &["assume", "unset"]).is_empty() {
        return None;
    }
    let mut rest = args.iter().filter_map(|arg| arg.to_str());
    let mut named = None;
    while let Some(arg) = rest.next() {
        match arg.strip_prefix("--shell") {
            Some("") => named = rest.next(),
            Some(value) => named = value.strip_prefix('='),
            None => {}
        }
    }
    let named = named.or_else(|| env.get("XACCT_SHELL"));
    Some(Wanted {
        shell: named.and_then(|name| Shell::from_str(name, false).ok()),
    })
}

/// Whether the arguments, which may make no sense otherwise, mean a command that runs another,
/// whose status is then its own.
pub(crate) fn runs_a_command(args: &[OsString]) -> bool {
    command_word(args).is_some_and(|word| {
        word == "exec" || word == "each" || (word == "serve" && args.iter().any(|arg| arg == "--"))
    })
}

/// Where the first `--` of an `exec` stands.
fn exec_dashes(args: &[OsString]) -> Option<usize> {
    if command_word(args).is_none_or(|word| word != "exec") {
        return None;
    }
    args.iter().position(|arg| arg == "--")
}

/// A command line that lacks nothing but PROFILE, of a command that a person may pick one for.
#[derive(Debug)]
pub(crate) struct Unpicked {
    cli: Cli,
}

/// What the arguments would be with a PROFILE, if that is all that `error` says against them.
pub(crate) fn unpicked(args: &[OsString], env: &Env, error: &clap::Error) -> Option<Unpicked> {
    if !lacks_profile(error) {
        return None;
    }
    let behind = command_index(args)? + 1;
    let mut args = args.to_vec();
    // Any name will do; the one that is picked may begin with a dash.
    args.insert(behind, "profile".into());
    let mut cli = parse(args, env).ok()?;
    profile_of(&mut cli.command)?;
    Some(Unpicked { cli })
}

impl Unpicked {
    /// `--no-input`, and how much to say, without the PROFILE.
    pub(crate) fn cli(&self) -> &Cli {
        &self.cli
    }

    /// Whether `--no-input` forbids asking.
    pub(crate) fn forbids_asking(&self) -> bool {
        match &self.cli.command {
            Chosen::Assume(asked) => asked.asking.no_input,
            Chosen::Exec(asked) => asked.asking.no_input,
            Chosen::Console(asked) => asked.asking.no_input,
            Chosen::Explain(asked) => asked.asking.no_input,
            Chosen::Login(asked) => asked.asking.no_input,
            _ => true,
        }
    }

    pub(crate) fn with(mut self, profile: String) -> Cli {
        if let Some(named) = profile_of(&mut self.cli.command) {
            *named = profile;
        }
        self.cli
    }
}

/// Where the command has its PROFILE. None of those that answer to programs.
fn profile_of(command: &mut Chosen) -> Option<&mut String> {
    match command {
        Chosen::Assume(asked) => asked.target.profile.as_mut(),
        Chosen::Exec(asked) => asked.target.profile.as_mut(),
        Chosen::Console(asked) => asked.target.profile.as_mut(),
        Chosen::Explain(asked) => asked.target.profile.as_mut(),
        Chosen::Login(asked) => Some(&mut asked.profile),
        _ => None,
    }
}

/// The word that says which command it is.
fn command_word(args: &[OsString]) -> Option<&OsStr> {
    command_index(args).map(|index| args[index].as_os_str())
}

fn command_index(args: &[OsString]) -> Option<usize> {
    let mut words = args.iter().enumerate().skip(1);
    while let Some((index, word)) = words.next() {
        if word == "--color" {
            words.next(); // the one option that can stand here and takes a value
        } else if !word.as_encoded_bytes().starts_with(b"-") {
            return Some(index);
        }
    }
    None
}

fn is_option(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"XACCT_")
}

fn is_blank(value: &OsStr) -> bool {
    value.to_str().is_some_and(|text| text.trim().is_empty())
}

/// clap takes a variable that is set to nothing as a value; here it is the usual way to switch an
/// option off again.
fn without_blank_variables(command: Command, env: &Env) -> Command {
    let command = command.mut_args(|arg| {
        let variable = arg.get_env().and_then(OsStr::to_str);
        if variable
            .and_then(|name| env.raw(name))
            .is_some_and(is_blank)
        {
            arg.env(None)
        } else {
            arg
        }
    });
    command.mut_subcommands(|inner| without_blank_variables(inner, env))
}

/// How much of a command's help is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HelpLength {
    /// `-h`: what is used most, on one screen.
    Short,
    /// `--help` and `help COMMAND`: every option, and what the command does.
    Full,
}

/// Whether the arguments ask for help. `help COMMAND` becomes `COMMAND --help`.
pub(super) fn help_wanted(args: &mut Vec<OsString>) -> Option<HelpLength> {
    let own = args
        .iter()
        .position(|arg| arg == "--")
        .unwrap_or(args.len());
    if let Some(at) = command_index(&args[..own]).filter(|at| args[*at] == "help") {
        args.insert(own, "--help".into());
        args.remove(at);
        return Some(HelpLength::Full);
    }
    let own = &args[..own];
    if own.iter().any(|arg| arg == "--help") {
        Some(HelpLength::Full)
    } else if own.iter().any(|arg| arg == "-h") {
        Some(HelpLength::Short)
    } else {
        None
    }
}

/// The commands, built, with help of this length for the one that the words name, an option a line.
/// Neither length shows the options' variables, which are in the man pages.
pub(super) fn with_help(command: Command, length: HelpLength, words: &[OsString]) -> Command {
    let command = command.mut_args(|arg| match arg.get_id().as_str() {
        "help" => arg.action(ArgAction::HelpShort).help(length.note()),
        _ if length == HelpLength::Full => arg.hide_env(true).hide_short_help(false),
        _ => arg.hide_env(true),
    });
    let next = words
        .iter()
        .position(|word| command.find_subcommand(word).is_some());
    let Some(next) = next else {
        return described(command, length);
    };
    let name = words[next].clone();
    command.mut_subcommands(|inner| {
        if inner
            .get_name_and_visible_aliases()
            .iter()
            .any(|known| name == *known)
        {
            with_help(inner, length, &words[next + 1..])
        } else {
            inner
        }
    })
}

/// A command whose help says what is told in that length.
fn described(command: Command, length: HelpLength) -> Command {
    // `help COMMAND` goes on working.
    let command = command.mut_subcommands(|inner| match inner.get_name() {
        "help" => inner.hide(true),
        _ => inner,
    });
    match length {
        HelpLength::Full => match command.get_long_about().cloned() {
            Some(about) => command.about(about),
            None => command,
        },
        HelpLength::Short => match command.get_after_help().map(ToString::to_string) {
            Some(text) => {
                command.after_help(text.split("\n\n").next().unwrap_or_default().to_owned())
            }
            None => command,
        },
    }
}

impl HelpLength {
    fn note(self) -> &'static str {
        match self {
            HelpLength::Short => "Print help (--help: every option)",
            HelpLength::Full => "Print help (-h: a summary)",
        }
    }
}

/// Whether PROFILE is missing, and nothing else.
fn lacks_profile(error: &clap::Error) -> bool {
    error.kind() == ErrorKind::MissingRequiredArgument
        && match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::Strings(names)) => names.iter().all(|name| name == "<PROFILE>"),
            _ => false,
        }
}

/// What users of other tools type, and what it is called here. clap would suggest what is spelled
/// like it.
const ELSEWHERE: [(&str, &[&str]); 16] = [
    (
        "assume",
        &[
            "use",
            "switch",
            "switch-role",
            "activate",
            "set",
            "env",
            "creds",
            "credentials",
            "get",
            "role",
        ],
    ),
    ("exec", &["run", "shell", "sh", "with"]),
    ("console", &["open", "web", "browser", "browse"]),
    ("login", &["signin", "sign-in", "auth", "authenticate"]),
    ("logout", &["signout", "sign-out"]),
    ("sync", &["update", "populate", "generate", "import"]),
    (
        "clear",
        &[
            "remove", "rm", "delete", "forget", "purge", "flush", "reset",
        ],
    ),
    ("list", &["profiles", "status", "show"]),
    ("whoami", &["current", "identity", "id", "me"]),
    ("add", &["configure", "new", "create", "setup"]),
    ("unset", &["deactivate", "off", "exit"]),
    ("doctor", &["check", "diagnose", "validate", "test"]),
    ("each", &["foreach", "for-each", "multi", "parallel"]),
    ("serve", &["server", "daemon", "ecs", "imds"]),
    ("credential-process", &["process", "json"]),
    ("init", &["completion", "completions", "hook", "alias"]),
];

fn elsewhere(word: &str) -> Option<&'static str> {
    ELSEWHERE
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(here, _)| *here)
}

/// `use` is `assume` here.
fn with_command_tip(mut error: clap::Error, word: Option<&OsStr>) -> clap::Error {
    let is_unknown = error.kind() == ErrorKind::InvalidSubcommand;
    let meant = word
        .and_then(OsStr::to_str)
        .and_then(elsewhere)
        .filter(|_| is_unknown);
    if let Some(meant) = meant {
        let suggested = ContextValue::Strings(vec![meant.to_owned()]);
        error.insert(ContextKind::SuggestedSubcommand, suggested);
    }
    error
}

/// A missing PROFILE is the commonest slip: say where the names are.
fn with_profile_tip(mut error: clap::Error) -> clap::Error {
    let missing = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) => names.iter().any(|name| name.contains("<PROFILE>")),
        _ => false,
    };
    if error.kind() == ErrorKind::MissingRequiredArgument && missing {
        let tip = StyledStr::from("'xacct list' shows the profiles");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}
