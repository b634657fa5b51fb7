//! From a plan to credentials: cache, trust, single flight, renewal, MFA.
//!
//! A live, trusted entry is handed out by [`Broker::credentials`] after one file read; nothing
//! below that point (locks, the async runtime, the SDK) is touched then.

mod shared_run;
mod fresh;
mod trust;
mod time_limit;
mod run;
mod denied;
mod refusals;
mod source_credentials;
mod issued;
mod ask;
mod confirm;
mod keep;
mod answered;
mod open;
mod acquire;
mod sign_in;
mod console;
mod forecast;
mod organization;
mod regions;
mod forget;
mod identity;

pub(crate) use organization::{Found, Inquiry};
pub(crate) use regions::known_regions;

use std::cell::OnceCell;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::cache::{Entry, Key, Store};
use crate::config::VerifyAfter;
use crate::credentials::Credentials;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::mfa::CodeSource;
use crate::plan::{Action, Plan, Step};
use crate::refusal;
use crate::runtime;
use crate::say::Voice;
use crate::source;
use crate::sso::{self, Asker, How};
use crate::terminal::{self, Caller};

pub(crate) use confirm::confirm_all;
pub(crate) use forecast::{Forecast, Need};
pub(crate) use identity::identify;
pub(crate) use shared_run::Common;
pub(crate) use sign_in::sign_out_all;
use trust::Fit;

/// How credentials are asked for, from the command line, its variables and the settings file.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct Options {
    /// `--mfa-code`, a prompt, or nobody; `mfa_process` of the plan comes between the first two.
    pub(crate) code: CodeSource,
    pub(crate) typed: Typed,
    /// `--no-input`, or the variable that says the same.
    pub(crate) no_input: Option<&'static str>,
    /// How a person may be asked to sign in at Identity Center; `None` for nobody.
    pub(crate) sign_in: Option<How>,
    /// `--refresh`
    pub(crate) refresh: bool,
    /// `--verify`
    pub(crate) verify: bool,
    /// `--min-ttl`, seconds.
    pub(crate) min_ttl: u64,
    /// `--within`
    pub(crate) within: Option<Duration>,
    /// Serve until true expiry instead of asking a person early, and ask nobody whom no caller
    /// waits for (`credential-process`).
    pub(crate) until_expiry: bool,
    /// Whether a shell evaluates what is printed: Ctrl-C must not reach it, or it keeps its last
    /// account.
    pub(crate) for_shell: bool,
    /// `verify_after`
    pub(crate) verify_after: VerifyAfter,
    /// `audit`: whether what is issued goes into the audit log.
    pub(crate) audit: bool,
}

/// What was typed on the command line, as opposed to set in a variable, and must not be dropped in
/// silence.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Typed {
    /// `--mfa-code`
    pub(crate) mfa_code: bool,
    /// The option that says how to sign in to Identity Center.
    pub(crate) sign_in: Option<&'static str>,
}

/// Turns one plan into credentials.
pub(crate) struct Broker<'a> {
    plan: &'a Plan,
    store: &'a Store,
    env: &'a Env,
    options: &'a Options,
    voice: Voice,
    now: fn() -> DateTime<Utc>,
    /// `xacct exec client1 (pid 123)`, for those who wait.
    me: String,
    /// When this run began; what was issued since is fresh even with `--refresh`.
    began: DateTime<Utc>,
    common: Common,
    /// Who waits for the answer.
    caller: Caller,
    /// Whether somebody can be asked, once that was looked at.
    person: OnceCell<bool>,
}

