//! What the command line accepts, what it refuses, and what it says then.

use std::ffi::OsStr;
use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::ErrorKind;
use clap_complete::engine::CompletionCandidate;

use super::command::{Config, SandboxCode, SandboxLog, SandboxServe};
use super::parse::{help_wanted, with_help};
use super::*;
use crate::env::Env;
use crate::render::formats::Format;
use crate::render::shell::Shell;
use crate::say::Color;

fn words(line: &str) -> Vec<OsString> {
    std::iter::once("xacct")
        .chain(line.split_whitespace())
        .map(OsString::from)
        .collect()
}

fn parsed(line: &str) -> Cli {
    parse(words(line), &Env::default()).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn refused(line: &str) -> clap::Error {
    match parse(words(line), &Env::default()) {
        Ok(cli) => panic!("{line}: {cli:?}"),
        Err(error) => error,
    }
}

#[test]
fn the_definition_is_sound() {
    whole().debug_assert();
}

/// Invalid arguments are told apart by the command's name alone.
#[test]
fn every_command_that_runs_another_is_known_by_its_name() {
    for command in whole().get_subcommands() {
        let takes_a_command = command
            .get_arguments()
            .any(|arg| arg.get_value_hint() == clap::ValueHint::CommandWithArguments);
        let line = format!("{} --nope -- true", command.get_name());
        assert_eq!(runs_a_command(&words(&line)), takes_a_command, "{line}");
    }
}

#[test]
fn assume_takes_a_profile_and_overrides() {
    let cli = parsed(
        "assume arn:aws:iam::222222222222:role/Audit --source-profile hub --external-id x1 \
         --duration 1h30m --tag team=a --tag note=b=c,empty= --policy-arn \
         arn:aws:iam::aws:policy/ReadOnlyAccess --read-only --mfa-code 123456 --no-input --refresh \
         --verify --min-ttl 15m --shell fish --format json --print -vv",
    );
    let Command::Assume(assume) = cli.command else {
        panic!()
    };
    assert_eq!(
        assume.target.profile.as_deref(),
        Some("arn:aws:iam::222222222222:role/Audit")
    );
    assert_eq!(assume.target.source_profile.as_deref(), Some("hub"));
    let role = assume.target.role;
    let session = role.session;
    assert_eq!(
        (session.duration_seconds, role.external_id.as_deref()),
        (Some(5400), Some("x1"))
    );
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        session.tags,
        [tag("team", "a"), tag("note", "b=c"), tag("empty", "")]
    );
    assert_eq!(
        session.policy_arns,
        ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    );
    assert!(session.read_only && assume.print);
    assert_eq!(
        (assume.shell, assume.format),
        (Some(Shell::Fish), Format::Json)
    );
    let asking = assume.asking;
    assert!(asking.no_input && asking.refresh && asking.verify);
    assert_eq!(
        (asking.mfa_code.unwrap().expose(), asking.min_ttl),
        ("123456", Some(900))
    );
    assert_eq!(
        (cli.speaking.verbose, cli.speaking.quiet, cli.speaking.color),
        (2, false, Color::Auto)
    );
}

#[test]
fn what_is_not_given_is_not_made_up() {
    let Command::Assume(assume) = parsed("assume client1").command else {
        panic!()
    };
    assert_eq!(
        (assume.shell, assume.format, assume.print),
        (None, Format::Shell, false)
    );
    assert!(
        assume.asking.mfa_code.is_none()
            && !assume.asking.no_input
            && assume.asking.min_ttl.is_none()
    );
    let session = assume.target.role.session;
    assert!(session.tags.is_empty() && session.policy_arns.is_empty() && !session.read_only);
}

#[test]
fn a_code_is_not_in_debug_output() {
    let shown = format!("{:?}", parsed("exec client1 --mfa-code 123456"));
    assert!(!shown.contains("123456"), "{shown}");
}

