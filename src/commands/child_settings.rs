//! A profile's settings for a command that works with it: variables, and where they are not enough
//! a config file.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::cache::Store;
use crate::config::{self, Config, ForChild};
use crate::env::Env;
use crate::error::Result;
use crate::say::Voice;
use crate::secret::Secret;

/// Finds the settings of one profile, or of many.
pub(super) struct ChildSettings<'a> {
    config: &'a Config,
    store: &'a Store,
    env: &'a Env,
    voice: Voice,
    now: fn() -> DateTime<Utc>,
    /// The paths of config files by what tells them apart: profiles that set the same share one,
    /// unless they have keys that theirs must not have, and it is written and looked at once.
    /// `None`: it could not be written.
    files: HashMap<(Option<String>, String), Option<String>>,
    /// Most profiles have the same to say.
    said: HashSet<String>,
}

impl<'a> ChildSettings<'a> {
    pub(super) fn new(
        (config, store): (&'a Config, &'a Store),
        env: &'a Env,
        voice: Voice,
        now: fn() -> DateTime<Utc>,
    ) -> ChildSettings<'a> {
        ChildSettings {
            config,
            store,
            env,
            voice,
            now,
            files: HashMap::new(),
            said: HashSet::new(),
        }
    }

    /// What a command needs to work as it would under `--profile`, beside credentials and region:
    /// nothing for most profiles, and for a role that has none.
    ///
    /// Errors: of kind `Config`, with the line of a value that cannot be handed on.
    pub(super) fn of(&mut self, profile: &str) -> Result<Vec<(String, Secret)>> {
        let Some(section) = self.config.profile(profile)? else {
            return Ok(Vec::new());
        };
        let found = config::for_child(self.config, &section, self.env)?;
        let ForChild {
            mut variables,
            default,
            warnings,
        } = found;
        for warning in warnings {
            if self.said.insert(warning.clone()) {
                self.voice.warn(&warning);
            }
        }
        if let Some(path) = default.and_then(|default| self.file(default, profile)) {
            variables.push(("AWS_CONFIG_FILE".to_owned(), Secret::new(path)));
        }
        Ok(variables)
    }

    /// The path of the file with this `[default]`.
    fn file(&mut self, default: String, profile: &str) -> Option<String> {
        let owner = config::has_keys_in_config(self.config, profile).then(|| profile.to_owned());
        let which = (owner, default);
        if let Some(known) = self.files.get(&which) {
            return known.clone();
        }
        let text = config::file_for_child(self.config, profile, &which.1);
        let path = match self.store.keep(&text, (self.now)()) {
            Ok(path) => Some(path.to_string_lossy().into_owned()),
            Err(warning) => {
                self.voice.warn(&format!(
                    "{warning}; settings of '{profile}' that have no environment variable do not \
                     reach the command"
                ));
                None
            }
        };
        self.files.insert(which, path.clone());
        path
    }
}
