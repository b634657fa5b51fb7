//! Deletes the sessions derived from an earlier answer of a `credential_process`, once it returns
//! another user's keys. Nothing that can be seen from here need have changed then.

use crate::cache::Store;
use crate::credentials::Credentials;
use crate::plan::{Plan, Source};

use super::run::Run;
use super::shared_run::Rest;

/// What begins the mark of a session; the account follows, where the process says it.
const SESSION: &str = "session ";

/// What an entry keeps of the answer that it rests on. A session is another one each time, whoever
/// it is of.
fn mark(keys: &Credentials) -> String {
    if keys.are_long_term() {
        return Plan::digest_of_keys(keys).to_string();
    }
    format!("{SESSION}{}", keys.account_id().unwrap_or_default())
}

/// Whether both may be of the same person, as far as can be told.
fn may_be_same(before: &str, now: &str) -> bool {
    match (before.strip_prefix(SESSION), now.strip_prefix(SESSION)) {
        (Some(before), Some(now)) => before.is_empty() || now.is_empty() || before == now,
        _ => before == now,
    }
}

impl Run<'_> {
    /// Takes note of what the process has answered, and drops what rests on another answer of it.
    pub(super) fn note_answer(&mut self, keys: &Credentials) {
        let broker = self.broker;
        if !matches!(broker.plan.source, Source::CredentialProcess { .. }) {
            return;
        }
        let (now, source) = (mark(keys), broker.plan.source_key.to_string());
        let rests = broker.common.rests(|| rests(broker.store));
        for rest in rests
            .iter()
            .filter(|rest| rest.source == source && !may_be_same(&rest.answer, &now))
        {
            // Another process may have put a new one in its place.
            let Ok(Some(entry)) = broker.store.get(&rest.key) else {
                continue;
            };
            if entry.answer.as_ref() != Some(&rest.answer) {
                continue;
            }
            broker.voice.trace(
                1,
                "what came from another answer of the credential_process is dropped",
            );
            if let Err(warning) = broker.store.remove(&rest.key) {
                broker.complain(&warning.to_string());
            }
        }
        self.answer = Some(now);
    }
}

fn rests(store: &Store) -> Vec<Rest> {
    store
        .entries()
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(key, entry)| {
            Some(Rest {
                key,
                source: entry.signers.first()?.clone(),
                answer: entry.answer?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::sample;

    #[test]
    fn answers_are_told_apart_by_key_and_account() {
        let user = |id| mark(&sample(id, "s", None));
        let session = |account| mark(&sample("ASIAONE", "s", Some("t")).or_in_account(account));
        assert!(may_be_same(&user("AKIAONE"), &user("AKIAONE")));
        assert!(!may_be_same(&user("AKIAONE"), &user("AKIATWO")));
        assert!(!may_be_same(&user("AKIAONE"), &session(None)));
        assert!(may_be_same(&session(None), &session(Some("111111111111"))));
        assert!(!may_be_same(
            &session(Some("222222222222")),
            &session(Some("111111111111"))
        ));
    }
}
