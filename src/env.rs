//! The environment as a value. This is the only module that reads it; everything else is handed an [`Env`].
//!
//! (`clap` reads the `XACCT_…` variables of the options it declares; nothing else does.)

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A snapshot of the process environment and of what the operating system says about the user. It holds secrets
/// (`AWS_SECRET_ACCESS_KEY`, `XACCT_MFA_CODE`), hence no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Env {
    vars: BTreeMap<OsString, OsString>,
    /// The variables of [`CHILD_SETTINGS`]: they are in the process environment, and not in `vars`.
    child_settings: Vec<String>,
    /// `~`: `HOME`, or what the platform says where that is unset.
    pub(crate) home: Option<PathBuf>,
    /// The user's configuration directory (`XDG_CONFIG_HOME`, `~/Library/Application Support`, `%APPDATA%`).
    pub(crate) config_dir: Option<PathBuf>,
    /// The user's cache directory.
    pub(crate) cache_dir: Option<PathBuf>,
    /// Where the user's programs keep what they note for themselves (`XDG_STATE_HOME`; elsewhere, their local data).
    pub(crate) state_dir: Option<PathBuf>,
    /// Where the system tells one start of one machine from all others; read only when a plan asks.
    boot_id: Option<PathBuf>,
    /// The number of the user that this process runs as, where users have numbers.
    uid: Option<u32>,
    /// What the system calls this computer.
    node: Option<String>,
}

/// Says which variables xacct has set for a command with the settings of its profile: JSON of names, each with the
/// beginning of its value's digest and, where xacct replaced a value, that one.
///
/// An xacct that the command runs for another profile must not take them for the user's: it would send that profile's
/// requests to this one's endpoints. A value that was changed since then is the user's again.
pub(crate) const CHILD_SETTINGS: &str = "XACCT_CHILD_SETTINGS";

/// What [`CHILD_SETTINGS`] says of a variable.
type Given = (String, Option<String>);

fn digest(value: &[u8]) -> String {
    hex::encode(&Sha256::digest(value)[..8])
}

/// Puts back what was there before xacct started this command; gives the names.
fn take_back(vars: &mut BTreeMap<OsString, OsString>) -> Vec<String> {
    let text = vars.remove(OsStr::new(CHILD_SETTINGS)).and_then(|text| text.into_string().ok());
    let given: BTreeMap<String, Given> =
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let mut names = Vec::new();
    for (name, (digested, before)) in given {
        let is_ours = |value: &OsString| digest(value.as_encoded_bytes()) == digested;
        if vars.get(OsStr::new(&name)).is_some_and(is_ours) {
            match before {
                Some(before) => vars.insert(name.clone().into(), before.into()),
                None => vars.remove(OsStr::new(&name)),
            };
            names.push(name);
        }
    }
    names
}

impl Env {
    /// Reads the process environment.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader")]
    pub(crate) fn from_process() -> Env {
        let mut vars: BTreeMap<_, _> = std::env::vars_os().collect();
        let child_settings = take_back(&mut vars);
        let (home, config_dir, cache_dir) = (dirs::home_dir(), dirs::config_dir(), dirs::cache_dir());
        let state_dir = dirs::state_dir().or_else(dirs::data_local_dir);
        let (uid, node) = system();
        let boot_id = cfg!(target_os = "linux").then(|| PathBuf::from("/proc/sys/kernel/random/boot_id"));
        Env { vars, child_settings, home, config_dir, cache_dir, state_dir, boot_id, uid, node }
    }

    /// A made-up environment for unit tests: the given variables, and directories under `HOME` if it is among them.
    #[cfg(test)]
    pub(crate) fn of(vars: &[(&str, &str)]) -> Env {
        let mut vars: BTreeMap<OsString, OsString> = vars.iter().map(|(k, v)| (k.into(), v.into())).collect();
        let child_settings = take_back(&mut vars);
        let home = vars.get(OsStr::new("HOME")).map(PathBuf::from);
        Env {
            config_dir: home.as_ref().map(|h| h.join(".config")),
            cache_dir: home.as_ref().map(|h| h.join(".cache")),
            state_dir: home.as_ref().map(|h| h.join(".local/state")),
            boot_id: None,
            home,
            vars,
            child_settings,
            uid: None,
            node: None,
        }
    }

