//! The environment as a value. This is the only module that reads it; everything else is handed an
//! [`Env`].
//!
//! (`clap` reads the `XACCT_…` variables of the options it declares; nothing else does.)

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::system::user;

/// A snapshot of the process environment and of what the operating system says about the user. It
/// holds secrets (`AWS_SECRET_ACCESS_KEY`, `XACCT_MFA_CODE`), hence no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Env {
    vars: BTreeMap<OsString, OsString>,
    /// Whether `Path` and `PATH` are one variable, as on Windows: names are kept in capitals then.
    ignores_case: bool,
    /// `~`: `HOME`, and on Windows `USERPROFILE`, as for the AWS CLI; or what the platform says if
    /// that is unset.
    pub(crate) home: Option<PathBuf>,
    /// The user's configuration directory (`XDG_CONFIG_HOME`, `~/Library/Application Support`,
    /// `%APPDATA%`).
    pub(crate) config_dir: Option<PathBuf>,
    /// The user's cache directory.
    pub(crate) cache_dir: Option<PathBuf>,
    /// Where the user's programs keep what they note for themselves (`XDG_STATE_HOME`; elsewhere,
    /// their local data).
    pub(crate) state_dir: Option<PathBuf>,
    /// Where the user's programs keep what is of this machine alone (`XDG_DATA_HOME`).
    pub(crate) data_dir: Option<PathBuf>,
    /// Where the system tells one start of one machine from all others; read only when a plan asks.
    boot_id: Option<PathBuf>,
    /// The number of the user that this process runs as, where users have numbers.
    uid: Option<u32>,
    /// What the system calls this computer.
    node: Option<String>,
    /// Whether the region may be one that `assume` has set for another profile: then it is only a
    /// last resort.
    pub(crate) is_region_doubtful: bool,
}

impl Env {
    /// Reads the process environment.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader")]
    pub(crate) fn from_process() -> Env {
        let boot_id =
            cfg!(target_os = "linux").then(|| PathBuf::from("/proc/sys/kernel/random/boot_id"));
        let env = Env {
            vars: BTreeMap::new(),
            ignores_case: cfg!(windows),
            home: dirs::home_dir(),
            config_dir: dirs::config_dir(),
            cache_dir: dirs::cache_dir(),
            state_dir: dirs::state_dir().or_else(dirs::data_local_dir),
            data_dir: dirs::data_local_dir(),
            boot_id,
            uid: user::number(),
            node: user::computer(),
            is_region_doubtful: false,
        };
        let env = env.with_variables(std::env::vars_os());
        if cfg!(windows) {
            env.following_windows()
        } else {
            env
        }
    }

    fn with_variables(mut self, vars: impl Iterator<Item = (OsString, OsString)>) -> Env {
        let ignores_case = self.ignores_case;
        self.vars = vars
            .map(|(name, value)| (spelt(&name, ignores_case).into_owned(), value))
            .collect();
        self
    }

    /// The user's directories are where the variables say: the system would give those of the
    /// account, whatever they are set to.
    fn following_windows(mut self) -> Env {
        let drive_and_path = || {
            let mut home = self.path("HOMEDRIVE")?.as_os_str().to_owned();
            home.push(self.path("HOMEPATH")?);
            Some(PathBuf::from(home))
        };
        let home = self.path("USERPROFILE").map(Path::to_owned);
        let home = home.or_else(drive_and_path);
        let home = home.or_else(|| self.path("HOME").map(Path::to_owned));
        let roaming = self.path("APPDATA").map(Path::to_owned);
        let local = self.path("LOCALAPPDATA").map(Path::to_owned);
        self.home = home.or(self.home);
        self.config_dir = roaming.or(self.config_dir);
        self.cache_dir = local.clone().or(self.cache_dir);
        self.data_dir = local.clone().or(self.data_dir);
        self.state_dir = local.or(self.state_dir);
        self
    }

    /// A made-up environment for unit tests: the given variables, and directories under `HOME` if
    /// it is among them.
    #[cfg(test)]
    pub(crate) fn of(vars: &[(&str, &str)]) -> Env {
        let vars: BTreeMap<OsString, OsString> =
            vars.iter().map(|(k, v)| (k.into(), v.into())).collect();
        let home = vars.get(OsStr::new("HOME")).map(PathBuf::from);
        Env {
            config_dir: home.as_ref().map(|h| h.join(".config")),
            cache_dir: home.as_ref().map(|h| h.join(".cache")),
            state_dir: home.as_ref().map(|h| h.join(".local/state")),
            data_dir: home.as_ref().map(|h| h.join(".local/share")),
            boot_id: None,
            home,
            vars,
            ignores_case: false,
            uid: None,
            node: None,
            is_region_doubtful: false,
        }
    }

