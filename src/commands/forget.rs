//! Forgetting cached credentials, whatever options they were made with, for `clear` and `logout`;
//! and saying so where this shell still holds some.

use std::collections::HashSet;

use super::context::Context;
use super::shell;
use crate::arn::is_session_of;
use crate::broker::Broker;
use crate::cache::{Entry, Store};
use crate::config::Config;
use crate::error::Result;
use crate::plan::{Action, Plan, PlanKey, Request, Step};
use crate::render::shell::Shell;

/// What was forgotten.
#[derive(Default)]
pub(super) struct Forgotten {
    entries: Vec<Entry>,
    /// Files that were damaged.
    unreadable: usize,
}

impl Forgotten {
    fn of(entries: Vec<Entry>) -> Forgotten {
        Forgotten {
            entries,
            unreadable: 0,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.entries.len() + self.unreadable
    }

    pub(super) fn add(&mut self, more: Forgotten) {
        self.entries.extend(more.entries);
        self.unreadable += more.unreadable;
    }

    /// Whether this shell's credentials are of what was forgotten. Its own may have been replaced
    /// in the cache since.
    fn is_in_shell(&self, context: &Context) -> bool {
        let (id, profile) = (
            context.shell.get("AWS_ACCESS_KEY_ID"),
            context.shell.get("XACCT_PROFILE"),
        );
        self.entries.iter().any(|entry| {
            Some(entry.keys.access_key_id()) == id
                || profile.is_some_and(|name| entry.profiles.iter().any(|known| known == name))
        })
    }
}

/// Every entry.
pub(super) fn everything(store: &Store) -> Result<Forgotten> {
    let entries = store.entries()?;
    // What cannot be read goes too.
    let unreadable = store.clear()?.saturating_sub(entries.len());
    Ok(Forgotten {
        entries: entries.into_iter().map(|(_, entry)| entry).collect(),
        unreadable,
    })
}

/// All that the profile has, and what came from it: its own sessions, whatever options they were
/// made with, and those that other profiles got with them. `twins` are the profiles that ask for
/// the very same.
pub(super) fn of_profile(
    plan: &Plan,
    twins: &HashSet<String>,
    broker: &Broker<'_>,
    store: &Store,
) -> Result<Forgotten> {
    let source = plan.source_key.to_string();
    let own: Vec<(usize, &Step)> = plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.profile == plan.profile)
        .collect();
    let keys: HashSet<PlanKey> = own.iter().map(|(_, step)| step.key).collect();
    // A profile without a role of its own holds what signs for others.
    let is_holder = plan.steps.iter().all(|step| step.role_arn().is_none());
    let removed = Removal::new(store, |key, entry| {
        let is_from_source = entry.signers.first() == Some(&source);
        // What a twin got with an option, this profile was given too.
        let is_shared = twins.contains(&entry.profile) && is_of_role(entry, &own);
        keys.contains(key)
            || is_named(entry, &plan.profile)
            || (is_from_source && (is_holder || is_shared))
    })?;
    // Under their locks: whoever is just at work on one must not write it back.
    for (index, _) in own.iter().rev() {
        broker.forget(*index)?;
    }
    removed.finish(store)
}

/// Whether the entry is a session of a role that one of these steps assumes.
fn is_of_role(entry: &Entry, steps: &[(usize, &Step)]) -> bool {
    let Some(arn) = entry.arn.as_deref() else {
        return false;
    };
    let mut role_arns = steps.iter().filter_map(|(_, step)| step.role_arn());
    role_arns.any(|role_arn| is_session_of(arn, role_arn))
}

/// Other profiles whose last request is the same.
pub(super) fn twins(plan: &Plan, config: &Config, context: &Context) -> HashSet<String> {
    let Some(key) = last_key(plan) else {
        return HashSet::new();
    };
    let mut names = config.profile_names();
    names.retain(|name| {
        *name != plan.profile
            && context
                .plan_of(config, &Request::of_profile(name))
                .is_ok_and(|other| last_key(&other) == Some(key))
    });
    names.into_iter().collect()
}

fn last_key(plan: &Plan) -> Option<PlanKey> {
    plan.steps.last().map(|step| step.key)
}

/// What is left of a profile that has no plan any more.
pub(super) fn of_name(name: &str, store: &Store) -> Result<Forgotten> {
    Removal::new(store, |_, entry| is_named(entry, name))?.finish(store)
}

