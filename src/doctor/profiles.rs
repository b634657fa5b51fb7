//! All profiles together: what their plans come to, and what one of them lacks that others like it
//! have.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::catalog;
use super::finding::{Finding, FindingKind, shell_word};
use super::go;
use super::holder::Holders;
use super::profile::{self, set};
use super::{profile_files, profile_sources};
use crate::arn::Arn;
use crate::config::{Config, Key, Profile};
use crate::credentials::rfc3339;
use crate::duration;
use crate::error::{Error, Place, Result};
use crate::plan::{self, Plan, RegionOrigin, in_other_keyring};

/// A profile and what its plan came to.
pub(crate) struct Planned {
    pub(crate) profile: Profile,
    pub(crate) plan: Result<Plan>,
}

/// There is nothing to look at.
pub(crate) fn none() -> Finding {
    let finding = Finding::new(&catalog::PROFILES_NONE, "no profiles found");
    finding.fix("xacct add writes one; xacct sandbox has some to try")
}

/// Everything about the profiles. Those of `looked_at` are reported, the others only compared with.
pub(crate) fn check(
    config: &Config,
    planned: &[Planned],
    looked_at: &dyn Fn(&str) -> bool,
    now: DateTime<Utc>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sources = named_by(planned, Key::SourceProfile);
    let included = named_by(planned, Key::IncludeProfile);
    let without = without_external_id(planned);
    let mut told = HashSet::new();
    let holders = Holders::of(planned.iter().map(|one| &one.profile));
    for Planned { profile, plan } in planned
        .iter()
        .filter(|planned| looked_at(&planned.profile.name))
    {
        findings.extend(profile::check(config, profile, now));
        findings.extend(profile_sources::check(profile));
        match plan {
            Ok(plan) => {
                // Where STS has an address of its own, regions have other names.
                let place = format!("{}: ", plan.region.origin.place());
                findings.retain(|one| {
                    one.kind.id != catalog::REGION_MALFORMED.id || one.place() != place
                });
                findings.extend(go::check(profile));
                findings.extend(of_plan(profile, plan, sources.contains(&*profile.name)));
            }
            Err(error) => {
                let is_settings = profile.name == "default" || included.contains(&*profile.name);
                let is_source = sources.contains(&*profile.name);
                let is_meant =
                    is_settings && !is_source && *kind_of(error) == catalog::CREDENTIALS_NONE;
                if told.insert(one_of(error)) && !is_meant && !is_told_elsewhere(error) {
                    let finding = of_error(profile, &holders, error, is_source);
                    findings.retain(|other| !is_same(other, &finding, error));
                    findings.push(finding);
                }
            }
        }
        if let Some((setting, other)) = without.get(&*profile.name) {
            let message =
                format!("no external_id, and '{other}', a role in the same account, has one");
            let finding = Finding::new(&catalog::EXTERNAL_ID_MISSING, message).at(&setting.origin);
            findings.push(
                finding
                    .of(&profile.name)
                    .fix("add external_id = …, if the role's trust policy asks for it"),
            );
        }
    }
    let elsewhere = plan::guards_of_nobody(config).into_iter();
    let elsewhere = elsewhere.chain(plan::guards_in_other_sections(config));
    findings.extend(
        elsewhere
            .filter(|error| told.insert(one_of(error)))
            .map(|error| of_line(&error)),
    );
    let across = config.profiles_by_file();
    findings.extend(
        across
            .iter()
            .filter(|own| looked_at(own.name))
            .flat_map(profile_files::check),
    );
    findings
}

/// What was said when the profile's credentials could not be had; the program that asked may have
/// swallowed it.
pub(crate) fn last_refusal(
    profile: &str,
    time: DateTime<Utc>,
    caller: Option<&str>,
    message: &str,
    hints: &[String],
) -> Finding {
    let by = caller
        .map(|name| format!(" for {name}"))
        .unwrap_or_default();
    let said = format!("last refused{by} at {}: {message}", rfc3339(time));
    let finding = Finding::new(&catalog::LAST_REFUSAL, said).of(profile);
    let hints: Vec<&str> = hints
        .iter()
        .map(|hint| hint.strip_prefix("- ").unwrap_or(hint))
        .collect();
    match hints.as_slice() {
        [] => finding.fix(format!(
            "xacct explain {}    shows every request",
            shell_word(profile)
        )),
        hints => finding.fix(hints.join("; ")),
    }
}