    /// The variable's text; `None` where it is unset, blank (as the SDKs have it) or not UTF-8.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.raw(name)
            .and_then(OsStr::to_str)
            .filter(|text| !text.trim().is_empty())
    }

    /// The variable as the system has it, even where it is blank.
    pub(crate) fn raw(&self, name: &str) -> Option<&OsStr> {
        let name = spelt(OsStr::new(name), self.ignores_case);
        self.vars.get(&*name).map(OsString::as_os_str)
    }

    /// A path variable; blank counts as unset.
    pub(crate) fn path(&self, name: &str) -> Option<&Path> {
        self.raw(name)
            .filter(|value| !value.is_empty())
            .map(Path::new)
    }

    /// `true` in the SDKs' sense: the word `true`, in any case.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Who runs this, under the same name from wherever it is started: the account database's, for
    /// a service or a program of the desktop may not have the variables that a shell has. Else
    /// those, else the user's number.
    pub(crate) fn user(&self) -> Option<String> {
        if let Some(name) = self.uid.and_then(user::account_name) {
            return Some(name);
        }
        let named = ["USER", "LOGNAME", "USERNAME"]
            .into_iter()
            .find_map(|name| self.get(name));
        named
            .map(str::to_owned)
            .or_else(|| self.uid.map(|uid| format!("uid-{uid}")))
    }

    /// A directory of the user's own that ends with the session or the system's start, on another
    /// disk than the cache as a rule, and of this name among several. It need not be there yet.
    pub(crate) fn runtime_dir(&self, name: &str) -> Option<PathBuf> {
        if let Some(dir) = self.path("XDG_RUNTIME_DIR").filter(|dir| dir.is_absolute()) {
            return Some(dir.join(format!("xacct-{name}")));
        }
        let temporary = self.path("TMPDIR").or_else(|| self.path("TEMP"));
        let temporary = temporary
            .filter(|dir| dir.is_absolute())
            .unwrap_or(Path::new("/tmp"));
        self.uid
            .map(|uid| temporary.join(format!("xacct-{uid}-{name}")))
    }

    /// This computer's name without its domain.
    pub(crate) fn host(&self) -> Option<&str> {
        let name = self.node.as_deref().or_else(|| self.get("COMPUTERNAME"))?;
        name.split('.').next().filter(|label| !label.is_empty())
    }

    /// What tells this machine, since it was started, from every other; empty where the system does
    /// not say.
    pub(crate) fn machine(&self) -> String {
        let Some(file) = &self.boot_id else {
            return String::new();
        };
        std::fs::read_to_string(file)
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    /// Sets the variable in this snapshot, or takes it out.
    pub(crate) fn set(&mut self, name: &str, value: Option<OsString>) {
        let name = spelt(OsStr::new(name), self.ignores_case);
        match value {
            Some(value) => self.vars.insert(name.into_owned(), value),
            None => self.vars.remove(&*name),
        };
    }

    /// All variables, for a child's environment.
    pub(crate) fn vars(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.vars
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

/// The variable's name as it is kept.
fn spelt(name: &OsStr, ignores_case: bool) -> Cow<'_, OsStr> {
    if ignores_case {
        Cow::Owned(name.to_ascii_uppercase())
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_where() {
        let env = Env::of(&[
            ("LOGNAME", "alice"),
            ("USER", " "),
            ("COMPUTERNAME", "DESKTOP"),
        ]);
        assert_eq!(
            (env.user().as_deref(), env.host()),
            (Some("alice"), Some("DESKTOP"))
        );
        let nobody = 4_294_901_000;
        let bare = Env {
            uid: Some(nobody),
            node: Some("laptop.example.com".to_owned()),
            ..Env::default()
        };
        assert_eq!(
            (bare.user().as_deref(), bare.host()),
            (Some("uid-4294901000"), Some("laptop"))
        );
        let named = Env {
            uid: Some(nobody),
            ..Env::of(&[("USER", "alice")])
        };
        assert_eq!(named.user().as_deref(), Some("alice"));
        assert!(Env::from_process().user().is_some());
    }

    #[test]
    fn on_windows_the_case_of_a_name_is_nothing() {
        let windows = Env {
            ignores_case: true,
            home: Some("C:/account".into()),
            ..Env::default()
        };
        let vars = [
            ("Path", "C:/bin"),
            ("https_proxy", "http://proxy"),
            ("UserProfile", "C:/Users/me"),
            ("HOME", "H:/"),
            ("LocalAppData", "C:/Users/me/local"),
        ];
        let vars = vars.map(|(name, value)| (name.into(), value.into()));
        let mut env = windows.with_variables(vars.into_iter()).following_windows();
        assert_eq!(
            [env.get("PATH"), env.get("HTTPS_PROXY"), env.get("path")],
            [Some("C:/bin"), Some("http://proxy"), Some("C:/bin")]
        );
        assert_eq!(env.home, Some("C:/Users/me".into()));
        assert_eq!(env.state_dir, Some("C:/Users/me/local".into()));
        env.set("pATH", Some("D:/".into()));
        let paths: Vec<_> = env.vars().filter(|(name, _)| *name == "PATH").collect();
        assert_eq!(paths, [(OsStr::new("PATH"), OsStr::new("D:/"))]);
        env.set("Path", None);
        assert_eq!(env.get("PATH"), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_account_database_goes_before_the_environment() {
        let root = Env {
            uid: Some(0),
            ..Env::of(&[("USER", "alice"), ("LOGNAME", "alice")])
        };
        assert_eq!(root.user().as_deref(), Some("root"));
    }
}
