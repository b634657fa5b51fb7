//! What `explain --json` prints.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Explained, live, place_of};
use crate::credentials::{rfc3339, shown_device};
use crate::masked;
use crate::plan::{Action, Places, Plan, RegionOrigin, Source, Step};

/// The document of `explain --json`. Its names are a promise: scripts read them.
#[derive(Serialize)]
pub(super) struct ExplainDocument<'a> {
    profile: &'a str,
    region: &'a str,
    endpoint: &'a str,
    source: Value,
    steps: Vec<StepShown<'a>>,
    would_prompt: bool,
    /// Requests to STS that handing the credentials out would take now.
    calls: usize,
    /// The line that says `confirm = true`.
    confirm: Option<&'a str>,
    /// What says the region, the endpoint and the source.
    origins: Value,
    warnings: Vec<&'a str>,
}

#[derive(Serialize)]
struct StepShown<'a> {
    action: &'static str,
    profile: &'a str,
    role_arn: Option<&'a str>,
    external_id: Option<&'a str>,
    role_session_name: Option<&'a str>,
    duration_seconds: u32,
    mfa_serial: Option<&'a str>,
    /// Where the step depends on what the source gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'static str>,
    source_identity: Option<&'a str>,
    tags: Option<Value>,
    transitive_tag_keys: Option<&'a [String]>,
    policy: Option<&'a str>,
    policy_arns: Option<&'a [String]>,
    read_only: bool,
    /// Of each value, by the names of these fields, what says so: a line, an option, a variable, or
    /// `default`.
    origins: Value,
    cached_until: Option<String>,
}

impl<'a> Explained<'a> {
    pub(super) fn document(&self, now: DateTime<Utc>) -> ExplainDocument<'a> {
        let (plan, forecast) = (self.plan, self.forecast);
        let mut origins = self
            .origins
            .source
            .iter()
            .filter(|(name, _)| *name == "source")
            .cloned()
            .collect::<Places>();
        origins.push(("region", region_origin(plan)));
        origins.push(("endpoint", endpoint_origin(plan)));
        ExplainDocument {
            profile: &plan.profile,
            region: &plan.region.name,
            endpoint: self.endpoint,
            source: source(&plan.source, &self.origins.source),
            steps: self
                .steps()
                .filter_map(|(step, places, entry)| step_shown(step, places, live(entry, now)))
                .collect(),
            would_prompt: forecast.would_prompt || forecast.would_sign_in || plan.confirm.is_some(),
            calls: forecast.calls,
            confirm: plan.confirm.as_ref().map(|confirm| &*confirm.place),
            origins: object(&origins),
            warnings: plan
                .warnings
                .iter()
                .chain(&plan.unused)
                .map(String::as_str)
                .collect(),
        }
    }
}

fn region_origin(plan: &Plan) -> String {
    match &plan.region.origin {
        RegionOrigin::Fallback => "default".to_owned(),
        origin => origin.place().to_string(),
    }
}

fn endpoint_origin(plan: &Plan) -> String {
    plan.endpoint
        .url
        .as_ref()
        .map_or_else(|| "default".to_owned(), |(_, place)| place.to_string())
}

fn object(places: &[(&'static str, String)]) -> Value {
    places
        .iter()
        .map(|(name, place)| ((*name).to_owned(), json!(place)))
        .collect()
}

fn step_shown<'a>(
    step: &'a Step,
    places: &[(&'static str, String)],
    cached_until: Option<DateTime<Utc>>,
) -> Option<StepShown<'a>> {
    let role = match &step.action {
        Action::AssumeRole(role) => Some(role),
        Action::GetSessionToken { .. } => None,
        // It is in the document's `source`.
        Action::Source => return None,
    };
    let tags = role.filter(|role| !role.tags.is_empty());
    let mut shown = StepShown {
        action: step.action_name(),
        profile: &step.profile,
        role_arn: step.role_arn(),
        external_id: role.and_then(|role| role.external_id.as_deref()),
        role_session_name: role.map(|role| role.role_session_name.as_str()),
        duration_seconds: step.duration_seconds()?,
        mfa_serial: step.serial_number().map(shown_device),
        condition: step.is_conditional.then_some("long_term_access_key"),
        source_identity: role.and_then(|role| role.source_identity.as_deref()),
        tags: tags.map(|role| {
            role.tags
                .iter()
                .map(|(key, value)| (key.clone(), json!(value)))
                .collect()
        }),
        transitive_tag_keys: role
            .map(|role| &role.transitive_tag_keys[..])
            .filter(|keys| !keys.is_empty()),
        policy: role.and_then(|role| role.policy.as_deref()),
        policy_arns: role
            .map(|role| &role.policy_arns[..])
            .filter(|arns| !arns.is_empty()),
        read_only: place_of(places, "read_only").is_some(),
        origins: Value::Null,
        cached_until: cached_until.map(rfc3339),
    };
    let mut sent: Places = places.to_vec();
    sent.retain(|(name, _)| match *name {
        "external_id" => shown.external_id.is_some(),
        "mfa_serial" => shown.mfa_serial.is_some(),
        "source_identity" => shown.source_identity.is_some(),
        "tags" => shown.tags.is_some(),
        "transitive_tag_keys" => shown.transitive_tag_keys.is_some(),
        _ => true,
    });
    shown.origins = object(&sent);
    Some(shown)
}

/// The source, with its kind and what tells it from others of its kind. Never a secret.
fn source(source: &Source, places: &[(&'static str, String)]) -> Value {
    let kind = source.kind();
    match source {
        Source::AccessKey { profile, keys } => {
            json!({"kind": kind, "profile": profile, "access_key_id": keys.shown_id(),
                   "account_id": keys.account_id()})
        }
        Source::StoredKey(key) => {
            json!({"kind": kind, "profile": key.profile, "access_key_id": key.access_key_id,
                   "account_id": key.account_id, "store": key.store.name()})
        }
        Source::Environment { keys } => json!({"kind": kind, "access_key_id": keys.shown_id()}),
        Source::Ec2InstanceMetadata(_) | Source::EcsContainer => json!({"kind": kind}),
        Source::WebIdentity(web) => {
            json!({"kind": kind, "profile": web.profile, "role_arn": web.role_arn,
                   "role_session_name": web.role_session_name,
                   "web_identity_token_file": web.token_file,
                   "duration_seconds": web.duration_seconds, "policy": web.policy,
                   "policy_arns": Some(&web.policy_arns).filter(|arns| !arns.is_empty()),
                   "read_only": place_of(places, "read_only").is_some(), "origins": object(places)})
        }
        Source::Sso(sso) => {
            json!({"kind": kind, "profile": sso.profile, "sso_session": sso.session,
                   "sso_region": sso.region, "sso_start_url": masked::address(&sso.start_url),
                   "sso_account_id": sso.account_id, "sso_role_name": sso.role_name})
        }
        Source::Login {
            profile,
            login_session,
        } => {
            json!({"kind": kind, "profile": profile, "login_session": login_session})
        }
        Source::CredentialProcess { profile, .. } => {
            json!({"kind": kind, "profile": profile})
        }
    }
}