/// The profile with all that its credentials rest on: sources of sources, and what they include.
pub(crate) fn chain<'c>(planned: &'c [Planned], name: &'c str) -> HashSet<&'c str> {
    let by_name: HashMap<&str, &Profile> = planned
        .iter()
        .map(|one| (&*one.profile.name, &one.profile))
        .collect();
    let (mut chain, mut next) = (HashSet::new(), vec![name]);
    while let Some(name) = next.pop() {
        if let Some(profile) = by_name.get(name).filter(|_| chain.insert(name)) {
            let names = [Key::SourceProfile, Key::IncludeProfile]
                .into_iter()
                .filter_map(|key| set(profile, key));
            next.extend(names.map(|(_, name)| name));
        }
    }
    chain
}

/// The names that any profile has under this key.
fn named_by(planned: &[Planned], key: Key) -> HashSet<&str> {
    let values = planned
        .iter()
        .filter_map(|one| set(&one.profile, key).filter(|(_, name)| *name != one.profile.name));
    values.map(|(_, name)| name).collect()
}

/// Whether the plan failed for a region that a variable names, which is told of the shell and not
/// of each profile; or for a key's name, which is told of the file's line.
fn is_told_elsewhere(error: &Error) -> bool {
    if error.id == Some(catalog::GUARD_MISSPELT.id) {
        return true;
    }
    error.id == Some(catalog::REGION_MALFORMED.id)
        && ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .into_iter()
            .any(|variable| error.place.as_deref() == Some(&variable.into()))
}

/// Whether a finding says of the same value, as something to look at, what the plan failed for.
fn is_same(finding: &Finding, failed: &Finding, error: &Error) -> bool {
    let is = |kind: &FindingKind| finding.kind.id == kind.id;
    let is_account = error.id == Some(catalog::ACCOUNT_ID_ODD.id) && is(&catalog::ACCOUNT_ID_ODD);
    let is_region = is(&catalog::REGION_MALFORMED) || is(&catalog::REGION_UNKNOWN);
    (is_account || is_region) && finding.place() == failed.place()
}

/// What makes two errors one: place and message, or the profiles of a cycle, whichever of
/// them it is found from.
#[derive(PartialEq, Eq, Hash)]
enum Same {
    Cycle(Vec<String>),
    Message(Option<Box<Place>>, String),
}

fn one_of(error: &Error) -> Same {
    if error.profiles.is_empty() {
        return Same::Message(error.place.clone(), error.message.clone());
    }
    let mut names = error.profiles.to_vec();
    names.sort_unstable();
    Same::Cycle(names)
}

fn kind_of(error: &Error) -> &'static FindingKind {
    let kinds: [&'static FindingKind; 14] = [
        &catalog::GUARD_UNREAD,
        &catalog::REGION_MALFORMED,
        &catalog::INCLUDE_BROKEN,
        &catalog::SOURCE_MISSING,
        &catalog::SOURCE_CYCLE,
        &catalog::SOURCE_BOTH,
        &catalog::SOURCE_NEITHER,
        &catalog::KEY_PAIR_HALF,
        &catalog::KEY_IN_TWO_PLACES,
        &catalog::SSO_CONFLICT,
        &catalog::PROCESS_OF_ITSELF,
        &catalog::CREDENTIALS_NONE,
        &catalog::SOURCE_WITHOUT_CREDENTIALS,
        &catalog::ENVIRONMENT_KEYS,
    ];
    kinds
        .into_iter()
        .find(|kind| Some(kind.id) == error.id)
        .unwrap_or(&catalog::VALUE_REFUSED)
}