#[test]
fn exec_knows_its_own_options_from_the_commands() {
    for (line, profile, command) in [
        ("exec client1", Some("client1"), &[][..]),
        ("exec client1 --", Some("client1"), &[]),
        (
            "exec client1 -- aws s3 ls",
            Some("client1"),
            &["aws", "s3", "ls"],
        ),
        (
            "exec client1 aws s3 ls --region x -v",
            Some("client1"),
            &["aws", "s3", "ls", "--region", "x", "-v"],
        ),
        (
            "exec client1 make -- all",
            Some("client1"),
            &["make", "--", "all"],
        ),
        (
            "--color never -q exec client1 -- make -- all",
            Some("client1"),
            &["make", "--", "all"],
        ),
        ("exec client1 make --", Some("client1"), &["make", "--"]),
        (
            "exec client1 -- make -- all",
            Some("client1"),
            &["make", "--", "all"],
        ),
        ("exec client1 -- -x", Some("client1"), &["-x"]),
        ("exec client1 -- --version", Some("client1"), &["--version"]),
        ("exec --role-arn arn:x -- env", None, &["env"]),
        ("exec --role-arn arn:x", None, &[]),
        (
            "exec --role-arn arn:x client1 env -i",
            Some("client1"),
            &["env", "-i"],
        ),
    ] {
        let Command::Exec(exec) = parsed(line).command else {
            panic!()
        };
        assert_eq!(exec.target.profile.as_deref(), profile, "{line}");
        assert_eq!(exec.command, command, "{line}");
    }
    let cli = parsed("exec client1 --region eu-west-1 -q -- env -v");
    let Command::Exec(exec) = cli.command else {
        panic!()
    };
    assert_eq!(exec.target.role.region.as_deref(), Some("eu-west-1"));
    assert_eq!((cli.speaking.quiet, cli.speaking.verbose), (true, 0));
    assert_eq!(exec.command, ["env", "-v"]);
}

#[test]
fn a_missing_profile_names_the_list() {
    for command in [
        "assume",
        "exec",
        "credential-process",
        "explain",
        "login",
        "clear",
    ] {
        let error = refused(command);
        assert_eq!(
            (error.kind(), error.exit_code()),
            (ErrorKind::MissingRequiredArgument, 2),
            "{command}"
        );
        assert!(
            error
                .to_string()
                .contains("'xacct list' shows the profiles"),
            "{error}"
        );
    }
    let error = refused("exec -- env");
    assert!(
        error
            .to_string()
            .contains("'xacct list' shows the profiles"),
        "{error}"
    );
    parsed("assume --role-arn arn:aws:iam::222222222222:role/Audit --source-profile hub");
    parsed("whoami");
    parsed("config show");
}

