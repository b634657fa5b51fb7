//! Credentials that the console takes, for as long as AWS lets them, and the token for them
//! (docs/aws.md A8).

use super::super::context::Context;
use super::Asked;
use crate::arn::Arn;
use crate::broker::Broker;
use crate::config::Config;
use crate::credentials::Credentials;
use crate::duration::readable;
use crate::error::{Error, Kind, Result};
use crate::plan::{Plan, Request, Source, Step};
use crate::secret::Secret;

/// What a session lasts at most whose role another session assumes, in seconds.
const CHAINED: u32 = 3600;
/// What AWS gives a federation session where nothing else is asked for, in seconds.
const FEDERATION: u32 = 43_200;
/// What AWS takes of a federated user's name.
const NAME_LIMIT: usize = 32;

pub(super) struct SessionRequest<'w> {
    pub(super) asked: &'w Asked,
    pub(super) context: &'w Context,
    pub(super) config: &'w Config,
    pub(super) request: &'w Request,
    pub(super) plan: &'w Plan,
    /// `--duration`, in seconds.
    pub(super) duration: Option<u32>,
    /// `https://signin.aws.amazon.com`
    pub(super) signin: &'w str,
}

pub(super) struct Opened {
    pub(super) token: Secret,
    /// Whose session it is, and for how long.
    pub(super) about: String,
}

/// By whose credentials the console is entered, and what that means for the session's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConsoleAccess {
    /// A user's own keys: a federation session is started with them.
    Keys,
    /// A role that such keys assume: the session may outlast the credentials.
    Direct,
    /// A role that is assumed with the MFA session of such keys.
    Shared,
    /// A role that is assumed with what a `credential_process` gives: a user's own key, or a
    /// session.
    Open,
    /// A role that another session assumes.
    Chained,
    /// What the source gives, whatever that is.
    Source,
}

fn entry(plan: &Plan) -> ConsoleAccess {
    let roles = plan.steps.iter().filter_map(Step::role_arn).count();
    match (plan.has_long_term_keys(), roles, plan.steps.len()) {
        (true, 0, _) => ConsoleAccess::Keys,
        (true, 1, 1) => ConsoleAccess::Direct,
        (true, 1, _) => ConsoleAccess::Shared,
        (_, 0, _) => ConsoleAccess::Source,
        (_, 1, _) if matches!(plan.source, Source::CredentialProcess { .. }) => ConsoleAccess::Open,
        _ => ConsoleAccess::Chained,
    }
}

/// Gets the credentials, and the token for them.
pub(super) fn open(wanted: &SessionRequest<'_>) -> Result<Opened> {
    let SessionRequest {
        context,
        config,
        duration,
        ..
    } = *wanted;
    let entry = entry(wanted.plan);
    let adapted = adapted(wanted, entry)?;
    let plan = adapted.as_ref().unwrap_or(wanted.plan);
    let mut options = context.options(config, &wanted.asked.asking)?;
    // The console's own page is opened by a browser, too.
    options.typed.sign_in = options
        .typed
        .sign_in
        .filter(|option| *option != "--no-browser");
    let store = context.store()?;
    let broker = context.broker("console", plan, &store, &options);
    broker.confirm()?;
    let keys = match entry {
        ConsoleAccess::Keys => broker.own_keys()?,
        _ => broker
            .credentials()
            .map_err(|error| of_own_code(error, wanted, plan))?,
    };
    // Another program may give a user's own keys, too.
    let is_federation = keys.are_long_term();
    let credentials = if is_federation {
        federation(&broker, &keys, wanted)?
    } else {
        keys
    };
    let session_duration = match self::entry(plan) {
        _ if is_federation => None,
        ConsoleAccess::Direct => {
            duration.or_else(|| plan.steps.last().and_then(Step::duration_seconds))
        }
        ConsoleAccess::Source => duration,
        // Where it turns out to be a session, AWS says no, and that is said then.
        ConsoleAccess::Open => duration.filter(|seconds| *seconds > CHAINED),
        ConsoleAccess::Keys | ConsoleAccess::Shared | ConsoleAccess::Chained => None,
    };
    let signed_in = broker.signin_token(&credentials, wanted.signin, session_duration)?;
    if !signed_in.has_duration && duration.is_some() && session_duration.is_some() {
        context.voice.warn(
            "AWS does not take --duration for these credentials: the session ends when they do",
        );
    }
    let seconds = session_duration
        .filter(|_| signed_in.has_duration)
        .map(i64::from);
    let left = credentials
        .expiration()
        .map(|at| (at - (context.now)()).num_seconds());
    Ok(Opened {
        token: signed_in.token,
        about: about(plan, &credentials, seconds.or(left), is_federation),
    })
}

