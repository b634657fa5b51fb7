//! What the audit log says of an answer, and why the cache did not do.

use chrono::{DateTime, Utc};

use super::fresh;
use super::run::Run;
use crate::arn::Arn;
use crate::audit;
use crate::aws::IssuedCredentials;
use crate::cache::Entry;
use crate::issuance::{Record, Why};
use crate::plan::{Action, Plan, Source};

impl Run<'_> {
    /// Notes an answer, unless the settings say no. A log that cannot be written costs nobody their
    /// credentials.
    pub(super) fn log(
        &self,
        index: usize,
        answer: &IssuedCredentials,
        account_id: Option<&str>,
        now: DateTime<Utc>,
    ) {
        let broker = self.broker;
        let step = &broker.plan.steps[index];
        let (role, role_session_name) = role_of(broker.plan, &step.action);
        let record = Record {
            time: now,
            profile: broker.plan.profile.clone(),
            action: match step.action {
                Action::Source => broker.plan.source.kind().to_owned(),
                _ => step.action_name().to_owned(),
            },
            role,
            role_session_name,
            // A device is in the account of its user.
            account_id: account_id
                .or_else(|| Arn::parse(step.serial_number()?).map(|device| device.account_id))
                .map(str::to_owned),
            access_key_id: answer.credentials.shown_id().to_owned(),
            expires_at: answer.credentials.expiration(),
            why: self.why(index, now),
            caller: broker.caller.name(),
            caller_pid: broker.caller.pid(),
        };
        self.write(&record);
    }

    fn write(&self, record: &Record) {
        let broker = self.broker;
        if !broker.options.audit {
            return;
        }
        let Some(path) = audit::path(broker.env) else {
            broker.complain(
                "no home directory found to keep the audit log under: set XACCT_AUDIT_LOG",
            );
            return;
        };
        if let Err(error) = audit::append(&path, record) {
            broker.complain(&format!(
                "the audit log {} cannot be written: {error}",
                path.display()
            ));
        }
    }

    /// Notes a federation session, which is no step of the plan.
    pub(super) fn log_federation(&self, answer: &IssuedCredentials, name: &str) {
        let record = Record {
            time: (self.broker.now)(),
            profile: self.broker.plan.profile.clone(),
            action: "GetFederationToken".to_owned(),
            role: None,
            role_session_name: Some(name.to_owned()),
            account_id: answer.credentials.account_id().map(str::to_owned),
            access_key_id: answer.credentials.shown_id().to_owned(),
            expires_at: answer.credentials.expiration(),
            why: Why::Miss,
            caller: self.broker.caller.name(),
            caller_pid: self.broker.caller.pid(),
        };
        self.write(&record);
    }

    /// Why the entry that is thrown away, or is to be replaced, does not do.
    fn why(&self, index: usize, now: DateTime<Utc>) -> Why {
        let lost = self.lost.borrow();
        if let Some((_, why)) = lost.iter().find(|(step, _)| *step == index) {
            return *why;
        }
        let broker = self.broker;
        let insisted = broker.options.refresh && index + 1 == broker.plan.steps.len();
        match broker.lookup(index) {
            None => Why::Miss,
            Some(entry) if is_over(&entry, now) => Why::Expired,
            Some(_) if insisted => Why::Refresh,
            Some(_) => Why::Renewal,
        }
    }

    /// Remembers that an entry goes because AWS did not take it.
    pub(super) fn note_lost(&self, index: usize) {
        let Some(entry) = self.broker.lookup(index) else {
            return;
        };
        let why = if is_over(&entry, (self.broker.now)()) {
            Why::Expired
        } else {
            Why::Refused
        };
        self.lost.borrow_mut().push((index, why));
    }
}

fn is_over(entry: &Entry, now: DateTime<Utc>) -> bool {
    fresh::left(entry, now) <= 0
}

/// The role and the session's name, as far as the request has them.
fn role_of(plan: &Plan, action: &Action) -> (Option<String>, Option<String>) {
    match (action, &plan.source) {
        (Action::AssumeRole(role), _) => (
            Some(role.role_arn.clone()),
            Some(role.role_session_name.clone()),
        ),
        (Action::Source, Source::WebIdentity(web)) => (
            Some(web.role_arn.clone()),
            Some(web.role_session_name.clone()),
        ),
        (Action::Source, Source::Sso(sso)) => (sso.role_name.clone(), None),
        _ => (None, None),
    }
}