impl<'a> Broker<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        store: &'a Store,
        env: &'a Env,
        options: &'a Options,
        voice: Voice,
        now: fn() -> DateTime<Utc>,
        me: String,
    ) -> Broker<'a> {
        Broker {
            plan,
            store,
            env,
            options,
            voice,
            now,
            me,
            began: now(),
            common: Common::default(),
            caller: Caller::here(),
            person: OnceCell::new(),
        }
    }

    /// One of several in a run.
    pub(crate) fn sharing(self, common: &Common) -> Broker<'a> {
        Broker {
            common: common.clone(),
            ..self
        }
    }

    /// The credentials that the plan leads to.
    ///
    /// Errors: `Refused` where STS says no, `NeedsPerson` where a code is needed and nobody can be
    /// asked, `Unreachable` where AWS is out of reach and nothing valid is cached.
    pub(crate) fn credentials(&self) -> Result<Credentials> {
        let credentials = if let Some(credentials) = self.at_once()? {
            credentials
        } else {
            if self.options.for_shell {
                terminal::take();
            }
            self.noted(wait(acquire::last(self)).and_then(|done| done))?
        };
        self.note_unused();
        Ok(self.in_account(credentials))
    }

    /// Says which of the options that were typed had no use.
    pub(crate) fn note_unused(&self) {
        let profile = &self.plan.profile;
        if let Some(option) = self
            .options
            .typed
            .sign_in
            .filter(|_| self.plan.sso().is_none())
        {
            self.voice.note(&format!(
                "{option} was not used: profile '{profile}' does not sign in to IAM Identity \
                 Center"
            ));
        }
        if !self.options.typed.mfa_code || self.common.has_sent_code() {
            return;
        }
        let why = if self.plan.mfa.is_none() {
            format!("no request for profile '{profile}' takes one")
        } else {
            "the credentials that there are need none".to_owned()
        };
        self.voice
            .note(&format!("the MFA code was not used: {why}"));
    }

    /// Keeps what went wrong for `doctor`, or forgets what did before.
    fn noted<T>(&self, done: Result<T>) -> Result<T> {
        let profile = &self.plan.profile;
        match &done {
            Ok(_) => refusal::forget(self.store, profile),
            Err(error) => {
                refusal::note(self.store, profile, error, self.caller.name(), (self.now)());
            }
        }
        done
    }

    /// A process, or `GetSessionToken`, may not say the account: then what the source's profile
    /// says counts.
    pub(crate) fn in_account(&self, credentials: Credentials) -> Credentials {
        if self
            .plan
            .steps
            .last()
            .is_some_and(|step| step.role_arn().is_some())
        {
            return credentials;
        }
        credentials.or_in_account(self.plan.source.account_id())
    }

    /// What can be handed out after a look at the cache. `None`: there is work to do.
    fn at_once(&self) -> Result<Option<Credentials>> {
        let Some(last) = self.plan.steps.len().checked_sub(1) else {
            self.warn();
            return self.static_keys().map(Some);
        };
        self.refuse_impossible_min_ttl()?;
        if let Some(entry) = self.lookup(last) {
            let trusted = trust::within(
                &entry,
                self.options.verify_after,
                self.options.verify,
                self.began,
            );
            if trusted && self.is_good(&entry, last) {
                if self.voice.verbose > 0 {
                    let left = crate::duration::readable(fresh::left(&entry, self.began));
                    self.voice
                        .trace(1, &format!("used from the cache, good for another {left}"));
                }
                return Ok(Some(entry.credentials()));
            }
        }
        // Whoever gets here waits for locks and the network anyway; the hot path has ended.
        self.warn();
        Ok(None)
    }

    /// One entry a step, where there is one that the step may use.
    pub(crate) fn entries(&self) -> Vec<Option<Entry>> {
        (0..self.plan.steps.len())
            .map(|index| self.expected(index))
            .collect()
    }

    fn warn(&self) {
        for warning in &self.plan.warnings {
            self.voice.warn(warning);
        }
    }

    /// Keys that no STS call is made for.
    fn static_keys(&self) -> Result<Credentials> {
        let keys = crate::source::keys(&self.plan.source)?;
        match keys.expiration() {
            Some(at) if at <= (self.now)() => Err(source_credentials::expired(self.plan)),
            _ => Ok(keys),
        }
    }

    /// `--min-ttl` above what STS will issue would mean a new call each time and never be met.
    fn refuse_impossible_min_ttl(&self) -> Result<()> {
        let Some(lifetime) = self.plan.steps.last().and_then(Step::duration_seconds) else {
            return Ok(());
        };
        if self.options.min_ttl <= u64::from(lifetime) {
            return Ok(());
        }
        Err(Error::usage(format!(
            "--min-ttl asks for {}, but the credentials of '{}' last {} from the start",
            crate::duration::readable(i64::try_from(self.options.min_ttl).unwrap_or(i64::MAX)),
            self.plan.profile,
            crate::duration::readable(i64::from(lifetime)),
        ))
        .hint("ask for longer ones with --duration, or duration_seconds in the profile"))
    }

    /// The step's entry, if it is there, whole, and what the plan says; a doubtful one is a miss
    /// with a warning.
    fn lookup(&self, index: usize) -> Option<Entry> {
        let (entry, fit) = self.found(index)?;
        let Some(why) = fit.why_not(&self.plan.steps[index].profile) else {
            return Some(entry);
        };
        self.complain(&why);
        None
    }

    /// The entry that the step will use, as far as can be told before the source has been asked.
    fn expected(&self, index: usize) -> Option<Entry> {
        self.lookup(index).or_else(|| {
            let step = self
                .plan
                .steps
                .get(index)
                .filter(|step| is_of_all(self.plan, step))?;
            let entry = self.store.get(&Key::from_digest(step.key)).ok()??;
            (trust::fit(&entry, self.plan, step, (self.now)()) == Fit::Good).then_some(entry)
        })
    }

    /// An entry that only its times speak against.
    fn doubtful(&self, index: usize) -> Option<Entry> {
        self.found(index)
            .filter(|(_, fit)| matches!(fit, Fit::Doubtful(_)))
            .map(|(entry, _)| entry)
    }

    /// The entry that there is of the sign-in that there is, and what it is to the step.
    fn found(&self, index: usize) -> Option<(Entry, Fit)> {
        let step = &self.plan.steps[index];
        let entry = match self.common.remembered(&step.key) {
            Some(entry) => entry,
            None if self.plan.is_uncached => return None,
            None => self
                .store
                .get(&Key::from_digest(step.key))
                .unwrap_or_else(|warning| {
                    self.complain(&warning.to_string());
                    None
                })?,
        };
        let state = source::sign_in_state(self.plan, self.env, self.store);
        if !state.allows(entry.sign_in.as_ref()) {
            let what = format!(
                "the cached credentials of '{}' are of another sign-in: not used",
                step.profile
            );
            if self.common.is_new(&what) {
                self.voice.trace(1, &what);
            }
            return None;
        }
        let fit = trust::fit(&entry, self.plan, step, (self.now)());
        Some((entry, fit))
    }

    /// Whether the step's entry is used as it is, short of trust.
    fn is_good(&self, entry: &Entry, index: usize) -> bool {
        let step = &self.plan.steps[index];
        let has_issued = self.common.has_issued(&step.key);
        // A machine may have been given another role since, another xacct may have been told to
        // forget.
        if step.action == Action::Source && self.plan.source.is_asked_each_time() && !has_issued {
            return false;
        }
        // A session of the source's own stands for the step that it makes needless.
        let is_last = self.plan.steps[index + 1..].iter().all(|step| {
            step.is_conditional && matches!(step.action, Action::GetSessionToken { .. })
        });
        let is_old = entry.issued_at < self.began && !has_issued;
        if is_last && self.options.refresh && is_old {
            return false;
        }
        let min_ttl = if is_last {
            i64::try_from(self.options.min_ttl).unwrap_or(i64::MAX)
        } else {
            0
        };
        fresh::good(entry, (self.now)(), min_ttl, || fresh::Demand {
            needs_person: self.renewal_needs_person(index),
            until_expiry: self.options.until_expiry || !self.can_ask(),
        })
    }

    /// Whether a newer answer to this step would cost a person's time: a code is needed on the way
    /// from the nearest live credentials, and neither `--mfa-code` nor `mfa_process` has one; or a
    /// sign-in is.
    fn renewal_needs_person(&self, index: usize) -> bool {
        let is_typed = matches!(
            self.code_source(),
            CodeSource::Prompt | CodeSource::None { .. } | CodeSource::Server
        );
        for earlier in (0..=index).rev() {
            let step = &self.plan.steps[earlier];
            if is_typed && self.may_need_code(earlier) {
                return true;
            }
            if matches!(step.action, Action::Source) {
                return sso::needs_person(self.plan, self.env, (self.now)());
            }
            // A signer that would itself be renewed does not spare the person.
            if earlier > 0
                && self
                    .lookup(earlier - 1)
                    .is_some_and(|signer| self.is_good(&signer, earlier - 1))
            {
                return false;
            }
        }
        false
    }

    /// Whether a code goes with this step, as far as is known before it is sent.
    fn may_need_code(&self, index: usize) -> bool {
        let step = &self.plan.steps[index];
        step.serial_number().is_some() && !(step.is_conditional && self.source_gives_sessions())
    }

    /// Whether what the source gave the last time was a session: only those are kept.
    fn source_gives_sessions(&self) -> bool {
        matches!(self.plan.steps.first(), Some(step) if step.action == Action::Source)
            && self.found(0).is_some()
    }

    /// Where a code comes from: `--mfa-code`, `mfa_process`, the terminal, nowhere.
    fn code_source(&self) -> CodeSource {
        let process = self.plan.mfa.as_ref().and_then(|mfa| mfa.process.clone());
        match (&self.options.code, process) {
            (CodeSource::Given(code), _) => CodeSource::Given(code.clone()),
            (_, Some(command)) => CodeSource::Process { command },
            (other, None) => other.clone(),
        }
    }

    /// For a source where one signs in. A person is asked only where there is one.
    fn asker(&self) -> Asker<'_> {
        let there = *self.person.get_or_init(terminal::available);
        Asker {
            env: self.env,
            store: self.store,
            network: self.common.network(),
            voice: self.voice,
            now: self.now,
            me: &self.me,
            sign_in: self.options.sign_in.filter(|_| there),
            in_background: self.options.sign_in.is_some() && !there && terminal::in_background(),
            no_input: self.options.no_input.is_some(),
            until: None,
        }
    }

    /// Whether somebody can be asked for a code: there is a terminal, and `--no-input` was not
    /// given.
    fn can_ask(&self) -> bool {
        let allowed = matches!(self.options.code, CodeSource::Prompt);
        allowed && *self.person.get_or_init(terminal::available)
    }

    /// A cache that cannot be used costs speed, never the credentials: said once, then worked
    /// without.
    fn complain(&self, warning: &str) {
        if self.common.is_new(warning) {
            self.voice.warn(warning);
        }
    }
}

