//! What a person does before the first command runs, each thing once: signing in, and MFA codes.

use std::collections::{BTreeSet, HashMap};

use crate::broker::{Broker, CodeOption, Need};
use crate::error::{Error, Kind, Result};
use crate::say::Voice;

use super::outcome::{Outcome, Status};
use super::targets::Work;

/// One thing that is needed, and the members that it is for.
struct SharedNeed {
    need: Need,
    members: Vec<usize>,
}

/// What AWS or the person said no to, by member: nobody is asked a second time.
pub(super) type Refused = HashMap<usize, Outcome>;

/// Gets what is needed, one after another.
///
/// Errors: a signal; what went wrong, where that leaves nobody to run for.
pub(super) async fn provide(
    work: &Work,
    brokers: &[Broker<'_>],
    code: &CodeOption,
    voice: Voice,
) -> Result<Refused> {
    let wanted = wanted(work, brokers);
    refuse_one_code_for_many(&wanted, code, work)?;
    announce(&wanted, work, voice);
    let (mut refused, mut first) = (Refused::new(), None);
    for SharedNeed { need, members } in &wanted {
        let Some(broker) = members.first().and_then(|member| brokers.get(*member)) else {
            continue;
        };
        match broker.provide(need).await {
            Ok(()) => {}
            Err(error) if matches!(error.kind, Kind::Signal(_)) => return Err(error),
            Err(error) => {
                voice.trace(
                    1,
                    &format!(
                        "{} of {} profiles cannot be used",
                        members.len(),
                        brokers.len()
                    ),
                );
                refused.extend(members.iter().map(|member| (*member, outcome(&error))));
                first.get_or_insert(error);
            }
        }
    }
    let all_refused = work
        .targets
        .iter()
        .all(|target| refused.contains_key(&target.member));
    match first {
        Some(error) if all_refused => Err(error),
        Some(error) => {
            voice.error(&error);
            Ok(refused)
        }
        None => Ok(refused),
    }
}

/// What an error in getting credentials makes of a target.
pub(super) fn outcome(error: &Error) -> Outcome {
    let status = match error.kind {
        Kind::Refused => Status::Denied,
        Kind::Signal(_) => Status::Skipped,
        _ => Status::Failed,
    };
    Outcome {
        aws_code: error.aws_code.clone(),
        ..Outcome::failed(status, error.to_string())
    }
}

/// As [`outcome`], with what to do about it.
pub(super) fn outcome_with_hints(error: &Error) -> Outcome {
    Outcome {
        hints: error.hint_texts(),
        ..outcome(error)
    }
}

fn wanted(work: &Work, brokers: &[Broker<'_>]) -> Vec<SharedNeed> {
    let members = work.targets.iter().map(|target| target.member);
    let members: BTreeSet<usize> = members
        .filter(|member| !work.refused.contains_key(member))
        .collect();
    let mut wanted: Vec<SharedNeed> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for member in members {
        let Some(need) = brokers.get(member).and_then(Broker::need) else {
            continue;
        };
        let identity = match &need {
            Need::Code { key, .. } => key.to_string(),
            Need::SignIn { session } => session.clone(),
        };
        let same = known
            .get(&identity)
            .and_then(|index| wanted.get_mut(*index));
        if let Some(same) = same {
            same.members.push(member);
        } else {
            known.insert(identity, wanted.len());
            wanted.push(SharedNeed {
                need,
                members: vec![member],
            });
        }
    }
    wanted
}

fn names<'a>(work: &'a Work, wanted: impl Iterator<Item = &'a SharedNeed>) -> Vec<String> {
    let members = wanted.flat_map(|wanted| &wanted.members);
    members
        .map(|member| format!("'{}'", work.members[*member].plan.profile))
        .collect()
}

impl SharedNeed {
    fn is_code(&self) -> bool {
        matches!(self.need, Need::Code { .. })
    }

    /// Whether the code is needed whatever a process will give.
    fn is_certain(&self) -> bool {
        matches!(
            self.need,
            Need::Code {
                is_certain: true,
                ..
            }
        )
    }

    fn is_for_role(&self) -> bool {
        matches!(
            self.need,
            Need::Code {
                is_for_role: true,
                ..
            }
        )
    }
}

/// A code works once.
fn refuse_one_code_for_many(wanted: &[SharedNeed], code: &CodeOption, work: &Work) -> Result<()> {
    let needed = wanted.iter().filter(|wanted| wanted.is_certain()).count();
    if needed < 2 || !matches!(code, CodeOption::Given(_)) {
        return Ok(());
    }
    let own = names(work, wanted.iter().filter(|wanted| wanted.is_for_role()));
    let error = Error::needs_person(format!(
        "{needed} MFA codes are needed, and one was given, which works once"
    ));
    let error = error.hint("leave --mfa-code out: they are asked for one after another");
    Err(match own.as_slice() {
        [] => error,
        own => error.hint(format!(
            "or leave out those that take one for themselves, since they last longer than an hour: \
             {}",
            own.join(", ")
        )),
    })
}

/// Says before the first question how many there will be.
fn announce(wanted: &[SharedNeed], work: &Work, voice: Voice) {
    let own = names(work, wanted.iter().filter(|wanted| wanted.is_for_role()));
    let codes = wanted.iter().filter(|wanted| wanted.is_code()).count();
    if own.is_empty() || codes < 2 {
        return;
    }
    let is_certain = wanted
        .iter()
        .filter(|wanted| wanted.is_code())
        .all(SharedNeed::is_certain);
    let (up_to, unless) = if is_certain {
        ("", "")
    } else {
        (
            "up to ",
            "; a credential_process that gives a session needs none",
        )
    };
    voice.note(&format!(
        "{up_to}{codes} MFA codes are needed, one after another: these profiles last longer than \
         an hour and each take one for themselves: {}{unless}",
        own.join(", ")
    ));
}
