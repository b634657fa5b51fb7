//! The real shells: where they are, a world for them, and the environment that they hand to their
//! children.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Cmd, Sandbox, outer_env};

/// The sample world, with profiles that ask for no code, but for `client2`. The session's name is
/// given, because shells disagree on `$USER`.
pub(crate) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.write_config(
        "[profile hub]
region = eu-central-1
[profile client1]
role_arn = arn:aws:iam::222222222222:role/PartnerAdmin
source_profile = hub
external_id = client1-7731
role_session_name = you
[profile client2]
role_arn = arn:aws:iam::333333333333:role/partners/Operations
source_profile = hub
external_id = client2-8842
mfa_serial = arn:aws:iam::111111111111:mfa/you
",
    );
    sandbox
}

/// What every run has: the directory that it is in, `xacct` and its shell's helpers on the path, a
/// lying `$SHELL`.
pub(crate) fn prepared(run: Cmd, dir: &Path, shell: &str) -> Cmd {
    let own = Path::new(env!("CARGO_BIN_EXE_xacct")).parent().unwrap();
    let path = format!("{}:{}", own.display(), outer_env("PATH").unwrap());
    run.env("PATH", path)
        .env("SHELL", shell)
        .env("LC_ALL", "C.UTF-8")
        .current_dir(dir)
}

pub(crate) fn found(program: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/node_modules/.bin");
    let path = outer_env("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain([own])
        .map(|dir| dir.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        super::skip(&format!("{program} is not installed"));
    }
    found
}

pub(crate) type Variables = BTreeMap<String, String>;

/// The variables that AWS's programs and xacct look at, as the shell's child got them.
pub(crate) fn dumped(file: &Path) -> Variables {
    let bytes = fs::read(file).unwrap();
    let lines = bytes
        .split(|byte| *byte == 0)
        .filter(|line| !line.is_empty());
    let pairs = lines.map(|line| std::str::from_utf8(line).unwrap().split_once('=').unwrap());
    let ours = pairs.filter(|(name, _)| is_ours(name));
    ours.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// All but the record of backup: what it does is tried, not how it looks.
fn is_ours(name: &str) -> bool {
    (name.starts_with("AWS_") || name.starts_with("XACCT_")) && name != "XACCT_SHELL_STATE"
}

/// What the sandbox gives everybody.
pub(crate) fn given(sandbox: &Sandbox) -> Variables {
    sandbox
        .env()
        .iter()
        .filter(|(name, _)| is_ours(name))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect()
}

/// The same, with what `--format json` says of the profile.
pub(crate) fn wanted(sandbox: &Sandbox, words: &[&str]) -> Variables {
    let all: Vec<&str> = ["assume", "--format", "json"]
        .iter()
        .chain(words)
        .copied()
        .collect();
    let json = sandbox.xacct(&all).run().ok().json();
    let mut variables = given(sandbox);
    for (name, value) in json.as_object().unwrap() {
        if let Some(text) = value.as_str() {
            variables.insert(name.clone(), text.to_owned());
        }
    }
    variables
}
