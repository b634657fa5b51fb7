//! The sandbox's cache from outside: its entries, and entries edited to be old, or somebody else's.

use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::{Output, Sandbox};

/// `plain`: a role that wants no MFA, assumed from `keys`, which are the hub user's.
const PLAIN: &str = "
[profile plain]
role_arn = arn:aws:iam::222222222222:role/PartnerAdmin
source_profile = keys
external_id = client1-7731
region = eu-west-1
";
const KEYS: &str = "
[keys]
aws_access_key_id = AKIARTXV5AHDTEST2YOU
aws_secret_access_key = NotASecret/xacct/sandbox/hub/you/EXAMPLE
";

impl Sandbox {
    /// The sample world with a profile `plain` more, for which nobody is asked.
    pub(crate) fn start_plain() -> Sandbox {
        let sandbox = Sandbox::start();
        sandbox.add_config(PLAIN);
        let path = sandbox.home().join(".aws/credentials");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text + KEYS).unwrap();
        sandbox
    }

    /// The sample world, with the MFA session of its user.
    pub(crate) fn start_logged_in() -> Sandbox {
        let sandbox = Sandbox::start();
        sandbox
            .xacct(&["login", "client1", "-q"])
            .env("XACCT_MFA_CODE", sandbox.fresh_code())
            .run()
            .ok();
        sandbox.clear_log();
        sandbox
    }

    pub(crate) fn add_config(&self, text: &str) {
        let path = self.home().join(".aws/config");
        self.write_config(&(fs::read_to_string(path).unwrap() + text));
    }

    /// Replaces every occurrence of a text in `~/.aws/config`, which must be there.
    #[track_caller]
    pub(crate) fn edit_config(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.home().join(".aws/config")).unwrap();
        assert!(text.contains(from), "no '{from}' in the config");
        self.write_config(&text.replace(from, to));
    }

    /// `credential-process` of a profile: silent, and the access key id it gives.
    #[track_caller]
    pub(crate) fn key_id(&self, profile: &str) -> String {
        self.xacct(&["credential-process", profile])
            .run()
            .ok()
            .key_id()
    }

    /// The same with the code that the device shows.
    pub(crate) fn key_id_by_code(&self, profile: &str) -> String {
        let code = self.fresh_code();
        self.xacct(&["credential-process", profile, "--mfa-code", &code])
            .run()
            .ok()
            .key_id()
    }

    /// STS was asked exactly this since it was looked at last.
    #[track_caller]
    pub(crate) fn asked(&self, actions: &[&str]) {
        assert_eq!(self.calls(), actions, "the requests that STS got");
        self.clear_log();
    }

    /// The entries' files, sorted.
    pub(crate) fn entries(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.cache_dir())
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut files: Vec<PathBuf> = files
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect();
        files.sort();
        files
    }

    /// The file of the entry that this profile asked for.
    #[track_caller]
    pub(crate) fn entry(&self, profile: &str) -> PathBuf {
        let of = |path: &PathBuf| read(path)["entry"]["profile"] == profile;
        self.entries()
            .into_iter()
            .find(of)
            .unwrap_or_else(|| panic!("no entry of '{profile}'"))
    }

    /// Changes the entry that this profile asked for.
    #[track_caller]
    pub(crate) fn edit(&self, profile: &str, change: impl FnOnce(&mut Value)) {
        let path = self.entry(profile);
        let mut file = read(&path);
        change(&mut file["entry"]);
        fs::write(path, file.to_string()).unwrap();
    }

    /// Moves the entry through time, as if it had been issued so long ago that this many seconds
    /// are left.
    #[track_caller]
    pub(crate) fn leave(&self, profile: &str, seconds: i64) {
        self.edit(profile, |entry| {
            let by = now() + seconds - entry["expires_at"].as_i64().unwrap();
            for field in ["expires_at", "issued_at"] {
                entry[field] = (entry[field].as_i64().unwrap() + by).into();
            }
        });
    }

    /// Makes the entry one that STS confirmed last so many seconds ago.
    #[track_caller]
    pub(crate) fn confirmed(&self, profile: &str, seconds_ago: i64) {
        self.edit(profile, |entry| {
            entry["confirmed_at"] = (now() - seconds_ago).into();
        });
    }
}

impl Output {
    /// The access key id in a `credential_process` document.
    #[track_caller]
    pub(crate) fn key_id(&self) -> String {
        self.json()["AccessKeyId"].as_str().unwrap().to_owned()
    }
}

/// A cache file as JSON.
pub(crate) fn read(path: &PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Seconds since 1970.
#[allow(clippy::disallowed_methods, reason = "the tests' own clock")]
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
        .try_into()
        .unwrap()
}
