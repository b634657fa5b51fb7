//! From a plan to credentials: cache, trust, single flight, renewal, MFA.
//!
//! A live, trusted entry is handed out by [`Broker::credentials`] after one file read; nothing
//! below that point (locks, the async runtime, the SDK) is touched then.

mod shared_run;
mod fresh;
mod trust;
mod options;
mod usable;
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
mod send;
mod acquire;
mod sign_in;
mod console;
mod forecast;
mod organization;
mod regions;
mod forget;
mod identity;

pub(crate) use organization::{FoundAccount, Inquiry};
pub(crate) use regions::known_regions;

use std::cell::OnceCell;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::cache::Store;
use crate::config::MfaPrompt;
use crate::credentials::Credentials;
use crate::desktop::Notifier;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::mfa::{CodeSource, Prompter};
use crate::plan::{Plan, Source, Step};
use crate::refusal;
use crate::runtime;
use crate::say::Voice;
use crate::sso::Asker;
use crate::terminal::{self, CallingProgram};

pub(crate) use confirm::confirm_all;
pub(crate) use forecast::{Forecast, Need};
pub(crate) use identity::{identify, whose};
pub(crate) use options::{CodeOption, Options, Typed};
pub(crate) use shared_run::Common;
pub(crate) use sign_in::sign_out_all;
pub(crate) use usable::cached;

/// What a broker works with.
pub(crate) struct Around<'a> {
    pub(crate) store: &'a Store,
    pub(crate) env: &'a Env,
    pub(crate) options: &'a Options,
    pub(crate) voice: Voice,
    pub(crate) now: fn() -> DateTime<Utc>,
    /// `xacct exec client1 (pid 123)`, for those who wait.
    pub(crate) me: String,
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
    caller: CallingProgram,
    /// Whether somebody can be asked, once that was looked at.
    person: OnceCell<bool>,
    /// What asks for codes, once it was looked for.
    prompter: OnceCell<Prompter>,
}

impl<'a> Broker<'a> {
    pub(crate) fn new(plan: &'a Plan, around: Around<'a>) -> Broker<'a> {
        let Around {
            store,
            env,
            options,
            voice,
            now,
            me,
        } = around;
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
            caller: CallingProgram::here(),
            person: OnceCell::new(),
            prompter: OnceCell::new(),
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
            .filter(|_| !matches!(self.plan.source, Source::Sso(_) | Source::Login { .. }))
        {
            self.voice.note(&format!(
                "{option} was not used: profile '{profile}' does not sign in with a browser"
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
            if matches!(self.plan.source, Source::StoredKey(_)) {
                return Ok(None);
            }
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

    /// The keys of a source that has some. A keyring is asked once a run.
    /// `until`: when waiting for another process is given up.
    async fn signing_keys(&self, until: Option<Instant>) -> Result<Credentials> {
        let Source::StoredKey(key) = &self.plan.source else {
            return self.static_keys();
        };
        let place = self.common.stored_key(&key.access_key_id);
        let fetched = async || {
            let asker = Asker {
                until,
                ..self.asker()
            };
            crate::source::signing_keys(&self.plan.source, asker).await
        };
        place.get_or_try_init(fetched).await.cloned()
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

    /// Where a code comes from: `--mfa-code`, `mfa_process`, the terminal, nowhere.
    fn code_source(&self) -> CodeSource {
        let process = self.plan.mfa.as_ref().and_then(|mfa| mfa.process.clone());
        match (&self.options.code, process) {
            (CodeOption::Given(code), _) => CodeSource::Given(code.clone()),
            (_, Some(command)) => CodeSource::Process {
                command,
                notifier: Notifier::find(self.env),
            },
            (CodeOption::Prompt(_), None) if self.prompt() == MfaPrompt::None => CodeSource::None {
                forbidden_by: "mfa.prompt = \"none\"",
            },
            (CodeOption::Prompt(_), None) => CodeSource::Prompt(self.prompter().clone()),
            (CodeOption::None { forbidden_by }, None) => CodeSource::None { forbidden_by },
            (CodeOption::Server, None) => CodeSource::Server,
        }
    }

    /// Where you are prompted: what a profile says, else the setting.
    fn prompt(&self) -> MfaPrompt {
        let own = self.plan.mfa.as_ref().and_then(|mfa| mfa.prompt);
        match (&self.options.code, own) {
            (_, Some(prompt)) => prompt,
            (CodeOption::Prompt(settings), None) => settings.prompt,
            _ => MfaPrompt::None,
        }
    }

    fn prompter(&self) -> &Prompter {
        self.prompter.get_or_init(|| match &self.options.code {
            CodeOption::Prompt(settings) => Prompter::find(self.prompt(), settings, self.env),
            _ => Prompter::Terminal { is_echoed: false },
        })
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

    /// Whether a prompt for a code is possible: a terminal, pinentry or a dialog is available, and
    /// `--no-input` was not given.
    fn can_ask(&self) -> bool {
        let allowed = matches!(self.options.code, CodeOption::Prompt(_));
        allowed && self.prompt() != MfaPrompt::None && self.prompter().is_there()
    }

    /// A cache that cannot be used costs speed, never the credentials: said once, then worked
    /// without.
    fn complain(&self, warning: &str) {
        if self.common.is_new(warning) {
            self.voice.warn(warning);
        }
    }
}

/// Does the work on this thread, from end to end under the eye of Ctrl-C: a prompt on the way takes
/// signals out of the system's hands for as long as the process lives. Only where a request may
/// have to be sent.
///
/// Errors: `Signal`.
fn wait<T>(work: impl Future<Output = T>) -> Result<T> {
    runtime::run(terminal::interruptible(work))?
}