/// Whether anything of a profile of this name is cached.
pub(super) fn is_cached(name: &str, store: &Store) -> Result<bool> {
    let entries = store.entries()?;
    Ok(entries.iter().any(|(_, entry)| is_named(entry, name)))
}

fn is_named(entry: &Entry, name: &str) -> bool {
    entry.profile == name || entry.profiles.iter().any(|known| known == name)
}

/// What a sign-in has given: its token's file has this name, without its ending.
pub(super) fn of_sign_in(file: &str, store: &Store) -> Result<Forgotten> {
    let removal = Removal::new(store, |_, entry| {
        let sign_in = entry.sign_in.as_ref();
        sign_in.is_some_and(|sign_in| sign_in.file == file)
    });
    removal?.finish(store)
}

/// The session that a code was given for, with what came from it, in whatever region and for
/// however long; and all that the profile has, which may have taken a code by itself.
pub(super) fn of_mfa(
    plan: &Plan,
    with_code: &Step,
    twins: &HashSet<String>,
    broker: &Broker<'_>,
    store: &Store,
) -> Result<Forgotten> {
    let mut forgotten = of_code(plan, with_code, store)?;
    forgotten.add(of_profile(plan, twins, broker, store)?);
    Ok(forgotten)
}

fn of_code(plan: &Plan, with_code: &Step, store: &Store) -> Result<Forgotten> {
    let (key, source) = (with_code.key, plan.source_key.to_string());
    Removal::new(store, |of, entry| {
        let is_from_source = entry.signers.first() == Some(&source);
        let is_same = match &with_code.action {
            Action::AssumeRole(role) => entry
                .arn
                .as_deref()
                .is_some_and(|arn| is_session_of(arn, &role.role_arn)),
            _ => entry.action == with_code.action_name(),
        };
        *of == key || (is_from_source && is_same)
    })?
    .finish(store)
}

/// Entries that are to go, with all that came from them.
struct Removal(Vec<(PlanKey, Entry)>);

impl Removal {
    fn new(store: &Store, is_meant: impl Fn(&PlanKey, &Entry) -> bool) -> Result<Removal> {
        let mut entries = store.entries()?;
        let meant: HashSet<String> = entries
            .iter()
            .filter(|(key, entry)| is_meant(key, entry))
            .map(|(key, _)| key.to_string())
            .collect();
        entries.retain(|(key, entry)| {
            meant.contains(&key.to_string())
                || entry.signers.iter().any(|signer| meant.contains(signer))
        });
        Ok(Removal(entries))
    }

    fn finish(self, store: &Store) -> Result<Forgotten> {
        for (key, _) in &self.0 {
            store.remove(key)?;
        }
        Ok(Forgotten::of(
            self.0.into_iter().map(|(_, entry)| entry).collect(),
        ))
    }
}

/// Says that this shell still has credentials of what was forgotten, or of one of these profiles,
/// and what to type.
pub(super) fn tell_of_shell(
    context: &Context,
    forgotten: &Forgotten,
    is_meant: impl Fn(&str) -> bool,
) {
    if context.shell.get("AWS_ACCESS_KEY_ID").is_none() {
        return;
    }
    let profile = context.shell.get("XACCT_PROFILE");
    if !profile.is_some_and(is_meant) && !forgotten.is_in_shell(context) {
        return;
    }
    let what = match profile {
        Some(name) => format!("the credentials of '{name}'"),
        None => "credentials of what was forgotten".to_owned(),
    };
    context.voice.note(&format!(
        "this shell still has {what}, which AWS takes until they expire"
    ));
    let command = match profile {
        Some(_) => shell::of_caller(None, &context.env).map_or("xacct unset --help", unset),
        None => "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
    };
    context
        .voice
        .note(&format!("to take them out, type: {command}"));
}

/// How the shell is told to take xacct's variables out.
fn unset(shell: Shell) -> &'static str {
    match shell {
        Shell::Fish => "eval (xacct unset)",
        Shell::Elvish => "xacct unset | eval (slurp)",
        Shell::Nu => "xacct unset | from json | load-env",
        Shell::PowerShell => "xacct unset | Out-String | Invoke-Expression",
        Shell::Cmd => "for /f \"delims=\" %i in ('xacct unset') do @%i",
        Shell::Tcsh => "eval `xacct unset`",
        Shell::Sh | Shell::Bash | Shell::Zsh => "eval \"$(xacct unset)\"",
    }
}

pub(super) fn counted(number: usize) -> String {
    match number {
        0 => "nothing".to_owned(),
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    }
}
