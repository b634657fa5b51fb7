//! The directory a sandbox is used from: a `HOME` with `~/.aws`, a cache and settings of its own,
//! and the variables that lead programs there.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::files;

use super::world::World;

/// What stands before what is typed.
pub(crate) const PROMPT: &str = "(xacct sandbox) $ ";

/// A directory for `HOME`.
#[derive(Debug)]
pub(crate) struct Home {
    dir: PathBuf,
    /// One that was made for this run only goes when this is dropped.
    _temporary: Option<TempDir>,
}

impl Home {
    /// A new private directory under `parent`, removed when this value is dropped.
    pub(crate) fn temporary(parent: &Path, world: &World) -> Result<Home> {
        let made = files::temporary_dir(parent, "xacct-sandbox-")
            .map_err(|error| failed(parent, &error))?;
        let home = Home {
            dir: made.path().to_owned(),
            _temporary: Some(made),
        };
        home.fill(world)?;
        Ok(home)
    }

    /// This directory, which stays. Files that are there already stay as they are.
    pub(crate) fn at(dir: &Path, world: &World) -> Result<Home> {
        private_dir(dir)?;
        // Not canonical: on Windows few programs understand such a path.
        let whole = std::path::absolute(dir).map_err(|error| failed(dir, &error))?;
        let dir = if cfg!(windows) {
            whole
        } else {
            whole.canonicalize().map_err(|error| failed(dir, &error))?
        };
        let home = Home {
            dir,
            _temporary: None,
        };
        home.fill(world)?;
        Ok(home)
    }

    /// Where it is.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What a program in the sandbox must have in its environment.
    pub(crate) fn variables(&self, endpoint: &str) -> Vec<(&'static str, String)> {
        let path = |name: &str| {
            let name: PathBuf = name.split('/').collect();
            self.dir.join(name).to_string_lossy().into_owned()
        };
        let home = self.dir.to_string_lossy().into_owned();
        // What the AWS CLI goes by on Windows.
        let profile = cfg!(windows).then(|| ("USERPROFILE", home.clone()));
        let others = vec![
            ("HOME", home),
            ("AWS_CONFIG_FILE", path(".aws/config")),
            ("AWS_SHARED_CREDENTIALS_FILE", path(".aws/credentials")),
            ("AWS_ENDPOINT_URL", endpoint.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("XACCT_CACHE_DIR", path(".cache/xacct")),
            ("XACCT_AUDIT_LOG", path(".local/state/xacct/audit.jsonl")),
            ("XACCT_CONFIG", path(".config/xacct/config.toml")),
            ("XACCT_SANDBOX", endpoint.to_owned()),
        ];
        others.into_iter().chain(profile).collect()
    }

    /// Lets the prompts of the usual shells say that this is a sandbox; one that takes `PS1` from
    /// its environment needs no file.
    pub(crate) fn mark_prompts(&self) -> Result<()> {
        private_dir(&self.dir.join(".config/fish"))?;
        self.write(".bashrc", &format!("PS1='{PROMPT}'\n"))?;
        self.write(".zshrc", "PROMPT='(xacct sandbox) %# '\n")?;
        let fish = "function fish_prompt\n    echo -n '(xacct sandbox) > '\nend\n";
        self.write(".config/fish/config.fish", fish)
    }

    fn fill(&self, world: &World) -> Result<()> {
        for name in [".aws", ".cache/xacct", ".config/xacct"] {
            private_dir(&self.dir.join(name))?;
        }
        let credentials = world
            .files
            .credentials
            .as_ref()
            .map_or("", |text| text.expose());
        self.write(".aws/config", world.files.config.trim_start())?;
        self.write(".aws/credentials", credentials.trim_start())?;
        self.write(
            ".config/xacct/config.toml",
            "# xacct's own settings in the sandbox\n",
        )
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.dir.join(name);
        match files::create(&path).and_then(|mut file| file.write_all(text.as_bytes())) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            result => result.map_err(|error| failed(&path, &error)),
        }
    }
}

fn private_dir(path: &Path) -> Result<()> {
    files::make_dir(path).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::other(format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_home_is_private_and_goes() {
        let parent = tempfile::tempdir().unwrap();
        let world = World::sample().unwrap();
        let home = Home::temporary(parent.path(), &world).unwrap();
        let credentials = home.dir().join(".aws/credentials");
        assert!(
            std::fs::read_to_string(&credentials)
                .unwrap()
                .starts_with("[hub]\n")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(home.dir()), mode(&credentials)), (0o700, 0o600));
        }
        drop(home);
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn files_of_a_given_home_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(".aws")).unwrap();
        std::fs::write(dir.path().join(".aws/config"), "mine").unwrap();
        drop(Home::at(dir.path(), &World::sample().unwrap()).unwrap());
        assert_eq!(
            std::fs::read_to_string(dir.path().join(".aws/config")).unwrap(),
            "mine"
        );
        assert!(dir.path().join(".aws/credentials").exists());
    }
}
