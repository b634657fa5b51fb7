//! Which files are read, from the environment (docs/aws.md A1.2), and their texts. Reading
//! them is left to `files`.

use std::path::Path;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::origin::FileKind;
use super::platform::{HERE, Platform};
use super::stored_keys;
use crate::env::Env;

/// The paths of the files. An empty path is one that cannot be had, because no home directory
/// found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paths {
    pub(crate) config: PathBuf,
    pub(crate) credentials: PathBuf,
    pub(crate) settings: PathBuf,
    /// The index of the access keys that are in a keyring.
    pub(crate) keys: PathBuf,
    /// What `~` stands for; used to show paths the way people write them.
    pub(crate) home: Option<PathBuf>,
}

/// Editors on Windows begin UTF-8 files with it.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The texts of the files; `None` is a file that is not there. They hold secrets, hence no
/// `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Texts {
    pub(crate) config: Option<Zeroizing<String>>,
    pub(crate) credentials: Option<Zeroizing<String>>,
    pub(crate) settings: Option<Zeroizing<String>>,
    /// The index of the access keys that are in a keyring.
    pub(crate) keys: Option<Zeroizing<String>>,
}

impl Texts {
    /// As they are parsed: without the byte order mark that a file may begin with.
    #[must_use]
    pub(crate) fn without_marks(mut self) -> Texts {
        let texts = [&mut self.config, &mut self.credentials, &mut self.settings];
        for text in texts.into_iter().flatten() {
            if text.starts_with(BYTE_ORDER_MARK) {
                text.drain(..BYTE_ORDER_MARK.len());
            }
        }
        self
    }

    pub(crate) fn of(&self, file: FileKind) -> Option<&Zeroizing<String>> {
        match file {
            FileKind::Config => self.config.as_ref(),
            FileKind::Credentials => self.credentials.as_ref(),
            FileKind::Settings => self.settings.as_ref(),
        }
    }
}

impl Paths {
    /// `AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE` and `XACCT_CONFIG`, or else the usual
    /// places. In the variables, `$VAR`, `${VAR}`, `~` and the user's own `~name` are expanded as
    /// the AWS CLI does; another user's `~name` stays as it is, since finding it takes more than
    /// the environment.
    pub(crate) fn from_env(env: &Env) -> Paths {
        Paths::on(HERE, env)
    }

    fn on(platform: Platform, env: &Env) -> Paths {
        let home = home(platform, env);
        let aws = home.as_ref().map(|home| home.join(".aws"));
        let xacct = env.config_dir.as_ref().map(|dir| dir.join("xacct"));
        let [config, credentials, settings] = [
            ("AWS_CONFIG_FILE", &aws, "config"),
            ("AWS_SHARED_CREDENTIALS_FILE", &aws, "credentials"),
            ("XACCT_CONFIG", &xacct, "config.toml"),
        ]
        .map(|(variable, dir, name)| match env.path(variable) {
            Some(path) => expand(path, home.as_deref(), env),
            None => dir.as_ref().map(|dir| dir.join(name)).unwrap_or_default(),
        });
        let keys = env.data_dir.as_deref().map(stored_keys::index_path);
        Paths {
            config,
            credentials,
            settings,
            keys: keys.unwrap_or_default(),
            home,
        }
    }

    /// A path that a profile or a variable names: variables and `~` as in those of the files
    /// themselves.
    pub(crate) fn expanded(&self, text: &str, env: &Env) -> String {
        if !text.contains(['~', '$', '%']) {
            return text.to_owned();
        }
        expand(Path::new(text), self.home.as_deref(), env)
            .to_string_lossy()
            .into_owned()
    }

    pub(crate) fn of(&self, file: FileKind) -> &Path {
        match file {
            FileKind::Config => &self.config,
            FileKind::Credentials => &self.credentials,
            FileKind::Settings => &self.settings,
        }
    }

    /// The path as a person would write it: `~/.aws/config`.
    pub(crate) fn display(&self, file: FileKind) -> String {
        self.shown(self.of(file))
    }

    /// Any other path, likewise.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let below_home = self
            .home
            .as_ref()
            .and_then(|home| path.strip_prefix(home).ok());
        match below_home.filter(|rest| !rest.as_os_str().is_empty()) {
            // With slashes everywhere: PowerShell takes them as well, and a line is the same on
            // every platform.
            Some(rest) => rest.iter().fold("~".to_owned(), |shown, part| {
                shown + "/" + &part.to_string_lossy()
            }),
            None => path.to_string_lossy().into_owned(),
        }
    }
}

/// The SDKs' order. What the operating system says comes last on Windows and, on Unix, where `HOME`
/// is unset.
fn home(platform: Platform, env: &Env) -> Option<PathBuf> {
    let home = env.path("HOME");
    let found = match platform {
        Platform::Unix => home.map(Path::to_owned),
        Platform::Windows => home
            .or_else(|| env.path("USERPROFILE"))
            .map(Path::to_owned)
            .or_else(|| drive_and_path(env)),
    };
    found.or_else(|| env.home.clone())
}

fn drive_and_path(env: &Env) -> Option<PathBuf> {
    let mut drive = env.path("HOMEDRIVE")?.as_os_str().to_owned();
    drive.push(env.path("HOMEPATH")?);
    Some(PathBuf::from(drive))
}

/// Variables first, then `~`, as `os.path.expandvars` and `expanduser` do it for the AWS CLI. A
/// path that is not UTF-8 is taken as it is.
fn expand(path: &Path, home: Option<&Path>, env: &Env) -> PathBuf {
    let Some(text) = path.to_str() else {
        return path.to_owned();
    };
    let text = expand_variables(text, env);
    let Some((home, tail)) = home.zip(text.strip_prefix('~')) else {
        return PathBuf::from(text);
    };
    let end = tail.find(std::path::is_separator).unwrap_or(tail.len());
    let (user, rest) = tail.split_at(end);
    let mine = user.is_empty() || env.get("USER") == Some(user) || env.get("LOGNAME") == Some(user);
    match rest.trim_start_matches(std::path::is_separator) {
        _ if !mine => PathBuf::from(text),
        "" => home.to_owned(),
        rest => home.join(rest),
    }
}

/// `$NAME` and `${NAME}`; a variable that is not set stays as it is written.
fn expand_variables(text: &str, env: &Env) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        expanded.push_str(&rest[..at]);
        let (name, length) = variable_name(&rest[at + 1..]);
        let written = &rest[at..=at + length];
        let value = env
            .raw(name)
            .and_then(|value| value.to_str())
            .filter(|_| !name.is_empty());
        expanded.push_str(value.unwrap_or(written));
        rest = &rest[at + 1 + length..];
    }
    expanded.push_str(rest);
    expanded
}

/// The variable's name behind a `$`, and how many bytes it takes there, braces counted.
fn variable_name(text: &str) -> (&str, usize) {
    if let Some(name) = text
        .strip_prefix('{')
        .and_then(|inner| inner.split_once('}'))
        .map(|(name, _)| name)
    {
        return (name, name.len() + 2);
    }
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    (&text[..end], end)
}

#[cfg(test)]
mod tests;
