//! Identity Center's files in a sandbox's home.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::Sandbox;
use super::cache::{now, read};

/// SHA-1 of `acme`, the sample's session.
const TOKEN: &str = "293abb6b76d7791c0732cc517d38c4b5c734b87f.json";
/// SHA-1 of what its client is registered for.
const CLIENT: &str = "5e5e88e3748442c359d01c0245d498982c30a691.json";

impl Sandbox {
    pub(crate) fn token_file(&self) -> PathBuf {
        self.home().join(".aws/sso/cache").join(TOKEN)
    }

    pub(crate) fn client_file(&self) -> PathBuf {
        self.home().join(".aws/sso/cache").join(CLIENT)
    }

    /// The token's file as JSON.
    pub(crate) fn token(&self) -> Value {
        read(&self.token_file())
    }

    /// Changes the token's file.
    pub(crate) fn edit_token(&self, change: impl FnOnce(&mut Value)) {
        let mut token = self.token();
        change(&mut token);
        fs::write(self.token_file(), token.to_string()).unwrap();
    }

    /// Makes the file say that this many seconds are left of the token.
    pub(crate) fn leave_token(&self, seconds: i64) {
        let at = chrono::DateTime::from_timestamp(now() + seconds, 0).unwrap();
        let text = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        self.edit_token(|token| token["expiresAt"] = text.into());
    }

    /// A sandbox in which somebody is signed in.
    pub(crate) fn signed_in() -> Sandbox {
        let sandbox = Sandbox::start();
        sandbox
            .xacct(&["login", "acme"])
            .run()
            .status(0)
            .stderr_contains("signed in at ");
        sandbox.clear_log();
        sandbox
    }
}
