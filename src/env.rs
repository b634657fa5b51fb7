//! The environment as a value. This is the only module that reads it; everything else is handed an [`Env`].
//!
//! (`clap` reads the `XACCT_…` variables of the options it declares; nothing else does.)

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A snapshot of the process environment and of what the operating system says about the user.
#[derive(Debug, Clone, Default)]
pub(crate) struct Env {
    vars: BTreeMap<OsString, OsString>,
    /// `~`: `HOME`, or what the platform says where that is unset.
    pub(crate) home: Option<PathBuf>,
    /// The user's configuration directory (`XDG_CONFIG_HOME`, `~/Library/Application Support`, `%APPDATA%`).
    pub(crate) config_dir: Option<PathBuf>,
    /// The user's cache directory.
    pub(crate) cache_dir: Option<PathBuf>,
    /// Where the system tells one start of one machine from all others; read only when a plan asks.
    boot_id: Option<PathBuf>,
}

impl Env {
    /// Reads the process environment.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader")]
    pub(crate) fn from_process() -> Env {
        let vars: BTreeMap<_, _> = std::env::vars_os().collect();
        Env {
            vars,
            home: dirs::home_dir(),
            config_dir: dirs::config_dir(),
            cache_dir: dirs::cache_dir(),
            boot_id: cfg!(target_os = "linux").then(|| PathBuf::from("/proc/sys/kernel/random/boot_id")),
        }
    }

    /// A made-up environment for unit tests: the given variables, and directories under `HOME` if it is among them.
    #[cfg(test)]
    pub(crate) fn of(vars: &[(&str, &str)]) -> Env {
        let vars: BTreeMap<OsString, OsString> = vars.iter().map(|(k, v)| (k.into(), v.into())).collect();
        let home = vars.get(OsStr::new("HOME")).map(PathBuf::from);
        Env {
            config_dir: home.as_ref().map(|h| h.join(".config")),
            cache_dir: home.as_ref().map(|h| h.join(".cache")),
            boot_id: None,
            home,
            vars,
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

    /// What tells this machine, since it was started, from every other; empty where the system does not say.
    pub(crate) fn machine(&self) -> String {
        let Some(file) = &self.boot_id else { return String::new() };
        std::fs::read_to_string(file).unwrap_or_default().trim().to_owned()
    }

    /// All variables, for a child's environment.
    pub(crate) fn vars(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.vars.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}
