//! The man pages: clap's definition by `clap_mangen`, and by hand what clap does not know: exit
//! statuses, variables, files. Only tests use this; `drift` holds the committed pages to it.

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::Roff;
use clap_mangen::roff::bold;
use clap_mangen::roff::roman;

use super::complete::whole;
use crate::doctor::catalog;

/// When the pages last said something new.
pub(super) const DATE: &str = "2026-11-22";

const EXIT_STATUS: [(&str, &str); 7] = [
    ("0", "Done."),
    ("1", "Other failure."),
    ("2", "Invalid usage."),
    (
        "3",
        "Configuration error: unknown profile, cycle, invalid value, unreadable file.",
    ),
    (
        "4",
        "AWS refused: access denied, wrong MFA code, expired source credentials.",
    ),
    (
        "5",
        "You are needed (MFA code, sign-in, confirmation), but there is no terminal or --no-input \
         is set.",
    ),
    (
        "6",
        "AWS could not be reached: network error, timeout, or throttling after all retries; or its \
         answer cannot be used.",
    ),
];

const EXEC_STATUS: [(&str, &str); 4] = [
    ("125", "xacct failed."),
    (
        "126",
        "The command cannot be run. xacct checks this before it prompts.",
    ),
    (
        "127",
        "The command was not found. xacct checks this before it prompts.",
    ),
    ("other", "The command's own status."),
];

const DOCTOR_STATUS: [(&str, &str); 3] = [
    ("0", "Healthy: no findings, or notes only."),
    (
        "1",
        "Errors or warnings were found. An unreadable file is a finding, not a failure.",
    ),
    ("3", "No profile has this name."),
];

const DOCTOR_JSON: [(&str, &str); 3] = [
    ("healthy", "Whether the exit status is 0."),
    (
        "findings",
        "Each has id, severity (error, warning, note), profile, file, line, message, fix (the \
         command to run, or the \
         edit to make) and fixable (whether --fix repairs it). Missing values are null.",
    ),
    (
        "checks",
        "What was checked: name, looked_at (a list), and skipped (the reason, or null).",
    ),
];

const VARIABLES: [(&str, &str); 11] = [
    (
        "AWS_CONFIG_FILE",
        "The file to use instead of ~/.aws/config.",
    ),
    (
        "AWS_SHARED_CREDENTIALS_FILE",
        "The file to use instead of ~/.aws/credentials.",
    ),
    (
        "XACCT_CONFIG",
        "The file to use instead of xacct/config.toml in your configuration directory.",
    ),
    (
        "XACCT_CACHE_DIR",
        "The cache directory to use instead of xacct/ in your cache directory.",
    ),
    (
        "XACCT_AUDIT_LOG",
        "The audit log to use instead of xacct/audit.jsonl in your state directory.",
    ),
    (
        "AWS_REGION, AWS_DEFAULT_REGION",
        "The region. Overrides the profile's.",
    ),
    (
        "AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL",
        "An STS endpoint other than AWS's.",
    ),
    ("HTTPS_PROXY, NO_PROXY, AWS_CA_BUNDLE", "How to reach AWS."),
    (
        "SHELL",
        "The shell that exec and sandbox start. assume writes for it if no parent process is a \
         shell.",
    ),
    (
        "XACCT_SHELL_STATE",
        "Set by assume: the shell's previous state, which unset restores. It may contain your own \
         exported keys.",
    ),
    ("NO_COLOR", "If set, no colour, unless --color always."),
];

const FILES: [(&str, &str); 5] = [
    (
        "~/.aws/config",
        "The profiles, as the AWS CLI and the SDKs read them. Only add, adopt and sync change it.",
    ),
    ("~/.aws/credentials", "Access keys. Only add changes it."),
    (
        "~/.config/xacct/config.toml",
        "xacct's settings, and more profiles: see xacct-config(5).",
    ),
    (
        "~/.cache/xacct/",
        "Temporary credentials, one file each, readable only by you.",
    ),
    (
        "~/.local/state/xacct/audit.jsonl",
        "The audit log, without secrets: see xacct-audit(1).",
    ),
];

/// Every page, as its file's name and its text.
pub(super) fn pages() -> Vec<(String, String)> {
    // `help` has no page; the others say what it would.
    let root = with_every_option(with_ordered_positionals(whole()));
    let mut pages = Vec::new();
    add_pages(&root, None, &mut pages);
    pages
}

/// `clap_mangen` lists positionals as they were defined, and `exec` inherits its PROFILE: touched,
/// CMD comes last.
fn with_ordered_positionals(command: Command) -> Command {
    command.mut_subcommands(|inner| match inner.get_name() {
        "exec" => inner.mut_arg("command", |arg| arg),
        _ => inner,
    })
}

/// `clap_mangen` leaves out the help of options that `-h` does not show.
fn with_every_option(command: Command) -> Command {
    command
        .mut_args(|arg| arg.hide_short_help(false))
        .mut_subcommands(with_every_option)
}

/// A description that does not begin with the summary, which stands under NAME.
fn with_description(command: &Command) -> Option<Command> {
    let about = command.get_long_about().map(ToString::to_string)?;
    let (_, description) = about.split_once("\n\n")?;
    Some(command.clone().long_about(description.to_owned()))
}