/// Another plan for the console alone, or for `--duration`: the credentials' own life is then the
/// session's, or the role must be assumed otherwise.
fn adapted(wanted: &SessionRequest<'_>, entry: ConsoleAccess) -> Result<Option<Plan>> {
    if entry == ConsoleAccess::Source && wanted.plan.steps.iter().any(|step| step.is_conditional) {
        // The console takes no session of a user: should the source give a user's key, it is wanted
        // bare.
        let mut plan = wanted.context.plan_of(wanted.config, wanted.request)?;
        plan.steps.truncate(1);
        return Ok(Some(plan));
    }
    let Some(seconds) = wanted.duration else {
        return Ok(None);
    };
    let request = match entry {
        ConsoleAccess::Keys | ConsoleAccess::Direct | ConsoleAccess::Source => return Ok(None),
        ConsoleAccess::Shared | ConsoleAccess::Open if seconds > CHAINED => Request {
            code_on_role: true,
            ..wanted.request.clone()
        },
        ConsoleAccess::Shared | ConsoleAccess::Open | ConsoleAccess::Chained => {
            if seconds > CHAINED {
                wanted.context.voice.warn(
                    "--duration is cut to 1h: AWS lets the session of a role that is assumed from \
                     another session last no longer",
                );
            }
            let seconds = u64::from(seconds.min(CHAINED));
            let mut request = wanted.request.clone();
            request.role.session.duration_seconds = Some(seconds);
            request
        }
    };
    wanted.context.plan_of(wanted.config, &request).map(Some)
}

/// A code that only `--duration` wants is not the one that 'xacct login' asks for.
fn of_own_code(error: Error, wanted: &SessionRequest<'_>, plan: &Plan) -> Error {
    let is_longer = match entry(wanted.plan) {
        ConsoleAccess::Shared => entry(plan) == ConsoleAccess::Direct,
        ConsoleAccess::Open => wanted.duration.is_some_and(|seconds| seconds > CHAINED),
        _ => false,
    };
    if error.kind != Kind::NeedsPerson || !is_longer {
        return error;
    }
    error
        .without_hints()
        .hint(
            "a console session of more than 1h takes a code of its own: run the command in a \
             terminal, or add --mfa-code CODE",
        )
        .hint_of_profile(format!(
            "xacct console {}    without --duration, uses the MFA session",
            plan.profile
        ))
}

/// A federation session of the user whose keys these are.
fn federation(
    broker: &Broker<'_>,
    keys: &Credentials,
    wanted: &SessionRequest<'_>,
) -> Result<Credentials> {
    let SessionRequest {
        context,
        config,
        plan,
        duration,
        ..
    } = *wanted;
    let name = config.session_name(&context.env, &plan.profile);
    let name: String = name.chars().take(NAME_LIMIT).collect();
    broker.federation_session(keys, &name, duration.unwrap_or(FEDERATION))
}

/// `signs in to account 222222222222 as PartnerAdmin, for 1h`
fn about(
    plan: &Plan,
    credentials: &Credentials,
    seconds: Option<i64>,
    is_federation: bool,
) -> String {
    let role = plan
        .steps
        .iter()
        .rev()
        .find_map(|step| Arn::parse(step.role_arn()?)?.role_name());
    let account_id = credentials.account_id().or(plan.account_id());
    let account = account_id
        .map(|id| format!(" to account {id}"))
        .unwrap_or_default();
    let who = role.map(|name| format!(" as {name}")).unwrap_or_default();
    // The second that has passed since is nobody's concern.
    let lasting = seconds
        .map(|seconds| format!(", for {}", readable((seconds + 59) / 60 * 60)))
        .unwrap_or_default();
    let federation = match is_federation {
        true if plan.mfa.is_some() => "; a federation session, which has no MFA",
        true => "; a federation session",
        false => "",
    };
    format!("signs in{account}{who}{lasting}{federation}")
}