#[test]
fn nonsense_is_refused_with_status_2() {
    for line in [
        "",
        "nosuch",
        "assume a b",
        "assume a --nosuch",
        "assume a --duration 1x",
        "assume a --min-ttl x",
        "assume a --tag novalue",
        "assume a --tag =x",
        "assume a --shell nosuch",
        "assume a --format nosuch",
        "assume a --color sometimes",
        "clear a --all",
        "config",
        "config nosuch",
        "sandbox serve --port 70000",
        "sandbox serve x",
        "sandbox nosuch",
        "list --x",
    ] {
        let error = refused(line);
        assert_eq!(error.exit_code(), 2, "{line}: {error}");
        assert!(error.use_stderr(), "{line}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    for line in [
        "--help",
        "--version",
        "assume --help",
        "help assume",
        "sandbox serve --help",
        "config show -h",
    ] {
        let answer = refused(line);
        assert_eq!(
            (answer.exit_code(), answer.use_stderr()),
            (0, false),
            "{line}"
        );
        assert!(!answer.to_string().contains("[env: "), "{line}");
    }
    let version = concat!("xacct ", env!("CARGO_PKG_VERSION"));
    assert_eq!(refused("-V").to_string(), format!("{version}\n"));
    assert_eq!(
        refused("--version").to_string(),
        format!("{version} ({})\n", env!("XACCT_BUILD"))
    );
    assert!(
        env!("XACCT_BUILD").contains(std::env::consts::ARCH),
        "{}",
        env!("XACCT_BUILD")
    );
}

/// Every command's words, with those of the commands above it.
fn paths() -> Vec<String> {
    fn add(command: &clap::Command, above: &str, paths: &mut Vec<String>) {
        paths.push(above.to_owned());
        for inner in command
            .get_subcommands()
            .filter(|inner| inner.get_name() != "help")
        {
            add(inner, format!("{above} {}", inner.get_name()).trim(), paths);
        }
    }
    let mut paths = Vec::new();
    add(&whole(), "", &mut paths);
    paths
}

/// Help as a terminal of 80 columns shows it.
fn narrow_help(line: &str) -> String {
    let mut args = words(line);
    let length = help_wanted(&mut args).unwrap();
    let mut command = Cli::command().term_width(80);
    command.build();
    let command = with_help(command, length, &args);
    match command.try_get_matches_from(args) {
        Ok(matches) => panic!("{line}: {matches:?}"),
        Err(help) => help.to_string(),
    }
}

#[test]
fn help_fits_a_screen_and_all_of_it_two() {
    for path in paths() {
        for (flag, most) in [("-h", 40), ("--help", 90)] {
            let text = narrow_help(&format!("{path} {flag}"));
            assert!(
                text.lines().count() <= most,
                "{path} {flag}: {} lines\n{text}",
                text.lines().count()
            );
        }
    }
}

#[test]
fn a_summary_is_one_line_of_the_list() {
    fn check(command: &clap::Command) {
        for inner in command
            .get_subcommands()
            .filter(|inner| inner.get_name() != "help")
        {
            let summary = inner.get_about().unwrap().to_string();
            assert!(summary.len() <= 58, "{}: {summary}", inner.get_name());
            check(inner);
        }
    }
    let whole = whole();
    check(&whole);
    // Those of the list are the commands' own.
    for inner in whole
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help")
    {
        let own = refused(&format!("{} -h", inner.get_name())).to_string();
        assert!(
            own.starts_with(&inner.get_about().unwrap().to_string()),
            "{own}"
        );
    }
}

#[test]
fn help_shows_every_option_and_its_summary_most() {
    let (short, full) = (
        refused("assume -h").to_string(),
        refused("assume --help").to_string(),
    );
    for option in ["--external-id", "--mfa-code", "--no-input"] {
        assert!(short.contains(option) && full.contains(option), "{option}");
    }
    for option in ["--policy-arn", "--within", "--color"] {
        assert!(!short.contains(option) && full.contains(option), "{option}");
    }
    assert_eq!(
        refused("help sync sso").to_string(),
        refused("sync sso --help").to_string()
    );
    assert_eq!(
        refused("help ls").to_string(),
        refused("list --help").to_string()
    );
    assert_eq!(refused("help").to_string(), refused("--help").to_string());
    // Behind `--` it is the command's.
    assert!(matches!(
        parsed("exec client1 -- make help").command,
        Command::Exec(_)
    ));
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn other_names_and_nested_commands() {
    assert!(matches!(
        parsed("ls --json").command,
        Command::List(List { json: true, .. })
    ));
    assert!(matches!(
        parsed("credential_process a").command,
        Command::CredentialProcess(_)
    ));
    let Command::Clear(clear) = parsed("clear a b").command else {
        panic!()
    };
    assert_eq!((clear.profiles.len(), clear.all), (2, false));
    let Command::Config(Config {
        action: ConfigAction::Show(show),
    }) = parsed("config show a --json --no-origin").command
    else {
        panic!()
    };
    assert!(show.json && show.no_origin && show.profile.as_deref() == Some("a"));
    for (line, world, command) in [
        ("sandbox", None, &[][..]),
        ("sandbox -- xacct list", None, &["xacct", "list"]),
        ("sandbox --world w.toml -- env", Some("w.toml"), &["env"]),
        ("sandbox tour --world w.toml", Some("w.toml"), &[]),
    ] {
        let Command::Sandbox(sandbox) = parsed(line).command else {
            panic!()
        };
        assert_eq!(
            sandbox.world.as_deref().and_then(std::path::Path::to_str),
            world,
            "{line}"
        );
        assert_eq!(sandbox.command, command, "{line}");
    }
    let Command::Sandbox(sandbox) = parsed("sandbox serve --dir d --port 4599").command else {
        panic!()
    };
    assert!(matches!(
        sandbox.action,
        Some(SandboxAction::Serve(SandboxServe {
            port: Some(4599),
            ..
        }))
    ));
    let Command::Sandbox(sandbox) = parsed("sandbox code dev").command else {
        panic!()
    };
    assert!(matches!(
        sandbox.action,
        Some(SandboxAction::Code(SandboxCode {
            device: Some(_),
            fresh: false
        }))
    ));
    let Command::Sandbox(sandbox) = parsed("sandbox log --json").command else {
        panic!()
    };
    assert!(matches!(
        sandbox.action,
        Some(SandboxAction::Log(SandboxLog { json: true }))
    ));
}

#[test]
fn options_stand_before_or_behind_the_command() {
    for line in [
        "-q --color never list",
        "list -q --color never",
        "-q list --color never",
    ] {
        let cli = parsed(line);
        assert_eq!(
            (cli.speaking.quiet, cli.speaking.color),
            (true, Color::Never),
            "{line}"
        );
    }
}

/// They decide who one becomes, or what is printed: a variable that was forgotten must not.
const WITHOUT_VARIABLE: [&str; 27] = [
    "role-arn",
    "source-profile",
    "external-id",
    "mfa-serial",
    "source-identity",
    "tag",
    "policy",
    "policy-arn",
    "credential-source",
    "access-key-id",
    "sso-session",
    "sso-start-url",
    "sso-region",
    "sso-account-id",
    "sso-role-name",
    "account",
    "account-tag",
    "ou",
    "role",
    "role-name",
    "principal",
    "format",
    "json",
    "print",
    "env",
    "output",
    "no-origin",
];

#[test]
fn every_other_option_has_a_variable_of_its_name() {
    fn check(command: &clap::Command, checked: &mut usize) {
        for arg in command.get_arguments() {
            let Some(long) = arg.get_long().filter(|long| {
                ![
                    "help",
                    "version",
                    "all",
                    "aws",
                    "undo",
                    "new-external-id",
                    "plan",
                    "retry-failed",
                    "fix",
                ]
                .contains(long)
            }) else {
                continue;
            };
            // What only xacct's own scripts ask for.
            if arg.is_hide_set() {
                continue;
            }
            if WITHOUT_VARIABLE.contains(&long) {
                assert_eq!(arg.get_env(), None, "{} --{long}", command.get_name());
                continue;
            }
            let wanted = format!("XACCT_{}", long.replace('-', "_").to_uppercase());
            assert_eq!(
                arg.get_env(),
                Some(OsStr::new(&wanted)),
                "{} --{long}",
                command.get_name()
            );
            assert_ne!(wanted, "XACCT_PROFILE");
            *checked += 1;
        }
        command
            .get_subcommands()
            .for_each(|inner| check(inner, checked));
    }
    let mut checked = 0;
    check(&whole(), &mut checked);
    assert!(checked > 40, "{checked}");
}

#[test]
fn only_color_takes_a_value_before_the_command() {
    let command = whole();
    let with_value = command
        .get_opts()
        .filter(|arg| arg.get_action().takes_values());
    assert_eq!(
        with_value
            .map(|arg| arg.get_long().unwrap())
            .collect::<Vec<_>>(),
        ["color"]
    );
}

#[test]
fn a_failed_assume_is_known_for_one() {
    for (line, wanted) in [
        ("assume --nosuch", Some(None)),
        ("assume", Some(None)),
        (
            "--color always assume a b --shell fish",
            Some(Some(Shell::Fish)),
        ),
        ("assume a --shell nosuch", Some(None)),
        ("unset --shell elvish --nosuch", Some(Some(Shell::Elvish))),
        ("exec assume --nosuch", None),
        ("list --nosuch", None),
        ("asume a", Some(None)),
        ("-q usnet", Some(None)),
        ("nosuch", None),
        ("", None),
    ] {
        assert_eq!(
            statements_wanted(&words(line), &Env::default()).map(|w| w.shell),
            wanted,
            "{line}"
        );
    }
    let env = Env::of(&[("XACCT_SHELL", "nu")]);
    assert_eq!(
        statements_wanted(&words("assume --nosuch"), &env)
            .unwrap()
            .shell,
        Some(Shell::Nu)
    );
    assert_eq!(
        statements_wanted(&words("assume --shell=zsh --nosuch"), &env)
            .unwrap()
            .shell,
        Some(Shell::Zsh)
    );
}

#[test]
fn profile_names_are_completed() {
    let names = |typed: &OsStr| -> Vec<CompletionCandidate> {
        let typed = typed.to_str().unwrap().to_owned();
        ["client1", "client2", "hub"]
            .iter()
            .filter(|name| name.starts_with(&typed))
            .map(CompletionCandidate::new)
            .collect()
    };
    let completed = |line: &str| -> Vec<String> {
        let mut command = with_profile_completer(whole(), names);
        let mut args = words(line);
        if line.ends_with(' ') {
            args.push(OsString::new());
        }
        let at = args.len() - 1;
        let candidates = clap_complete::engine::complete(&mut command, args, at, None).unwrap();
        candidates
            .iter()
            .map(|c| c.get_value().to_str().unwrap().to_owned())
            .filter(|c| !c.starts_with('-'))
            .collect()
    };
    assert_eq!(completed("assume cl"), ["client1", "client2"]);
    assert_eq!(completed("exec h"), ["hub"]);
    assert_eq!(
        completed("explain x --source-profile "),
        ["client1", "client2", "hub"]
    );
    assert_eq!(completed("clear client1 cl"), ["client1", "client2"]);
    assert_eq!(completed("config show h"), ["hub"]);
    assert_eq!(completed("login h"), ["hub"]);
    assert_eq!(completed("assume x --shell po"), ["powershell"]);
    assert_eq!(completed("sandbox to"), ["tour"]);
}