/// The commands below this one; `help` has no page, since the others say what it would.
fn below(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help")
}

fn add_pages(command: &Command, above: Option<&str>, pages: &mut Vec<(String, String)>) {
    let name = above.map_or_else(
        || command.get_name().to_owned(),
        |above| format!("{above}-{}", command.get_name()),
    );
    let below: Vec<String> = self::below(command)
        .map(|inner| format!("{name}-{}", inner.get_name()))
        .collect();
    pages.push((format!("{name}.1"), page(command, &name, above, &below)));
    for inner in self::below(command) {
        add_pages(inner, Some(&name), pages);
    }
}

fn subcommands(roff: &mut Roff, command: &Command, name: &str) {
    for (index, inner) in below(command).enumerate() {
        if index == 0 {
            roff.control("SH", ["SUBCOMMANDS"]);
        }
        roff.control("TP", []);
        roff.text([roman(format!("{name}-{}(1)", inner.get_name()))]);
        roff.text([roman(
            inner
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default(),
        )]);
    }
}

fn page(command: &Command, name: &str, above: Option<&str>, below: &[String]) -> String {
    let source = format!("xacct {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone())
        .title(name)
        .date(DATE)
        .source(source)
        .manual("xacct manual");
    let mut text = Vec::new();
    man.render_title(&mut text).unwrap();
    man.render_name_section(&mut text).unwrap();
    man.render_synopsis_section(&mut text).unwrap();
    if let Some(described) = with_description(command) {
        Man::new(described)
            .render_description_section(&mut text)
            .unwrap();
    }
    man.render_options_section(&mut text).unwrap();
    let mut roff = Roff::new();
    subcommands(&mut roff, command, name);
    environment(&mut roff, above);
    if matches!(name, "xacct" | "xacct-config-show") {
        list(&mut roff, "FILES", &FILES);
    }
    if name == "xacct-doctor" {
        list(&mut roff, "JSON", &DOCTOR_JSON);
        findings(&mut roff);
    }
    let status: &[(&str, &str)] = match name {
        "xacct-exec" => &EXEC_STATUS,
        "xacct-doctor" => &DOCTOR_STATUS,
        _ => &EXIT_STATUS,
    };
    list(&mut roff, "EXIT STATUS", status);
    examples(&mut roff, command);
    see_also(&mut roff, above, below);
    tidy(&(String::from_utf8(text).unwrap() + &roff.to_roff()))
}

/// Each section comes with a preamble of its own: one is enough. And what `clap_mangen` puts before
/// possible values is not what `mandoc -T lint` likes.
pub(super) fn tidy(page: &str) -> String {
    let preamble = Roff::new().render();
    let body = page.replace(&preamble, "").replace(".br\n\n.br\n", ".sp\n");
    let lines: Vec<&str> = body.lines().map(str::trim_end).collect();
    format!("{preamble}{}\n", lines.join("\n"))
}

fn environment(roff: &mut Roff, above: Option<&str>) {
    if above.is_none() {
        list(roff, "ENVIRONMENT", &VARIABLES);
        roff.control("PP", []);
    } else {
        roff.control("SH", ["ENVIRONMENT"]);
    }
    roff.text([
        roman(
            "If an option names an environment variable, the variable sets the option. An empty \
             variable counts as unset. Options that select the identity (role, source, external \
             ID, MFA device, policy, tags) or the output have no variable. ",
        ),
        bold("XACCT_PROFILE"),
        roman(" does not set an option: "),
        bold("xacct assume"),
        roman(" sets it, to show whose credentials the shell has."),
    ]);
    if above.is_some() {
        roff.text([
            roman("Further variables are in "),
            bold("xacct"),
            roman("(1)."),
        ]);
    }
}

/// What `doctor` can find, by area as it tells it.
fn findings(roff: &mut Roff) {
    roff.control("SH", ["FINDINGS"]);
    let mut area = None;
    for kind in catalog::ALL {
        if area.replace(kind.area) != Some(kind.area) {
            roff.control("SS", [kind.area.heading()]);
        }
        roff.control("TP", []);
        roff.text([bold(kind.id), roman(format!(" ({})", kind.severity.word()))]);
        roff.text([roman(kind.about)]);
    }
}

fn list(roff: &mut Roff, heading: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [heading]);
    for (term, text) in entries {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*text)]);
    }
}

/// What `--help` shows under "Examples:", line by line.
fn examples(roff: &mut Roff, command: &Command) {
    let help = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let Some(lines) = help.strip_prefix("Examples:\n") else {
        return;
    };
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    roff.control("fi", []);
}

fn see_also(roff: &mut Roff, above: Option<&str>, below: &[String]) {
    let mut names: Vec<&str> = above
        .into_iter()
        .chain(below.iter().map(String::as_str))
        .collect();
    if above.is_some_and(|above| above != "xacct") {
        names.push("xacct");
    }
    names.push("aws");
    names.sort_unstable();
    roff.control("SH", ["SEE ALSO"]);
    let last = names.len() - 1;
    for (at, name) in names.iter().enumerate() {
        roff.text([bold(*name), roman(if at == last { "(1)" } else { "(1)," })]);
    }
}
