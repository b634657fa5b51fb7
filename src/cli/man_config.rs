//! `xacct-config(5)`: the settings file, from the tables by which it is read. Only tests use this;
//! `drift` holds the committed page to it.

use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::man::{DATE, tidy};
use crate::config::documented;

const SOURCE: &str = concat!("xacct ", env!("CARGO_PKG_VERSION"));

const DESCRIPTION: [&str; 3] = [
    "xacct reads profiles where the AWS CLI and the SDKs do, in ~/.aws/config and \
     ~/.aws/credentials. Besides, it has a file of its own, in TOML: settings at its top, and \
     tables [profile.NAME] that define profiles, or add to those of the AWS files. Key by key, \
     what this file says comes first, then ~/.aws/credentials, then ~/.aws/config.",
    "It is $XACCT_CONFIG, else xacct/config.toml in the user's configuration directory: ~/.config \
     on Linux, ~/Library/Application Support on macOS, %APPDATA% on Windows. The file is optional.",
    "The file is xacct's alone, so whatever is unknown in it is an error, with its line and the \
     nearest name. In the AWS files an unknown key is some other tool's, and is left alone.",
];

const SESSION_NAMES: [&str; 2] = [
    "In session_name, {user} stands for the name of the account that xacct runs as (where the \
     account database has none: $USER, $LOGNAME, $USERNAME, or else uid- and the number), {host} \
     for the computer's name without its domain, and {profile} for the profile's name. What AWS \
     does not take in a session name becomes a hyphen, and the name is cut to 64 characters.",
    "The time and the process cannot be part of it: the session name is part of the request under \
     which credentials are cached. A name that changed from run to run would mean a new request \
     each time, and a new MFA code. A role_session_name in the profile, and --session-name, are \
     taken as they are.",
];

const PROFILES: [&str; 2] = [
    "A profile's table has the keys that the AWS files have, and xacct's own, which those files \
     may have as well. A name with a dot or a blank is quoted: [profile.\"my client\"].",
    "Several values may be written as an array or with commas; tags as a table { Team = \"x\" }, \
     an array, or \"Team=x,Env=y\"; switches as true or false; durations as \"15m\", \"1h30m\" or \
     in seconds; nested settings as a table.",
];

const EXAMPLE: &str = r#"session_name = "{user}@{host}"
verify_after = "30m"

[profile.client1]
role_arn = "arn:aws:iam::222222222222:role/PartnerAdmin"
source_profile = "hub"
external_id = "client1-7731"
tags = ["prod", "eu"]
color = "red"
confirm = true

[profile.client1-audit]
include_profile = "client1"
read_only = true
confirm = false

[profile.client2]
session_policy = "policies/s3-only.json"
session_tags = { Team = "payments", Ticket = "OPS-17" }"#;

/// The page.
pub(super) fn page() -> String {
    let mut roff = Roff::new();
    roff.control("TH", ["xacct-config", "5", DATE, SOURCE, "xacct manual"]);
    roff.control("SH", ["NAME"]);
    roff.text([roman("xacct-config - xacct's settings file")]);
    section(&mut roff, "DESCRIPTION", &DESCRIPTION);
    roff.control("SH", ["SETTINGS"]);
    for (name, default, about) in documented::settings() {
        entry(
            &mut roff,
            &[bold(name), roman(" = "), italic(default)],
            about,
        );
    }
    section(&mut roff, "SESSION NAMES", &SESSION_NAMES);
    section(&mut roff, "PROFILES", &PROFILES);
    for (heading, keys) in documented::profile_keys() {
        roff.control("SS", [heading]);
        for (name, about) in keys {
            entry(&mut roff, &[bold(name)], about);
        }
    }
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    for line in EXAMPLE.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold("xacct"), roman("(1),")]);
    roff.text([bold("xacct-config-show"), roman("(1),")]);
    roff.text([bold("aws"), roman("(1)")]);
    tidy(&roff.to_roff())
}

fn section(roff: &mut Roff, heading: &str, paragraphs: &[&str]) {
    roff.control("SH", [heading]);
    for (at, paragraph) in paragraphs.iter().enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(*paragraph)]);
    }
}

/// The tables have ends of sentences; here they stand alone.
fn entry(roff: &mut Roff, term: &[Inline], about: &str) {
    let mut letters = about.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    roff.control("TP", []);
    roff.text(term.to_vec());
    roff.text([roman(
        first
            .into_iter()
            .chain(letters)
            .chain(['.'])
            .collect::<String>(),
    )]);
}

#[test]
fn the_example_is_one() {
    use crate::config::{Config, Paths, Texts};
    let settings = Some(EXAMPLE.to_owned().into());
    let config = Config::new(
        Paths::default(),
        Texts {
            settings,
            ..Texts::default()
        },
    )
    .unwrap();
    assert_eq!(
        config.profile_names(),
        ["client1", "client1-audit", "client2"]
    );
}
