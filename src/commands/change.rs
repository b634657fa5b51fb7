//! What `add` and `adopt` have in common: the files as they are, showing what would change, asking
//! whether it is meant, writing it.

use std::collections::HashMap;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::context::Context;
use super::edit_lock;
use super::print;
use super::questions::Person;
use crate::cli::Writing;
use crate::config::{ByFile, Config, FileKind, Paths, Section, Texts};
use crate::error::{Error, Result};
use crate::files::{self, Change, EditLock};
use crate::plan::{Plan, Request};
use crate::render::diff;
use crate::terminal;

/// The files, read, and nobody else's to change until this is dropped.
pub(super) struct ConfigFiles {
    pub(super) paths: Paths,
    /// To the byte.
    pub(super) raw: Texts,
    pub(super) config: Config,
    /// `None` where nothing will be written.
    lock: Option<EditLock>,
}

/// How much a person is asked.
#[derive(Clone, Copy)]
pub(super) struct ChangeOptions {
    pub(super) writing: Writing,
    /// `--no-input`
    pub(super) no_input: bool,
}

/// What files are opened for.
#[derive(Clone, Copy)]
pub(super) enum Access {
    Look,
    Change,
}

impl Access {
    /// `--dry-run` only looks.
    pub(super) fn unless(dry_run: bool) -> Access {
        if dry_run {
            Access::Look
        } else {
            Access::Change
        }
    }
}

impl ConfigFiles {
    /// To look at, or to change, which nobody else does meanwhile.
    pub(super) fn open(context: &Context, access: Access) -> Result<ConfigFiles> {
        let paths = Paths::from_env(&context.env);
        let lock = match access {
            Access::Look => None,
            Access::Change => Some(edit_lock::wait_for(&paths, context)?),
        };
        let raw = files::read_raw(&paths)?;
        let config = Config::new(paths.clone(), raw.clone().without_marks())?;
        Ok(ConfigFiles {
            paths,
            raw,
            config,
            lock,
        })
    }

    /// What the files would say.
    pub(super) fn config_of(&self, texts: &Texts) -> Result<Config> {
        Config::new(self.paths.clone(), texts.clone().without_marks())
    }

    /// The files that change, in this order.
    pub(super) fn changes<'a>(&'a self, new: &'a Texts, order: &[FileKind]) -> Vec<Change<'a>> {
        let changes = order.iter().map(|file| Change {
            file: *file,
            old: self.raw.of(*file).map(|text| text.as_str()),
            new: new.of(*file).map(|text| text.as_str()),
        });
        changes.filter(|change| change.old != change.new).collect()
    }

    /// The changes as a person reads them.
    pub(super) fn shown(&self, changes: &[Change<'_>], color: bool) -> String {
        changes
            .iter()
            .map(|change| {
                let (old, new) = (
                    change.old.unwrap_or_default(),
                    change.new.unwrap_or_default(),
                );
                diff::unified(
                    &self.paths.display(change.file),
                    change.file,
                    old,
                    new,
                    color,
                )
            })
            .collect()
    }

    /// Shows the changes, which lead to `after`; whether they are to be made.
    ///
    /// Errors: `NeedsPerson` where somebody should be asked and cannot be.
    pub(super) fn agreed(
        &self,
        changes: &[Change<'_>],
        after: &Config,
        asked: ChangeOptions,
        context: &Context,
    ) -> Result<bool> {
        let count = counts(&self.config, after);
        if asked.writing.dry_run {
            print(self.shown(changes, context.color).as_bytes())?;
            context.voice.note(&count);
            return Ok(false);
        }
        let shown = self.shown(changes, context.voice.color);
        if asked.writing.yes {
            context.voice.show(&shown);
            return Ok(true);
        }
        let hint = "run the command in a terminal, or with --yes; --dry-run only shows what would \
                    change";
        let person = confirming_person(asked.no_input, hint)?;
        // On the terminal, whatever stderr is: who answers must have seen it.
        let is_agreed = person.agrees(&format!("{shown}{count}\nwrite this?"))?;
        if !is_agreed {
            context.voice.note("nothing was changed");
        }
        Ok(is_agreed)
    }

    /// Makes the changes, and gives the backups of what was there before.
    pub(super) fn write(&self, changes: &[Change<'_>], context: &Context) -> Result<Vec<PathBuf>> {
        let Some(lock) = &self.lock else {
            return Ok(Vec::new());
        };
        files::write(&self.paths, changes, context.local_now(), lock)
    }
}

/// The plan of a profile.
pub(super) fn plan(context: &Context, config: &Config, name: &str) -> Result<Plan> {
    context.plan_of(config, &Request::of_profile(name))
}

/// `adds 2, changes 1, removes 75, keeps 150`: profiles, whichever of the files they are in.
fn counts(before: &Config, after: &Config) -> String {
    let (before, after) = (said(before), said(after));
    let kept = after
        .iter()
        .filter(|(name, own)| before.get(*name) == Some(own))
        .count();
    let added = after
        .keys()
        .filter(|name| !before.contains_key(*name))
        .count();
    let removed = before
        .keys()
        .filter(|name| !after.contains_key(*name))
        .count();
    let changed = after.len() - added - kept;
    let counts = [
        ("adds", added),
        ("changes", changed),
        ("removes", removed),
        ("keeps", kept),
    ];
    let told = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{word} {count}"));
    let told = told.collect::<Vec<_>>().join(", ");
    let profiles = if before.len().max(after.len()) == 1 {
        "profile"
    } else {
        "profiles"
    };
    if told.is_empty() {
        format!("changes no {profiles}")
    } else {
        format!("{profiles}: {told}")
    }
}

/// What each file says of a profile.
type Said = Vec<(FileKind, String, Zeroizing<String>)>;

fn said(config: &Config) -> HashMap<String, Said> {
    config
        .profiles_by_file()
        .iter()
        .map(|profile| (profile.name.to_owned(), said_of(profile)))
        .collect()
}

fn said_of(profile: &ByFile<'_>) -> Said {
    let files = [
        (FileKind::Config, profile.config.as_ref()),
        (FileKind::Credentials, profile.credentials.as_ref()),
        (FileKind::Settings, profile.settings),
    ];
    let mut said = Said::new();
    for (file, section) in files {
        let settings = section.into_iter().flat_map(Section::iter);
        said.extend(settings.map(|(key, setting)| (file, key.to_owned(), setting.value.clone())));
    }
    said
}

/// The person at the terminal, who is to confirm; `hint` is for where there is no terminal.
///
/// Errors: `NeedsPerson` where nobody can be asked.
pub(super) fn confirming_person(no_input: bool, hint: &str) -> Result<Person> {
    let person = if no_input {
        None
    } else {
        Person::at_terminal()?
    };
    person.ok_or_else(|| {
        if !no_input && terminal::in_background() {
            return in_background();
        }
        let message = "confirmation required, but no terminal is available: nothing was changed";
        Error::needs_person(message).hint(hint)
    })
}

/// Says where the files are as they were before.
pub(super) fn note_backups(backups: &[PathBuf], context: &Context) {
    for backup in backups {
        context.voice.note(&format!("backup: {}", backup.display()));
    }
}

fn in_background() -> Error {
    let message = format!(
        "your confirmation is needed, and {}: nothing was changed",
        terminal::BACKGROUND
    );
    Error::needs_person(message)
        .hint(terminal::TO_FOREGROUND)
        .hint("or run it with --yes")
}
