//! The actions of STS: who is asking, may they, and what they get.
//!
//! Order matters and is AWS's: the signature, the parameters' shape, the MFA code (which is spent
//! here, whatever follows), the policies, the role's maximum.

mod federation_token;

use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

use crate::arn::Arn;

use super::answer::{AwsRefusal, element};
use super::params::{
    AssumeRoleParams, Form, GetFederationToken, GetSessionToken, MfaParams, WebIdentityParams,
};
use super::policy::{self, TrustContext};
use super::sigv4::{self, Claim, Received};
use super::state::{IssuedSession, Means, SignerIdentity, State, Tag};
use super::web_identity;
use super::world::{Account, Role, User};

/// What roles assumed with temporary credentials may be held for at most, in seconds.
const CHAINED_MAX: u32 = 3600;

/// What is answered to whoever signs.
const ACTIONS: [&str; 4] = [
    "AssumeRole",
    "GetCallerIdentity",
    "GetFederationToken",
    "GetSessionToken",
];

/// Who signed the request, and with what.
#[derive(Debug)]
struct AuthenticatedCaller {
    access_key_id: String,
    identity: SignerIdentity,
    means: Means,
}

/// Answers a request whose form was read already; `now` is the machine's clock.
///
/// Gives the XML inside `<ActionResult>`.
pub(crate) fn answer(
    state: &mut State,
    received: &Received<'_>,
    form: &Form,
    now: DateTime<Utc>,
) -> Result<String, AwsRefusal> {
    if received.method != "POST" || received.path != "/" || !received.query.is_empty() {
        let message = "The sandbox takes requests as POST / only, with the parameters in the body.";
        return Err(AwsRefusal::new(400, "InvalidRequest", message));
    }
    // The token says who asks; a signature would not be looked at.
    if form
        .get("Action")
        .is_some_and(|action| action == "AssumeRoleWithWebIdentity")
    {
        return assume_role_with_web_identity(state, &WebIdentityParams::read(form)?, now);
    }
    let claim = sigv4::claim(received)?;
    let caller = authenticate(state, &claim, received, now)?;
    let action = form.get("Action").map(String::as_str);
    let action = action.ok_or_else(|| AwsRefusal::new(400, "MissingAction", "Missing Action"))?;
    let version = form.get("Version").map(String::as_str).unwrap_or_default();
    if version != "2011-06-15" || !ACTIONS.contains(&action) {
        let message = format!("Could not find operation {action} for version {version}");
        return Err(AwsRefusal::new(400, "InvalidAction", message));
    }
    if action == "GetCallerIdentity" {
        return Ok(get_caller_identity(&caller));
    }
    check_region(state, &caller, &claim)?;
    match action {
        "AssumeRole" => assume_role(state, &caller, &AssumeRoleParams::read(form)?, now),
        "GetFederationToken" => {
            federation_token::get(state, &caller, &GetFederationToken::read(form)?, now)
        }
        _ => get_session_token(state, &caller, &GetSessionToken::read(form)?, now),
    }
}