    /// The variable's text; `None` where it is unset, blank (as the SDKs have it) or not UTF-8.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).and_then(OsStr::to_str).filter(|text| !text.trim().is_empty())
    }

    /// The variable as the system has it, even where it is blank.
    pub(crate) fn raw(&self, name: &str) -> Option<&OsStr> {
        self.vars.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// A path variable; blank counts as unset.
    pub(crate) fn path(&self, name: &str) -> Option<&Path> {
        self.raw(name).filter(|value| !value.is_empty()).map(Path::new)
    }

    /// `true` in the SDKs' sense: the word `true`, in any case.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Who runs this: the variables that say so, which a service or a container may not have, else the user's number.
    pub(crate) fn user(&self) -> Option<String> {
        let named = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| self.get(name));
        named.map(str::to_owned).or_else(|| self.uid.map(|uid| format!("uid-{uid}")))
    }

    /// This computer's name without its domain.
    pub(crate) fn host(&self) -> Option<&str> {
        let name = self.node.as_deref().or_else(|| self.get("COMPUTERNAME"))?;
        name.split('.').next().filter(|label| !label.is_empty())
    }

    /// What tells this machine, since it was started, from every other; empty where the system does not say.
    pub(crate) fn machine(&self) -> String {
        let Some(file) = &self.boot_id else { return String::new() };
        std::fs::read_to_string(file).unwrap_or_default().trim().to_owned()
    }

    /// The variables that an xacct before this one set with its profile's settings, and that still are as it set them.
    pub(crate) fn child_settings(&self) -> &[String] {
        &self.child_settings
    }

    /// The value of [`CHILD_SETTINGS`] for a command that gets these settings; `None` where there are none.
    pub(crate) fn note_of<'a>(&self, settings: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
        let before = |name: &str| self.raw(name).and_then(OsStr::to_str).map(str::to_owned);
        let given: BTreeMap<&str, Given> =
            settings.map(|(name, value)| (name, (digest(value.as_bytes()), before(name)))).collect();
        if given.is_empty() { None } else { serde_json::to_string(&given).ok() }
    }

    /// All variables, for a child's environment.
    pub(crate) fn vars(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.vars.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

#[cfg(unix)]
fn system() -> (Option<u32>, Option<String>) {
    let node = rustix::system::uname().nodename().to_str().ok().map(str::to_owned);
    (Some(rustix::process::getuid().as_raw()), node)
}

#[cfg(not(unix))]
fn system() -> (Option<u32>, Option<String>) {
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_profile_set_is_not_the_users() {
        let before = Env::of(&[("AWS_CONFIG_FILE", "/mine"), ("AWS_PROFILE", "p")]);
        let given =
            [("AWS_CONFIG_FILE", "/copy"), ("AWS_ENDPOINT_URL", "https://p"), ("AWS_CA_BUNDLE", "ca")];
        let note = before.note_of(given.into_iter()).unwrap();
        assert_eq!(before.note_of([].into_iter()), None);
        let set = [&given[..], &[(CHILD_SETTINGS, note.as_str())]].concat();
        let env = Env::of(&set);
        assert_eq!(env.raw("AWS_CONFIG_FILE"), Some(OsStr::new("/mine")));
        assert_eq!((env.raw("AWS_ENDPOINT_URL"), env.raw(CHILD_SETTINGS)), (None, None));
        assert_eq!(env.child_settings(), ["AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"]);
        // What the user has set since then stays.
        let changed = Env::of(&[("AWS_ENDPOINT_URL", "https://mine"), (CHILD_SETTINGS, note.as_str())]);
        assert_eq!(changed.get("AWS_ENDPOINT_URL"), Some("https://mine"));
        assert!(changed.child_settings().is_empty());
        let foreign = Env::of(&[("AWS_ENDPOINT_URL", "https://mine"), (CHILD_SETTINGS, "not JSON")]);
        assert_eq!(foreign.get("AWS_ENDPOINT_URL"), Some("https://mine"));
    }

    #[test]
    fn who_and_where() {
        let env = Env::of(&[("LOGNAME", "alice"), ("USER", " "), ("COMPUTERNAME", "DESKTOP")]);
        assert_eq!((env.user().as_deref(), env.host()), (Some("alice"), Some("DESKTOP")));
        let bare = Env { uid: Some(1000), node: Some("laptop.example.com".to_owned()), ..Env::default() };
        assert_eq!((bare.user().as_deref(), bare.host()), (Some("uid-1000"), Some("laptop")));
        assert!(Env::from_process().user().is_some());
    }
}