/// An error that a plan ended with. It may be about a line of a profile on the way, which is named
/// then.
fn of_error(profile: &Profile, holders: &Holders<'_>, error: &Error, is_source: bool) -> Finding {
    let mut kind = kind_of(error);
    let mut hints = error.hint_texts();
    if is_source && *kind == catalog::CREDENTIALS_NONE {
        kind = &catalog::SOURCE_WITHOUT_CREDENTIALS;
        hints.push(in_other_keyring(&profile.name));
    }
    let finding = Finding::new(kind, said(error)).of(&profile.name);
    let finding = if error.names_profile {
        finding.naming_profile()
    } else {
        finding
    };
    let finding = match error.place.as_deref() {
        Some(Place::Line { file, line }) => {
            let holder = holders.at(file, *line).unwrap_or(profile);
            finding.in_line(file, *line).of(&holder.name)
        }
        _ => finding.in_file(&profile.origin.path),
    };
    match hints.as_slice() {
        [] => finding.fix("correct the value"),
        hints => finding.fix(hints.join("; ")),
    }
}

/// An error about a line that is no profile's.
fn of_line(error: &Error) -> Finding {
    let finding = Finding::new(kind_of(error), said(error)).fix(error.hint_texts().join("; "));
    match error.place.as_deref() {
        Some(Place::Line { file, line }) => finding.in_line(file, *line),
        _ => finding,
    }
}

/// The message; with its place where that is not a line, which a finding has beside it.
pub(crate) fn said(error: &Error) -> String {
    match error.place.as_deref() {
        Some(Place::Line { .. } | Place::File(_)) => error.message.clone(),
        _ => error.to_string(),
    }
}

fn of_plan(profile: &Profile, plan: &Plan, is_source: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let role = set(profile, Key::RoleArn);
    if plan.region.origin == RegionOrigin::Fallback && (role.is_some() || !is_source) {
        let message = format!(
            "no region is set: xacct takes {}, the AWS CLI and the SDKs fail",
            plan.region.name
        );
        let finding = Finding::new(&catalog::REGION_MISSING, message)
            .at(&profile.origin)
            .of(&profile.name);
        findings.push(finding.fix("add region = …"));
    }
    let Some(step) = plan.steps.last().filter(|step| step.role_arn().is_some()) else {
        return findings;
    };
    if let Some((setting, text)) = set(profile, Key::DurationSeconds)
        && duration::parse(text).is_ok_and(|seconds| {
            step.duration_seconds()
                .is_some_and(|cut| u64::from(cut) < seconds)
        })
    {
        let message = "AWS gives a role that is assumed from another session one hour at most, and \
                       refuses more";
        let finding = Finding::new(&catalog::DURATION_CHAINED, message)
            .at(&setting.origin)
            .of(&profile.name);
        findings.push(finding.fix("write duration_seconds = 3600; xacct renews it by itself"));
    }
    if let Some((setting, _)) = set(profile, Key::MfaSerial).filter(|_| plan.mfa.is_none()) {
        let message = "the device's code is never sent: AWS takes one only with a request that a \
                       user's own access key signs";
        let finding = Finding::new(&catalog::MFA_UNUSED, message)
            .at(&setting.origin)
            .of(&profile.name);
        findings.push(
            finding.fix(
                "delete mfa_serial here, or assume the role from a profile with an access key",
            ),
        );
    }
    findings
}

type Lacking<'p> = HashMap<&'p str, (&'p crate::config::Setting, &'p str)>;

/// The roles without `external_id` beside others of the same account, assumed by the same profile,
/// that have one.
fn without_external_id(planned: &[Planned]) -> Lacking<'_> {
    let mut having: HashMap<(String, String), &str> = HashMap::new();
    for one in planned {
        if let Some(role) =
            source_and_account(one).filter(|_| set(&one.profile, Key::ExternalId).is_some())
        {
            having.entry(role).or_insert(&one.profile.name);
        }
    }
    let lacking = planned
        .iter()
        .filter(|one| set(&one.profile, Key::ExternalId).is_none())
        .filter_map(|one| {
            let other = having.get(&source_and_account(one)?)?;
            let (setting, _) = set(&one.profile, Key::RoleArn)?;
            Some((&*one.profile.name, (setting, *other)))
        });
    lacking.collect()
}

fn source_and_account(one: &Planned) -> Option<(String, String)> {
    let (_, arn) = set(&one.profile, Key::RoleArn)?;
    let (_, source) = set(&one.profile, Key::SourceProfile)?;
    Some((source.to_owned(), Arn::parse(arn)?.account_id.to_owned()))
}