/// Who signed a request to another service.
///
/// Errors: as STS refuses a signature.
pub(super) fn signer(
    state: &State,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<SignerIdentity, AwsRefusal> {
    let claim = sigv4::claim(received)?;
    authenticate(state, &claim, received, now).map(|caller| caller.identity)
}

/// Finds the key and holds the signature against its secret.
fn authenticate(
    state: &State,
    claim: &Claim,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<AuthenticatedCaller, AwsRefusal> {
    let now = state.clocks.server_at(now);
    if let Some(session) = state.session(&claim.access_key_id) {
        if claim.session_token.as_deref() != Some(session.token.expose()) {
            return Err(unknown_key());
        }
        sigv4::verify(claim, received, session.secret.expose(), now)?;
        if session.expiration <= now {
            let message = "The security token included in the request is expired";
            return Err(AwsRefusal::new(403, "ExpiredToken", message));
        }
        return Ok(AuthenticatedCaller {
            access_key_id: claim.access_key_id.clone(),
            identity: session.identity.clone(),
            means: session.means.clone(),
        });
    }
    let (account, user, key) = state
        .world
        .key(&claim.access_key_id)
        .ok_or_else(unknown_key)?;
    if !key.active || claim.session_token.is_some() {
        return Err(unknown_key());
    }
    sigv4::verify(claim, received, key.secret.expose(), now)?;
    Ok(AuthenticatedCaller {
        access_key_id: key.id.clone(),
        identity: user_identity(account, user),
        means: Means::LongTerm,
    })
}

fn unknown_key() -> AwsRefusal {
    let message = "The security token included in the request is invalid.";
    AwsRefusal::new(403, "InvalidClientTokenId", message)
}

pub(super) fn user_identity(account: &Account, user: &User) -> SignerIdentity {
    let arn = account.user_arn(user);
    SignerIdentity {
        account_id: account.id.clone(),
        user_id: unique_id("AIDA", &arn),
        principal_arn: arn.clone(),
        arn,
        may_assume: user.may_assume.clone(),
    }
}

/// `AROA…`: IAM's unique ids, made from the ARN so that they are the same in every run.
pub(crate) fn unique_id(prefix: &str, arn: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digest = Sha256::digest(arn.as_bytes());
    let letters = digest
        .iter()
        .take(17)
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    letters.fold(prefix.to_owned(), |mut id, letter| {
        id.push(letter);
        id
    })
}

/// `GetCallerIdentity` answers everywhere; the others where the caller's account has STS switched
/// on.
fn check_region(
    state: &State,
    caller: &AuthenticatedCaller,
    claim: &Claim,
) -> Result<(), AwsRefusal> {
    let account_id = &caller.identity.account_id;
    let mut disabled = state
        .world
        .account
        .iter()
        .filter(|account| account.id == *account_id);
    if !disabled.any(|account| account.disabled_regions.contains(&claim.region)) {
        return Ok(());
    }
    let message = format!(
        "STS is not activated in this region for account:{account_id}. Your account administrator \
         can activate STS in this region using the IAM Console."
    );
    Err(AwsRefusal::new(403, "RegionDisabledException", message))
}

fn get_caller_identity(caller: &AuthenticatedCaller) -> String {
    let mut xml = String::new();
    element(&mut xml, "Arn", &caller.identity.arn);
    element(&mut xml, "UserId", &caller.identity.user_id);
    element(&mut xml, "Account", &caller.identity.account_id);
    xml
}

fn get_session_token(
    state: &mut State,
    caller: &AuthenticatedCaller,
    params: &GetSessionToken,
    now: DateTime<Utc>,
) -> Result<String, AwsRefusal> {
    if caller.means != Means::LongTerm {
        return Err(AwsRefusal::access_denied(
            "Cannot call GetSessionToken with session credentials",
        ));
    }
    let mfa_at = take_mfa(state, caller, &params.mfa, now)?;
    let seconds = params.duration_seconds.unwrap_or(43_200);
    let means = Means::SessionToken { mfa_at };
    let session = issue(state, caller.identity.clone(), means, seconds, now)?;
    Ok(credentials(&session))
}

fn assume_role(
    state: &mut State,
    caller: &AuthenticatedCaller,
    params: &AssumeRoleParams,
    now: DateTime<Utc>,
) -> Result<String, AwsRefusal> {
    check_role_arn(&params.role_arn)?;
    if caller.means == Means::Federation {
        return Err(AwsRefusal::not_authorized(
            &caller.identity.arn,
            "sts:AssumeRole",
            &params.role_arn,
        ));
    }
    let seconds = params.duration_seconds.unwrap_or(CHAINED_MAX);
    if caller.means != Means::LongTerm && seconds > CHAINED_MAX {
        return Err(AwsRefusal::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining.",
        ));
    }
    let (source_identity, transitive) = inherit(&caller.means, params)?;
    let mfa_at = match (take_mfa(state, caller, &params.mfa, now)?, &caller.means) {
        (None, Means::SessionToken { mfa_at }) => *mfa_at,
        (taken, _) => taken,
    };
    let context = TrustContext {
        external_id: params.external_id.as_deref(),
        mfa_age: mfa_at.map(|at| (state.clocks.server_at(now) - at).num_seconds()),
        source_identity: source_identity.as_deref(),
        tags: !params.tags.is_empty() || !transitive.is_empty(),
    };
    // A role that does not exist is refused like one that does not trust.
    let found = state.world.role(&params.role_arn).ok_or("sts:AssumeRole");
    let allowed = found.and_then(|(account, role)| {
        policy::may_assume(&caller.identity, account, role, context)?;
        Ok((account, role))
    });
    let (account, role) = allowed.map_err(|action| {
        AwsRefusal::not_authorized(&caller.identity.arn, action, &params.role_arn)
    })?;
    if seconds > role.max_session_duration {
        return Err(AwsRefusal::validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let identity = role_identity(account, role, &params.role_session_name);
    let means = Means::Role {
        source_identity: source_identity.clone(),
        transitive_tags: transitive,
        chained: caller.means != Means::LongTerm,
    };
    let session = issue(state, identity, means, seconds, now)?;
    Ok(assumed(&session, params, source_identity.as_deref()))
}

fn assume_role_with_web_identity(
    state: &mut State,
    params: &WebIdentityParams,
    now: DateTime<Utc>,
) -> Result<String, AwsRefusal> {
    check_role_arn(&params.role_arn)?;
    let token = web_identity::read(&state.world, &params.token, state.clocks.server_at(now))?;
    let refused =
        || AwsRefusal::access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    let (account, role) = state.world.role(&params.role_arn).ok_or_else(refused)?;
    if !web_identity::may_assume(&token, role) {
        return Err(refused());
    }
    let seconds = params.duration_seconds.unwrap_or(CHAINED_MAX);
    if seconds > role.max_session_duration {
        return Err(AwsRefusal::validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let identity = role_identity(account, role, &params.role_session_name);
    let means = Means::Role {
        source_identity: None,
        transitive_tags: Vec::new(),
        chained: false,
    };
    let session = issue(state, identity, means, seconds, now)?;
    let mut xml = assumed_role_user(&session);
    element(&mut xml, "SubjectFromWebIdentityToken", &token.subject);
    Ok(xml)
}

fn role_identity(account: &Account, role: &Role, name: &str) -> SignerIdentity {
    let arn = account.role_arn(role);
    SignerIdentity {
        account_id: account.id.clone(),
        arn: format!(
            "arn:{}:sts::{}:assumed-role/{}/{name}",
            account.partition, account.id, role.name
        ),
        user_id: format!("{}:{name}", unique_id("AROA", &arn)),
        principal_arn: arn,
        may_assume: role.may_assume.clone(),
    }
}

fn check_role_arn(text: &str) -> Result<(), AwsRefusal> {
    let arn =
        Arn::parse(text).ok_or_else(|| AwsRefusal::validation(format!("{text} is invalid")))?;
    let right = arn.service == "iam"
        && arn.partition.starts_with("aws")
        && crate::arn::is_account_id(arn.account_id)
        && arn.role_name().is_some_and(|name| !name.is_empty());
    if right {
        Ok(())
    } else {
        Err(AwsRefusal::validation("Request ARN is invalid"))
    }
}

/// What a chained session keeps of the session it came from: its source identity, its transitive
/// tags.
fn inherit(
    means: &Means,
    params: &AssumeRoleParams,
) -> Result<(Option<String>, Vec<Tag>), AwsRefusal> {
    let chosen = params.tags.iter().filter(|tag| {
        params
            .transitive_tag_keys
            .iter()
            .any(|key| key.eq_ignore_ascii_case(&tag.key))
    });
    let mut transitive: Vec<Tag> = chosen.cloned().collect();
    let Means::Role {
        source_identity,
        transitive_tags,
        ..
    } = means
    else {
        return Ok((params.source_identity.clone(), transitive));
    };
    if let (Some(_), Some(_)) = (source_identity, &params.source_identity) {
        let message = "The source identity is already set for this assume role session";
        return Err(AwsRefusal::validation(message));
    }
    if params.tags.iter().any(|tag| {
        let mut kept = transitive_tags.iter();
        kept.any(|kept| kept.key.eq_ignore_ascii_case(&tag.key))
    }) {
        let message = "One of the specified transitive tag keys can't be set because it conflicts \
                       with a transitive tag key from the calling session.";
        return Err(AwsRefusal::new(400, "InvalidParameterValue", message));
    }
    transitive.extend(transitive_tags.iter().cloned());
    Ok((
        source_identity
            .clone()
            .or_else(|| params.source_identity.clone()),
        transitive,
    ))
}

/// Takes the MFA code, if there is one, and gives the moment it was taken.
fn take_mfa(
    state: &mut State,
    caller: &AuthenticatedCaller,
    mfa: &MfaParams,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, AwsRefusal> {
    let (serial, code) = match (&mfa.serial_number, &mfa.token_code) {
        (None, None) => return Ok(None),
        (Some(serial), Some(code)) => (serial, code),
        _ => {
            return Err(AwsRefusal::access_denied(
                "MultiFactorAuthentication failed, must provide both MFA serial number and one \
                 time pass code.",
            ));
        }
    };
    let own = state
        .world
        .key(&caller.access_key_id)
        .filter(|_| caller.means == Means::LongTerm);
    let device =
        own.and_then(|(_, user, _)| user.mfa.iter().find(|device| device.serial == *serial));
    let device = device.cloned().ok_or_else(|| {
        AwsRefusal::access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your \
             MFA serial number is valid and associated with this user.",
        )
    })?;
    let seconds = state.clocks.mfa_at(now);
    if state.use_code(&device, code, seconds) {
        Ok(Some(state.clocks.server_at(now)))
    } else {
        let message = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
        Err(AwsRefusal::access_denied(message))
    }
}

fn issue(
    state: &mut State,
    identity: SignerIdentity,
    means: Means,
    seconds: u32,
    now: DateTime<Utc>,
) -> Result<IssuedSession, AwsRefusal> {
    let now = state.clocks.server_at(now);
    let session = state.issue(identity, means, seconds, now);
    session.map_err(|error| AwsRefusal::new(500, "InternalFailure", error.to_string()))
}

fn credentials(session: &IssuedSession) -> String {
    let mut xml = "<Credentials>\n".to_owned();
    element(&mut xml, "AccessKeyId", &session.access_key_id);
    element(&mut xml, "SecretAccessKey", session.secret.expose());
    element(&mut xml, "SessionToken", session.token.expose());
    element(
        &mut xml,
        "Expiration",
        &session
            .expiration
            .to_rfc3339_opts(SecondsFormat::Secs, true),
    );
    xml + "</Credentials>\n"
}

fn assumed_role_user(session: &IssuedSession) -> String {
    let mut xml = "<AssumedRoleUser>\n".to_owned();
    element(&mut xml, "AssumedRoleId", &session.identity.user_id);
    element(&mut xml, "Arn", &session.identity.arn);
    xml + "</AssumedRoleUser>\n" + &credentials(session)
}

fn assumed(
    session: &IssuedSession,
    params: &AssumeRoleParams,
    source_identity: Option<&str>,
) -> String {
    let mut xml = assumed_role_user(session);
    if let Some(percent) = params.packed_policy_size {
        element(&mut xml, "PackedPolicySize", &percent.to_string());
    }
    if let Some(name) = source_identity {
        element(&mut xml, "SourceIdentity", name);
    }
    xml
}

#[cfg(test)]
mod tests;