/// Whether the step's answer is kept for all who have the same access key, though nothing else of
/// the plan is.
fn is_of_all(plan: &Plan, step: &Step) -> bool {
    plan.is_uncached && step.is_conditional
}

/// The entry of the plan's last step, where there is one that may be used. Sends nothing.
///
/// Errors: why there is one that is not used.
pub(crate) fn cached(
    plan: &Plan,
    (store, env): (&Store, &Env),
    now: DateTime<Utc>,
) -> std::result::Result<Option<Entry>, String> {
    let Some(step) = plan
        .steps
        .last()
        .filter(|step| !plan.is_uncached || is_of_all(plan, step))
    else {
        return Ok(None);
    };
    let entry = store
        .get(&Key::from_digest(step.key))
        .map_err(|warning| warning.to_string())?;
    let Some(entry) = entry else { return Ok(None) };
    if !source::sign_in_state(plan, env, store).allows(entry.sign_in.as_ref()) {
        return Ok(None);
    }
    trust::fit(&entry, plan, step, now)
        .why_not(&step.profile)
        .map_or(Ok(Some(entry)), Err)
}

/// Does the work on this thread, from end to end under the eye of Ctrl-C: a prompt on the way takes
/// signals out of the system's hands for as long as the process lives. Only where a request may
/// have to be sent.
///
/// Errors: `Signal`.
fn wait<T>(work: impl Future<Output = T>) -> Result<T> {
    runtime::run(terminal::interruptible(work))?
}
