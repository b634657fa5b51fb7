//! `xacct explain PROFILE`: the plan, what of it is cached, and whether it would prompt; no
//! network.

use std::fmt::Write;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::context::Context;
use super::print;
use crate::aws;
use crate::broker::{Broker, Forecast};
use crate::cache::Entry;
use crate::cli::Explain;
use crate::credentials::{rfc3339, shown_device};
use crate::duration;
use crate::error::Result;
use crate::masked;
use crate::plan::{Action, Confirm, Origins, Places, Plan, RegionOrigin, Source, Step};
use crate::say::visible;

pub(super) fn run(asked: &Explain, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let (plan, origins) = context.explained(&config, &asked.target)?;
    let options = context.options(&config, &asked.asking)?;
    let store = context.store()?;
    let endpoint = aws::endpoint_url(&plan.endpoint, &plan.region)?;
    let broker: Broker<'_> = context.broker("explain", &plan, &store, &options);
    let entries = broker.entries();
    let forecast = broker.forecast();
    let now = (context.now)();
    let explained = Explained {
        plan: &plan,
        origins: &origins,
        endpoint: &masked::address(&endpoint),
        entries: &entries,
        forecast: &forecast,
    };
    let text = if asked.json {
        super::json(&explained.document(now))
    } else {
        explained.readable(now)
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// A plan with what is known of it.
struct Explained<'a> {
    plan: &'a Plan,
    origins: &'a Origins,
    endpoint: &'a str,
    entries: &'a [Option<Entry>],
    forecast: &'a Forecast,
}

/// The document of `explain --json`. Its names are a promise: scripts read them.
#[derive(Serialize)]
struct ExplainDocument<'a> {
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
    fn document(&self, now: DateTime<Utc>) -> ExplainDocument<'a> {
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

    /// The steps, with the places of their values and what is cached.
    fn steps(
        &self,
    ) -> impl Iterator<Item = (&'a Step, &'a [(&'static str, String)], Option<&'a Entry>)> {
        let mut roles = self.origins.roles.iter();
        let origins = self.origins;
        self.plan
            .steps
            .iter()
            .zip(self.entries)
            .map(move |(step, entry)| {
                let places = match &step.action {
                    Action::AssumeRole(_) => roles.next().map(Vec::as_slice).unwrap_or_default(),
                    Action::GetSessionToken { .. } => &origins.session[..],
                    Action::Source => &origins.source[..],
                };
                (step, places, entry.as_ref())
            })
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

fn live(entry: Option<&Entry>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    entry.map(|entry| entry.expires_at).filter(|at| *at > now)
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

fn place_of<'p>(places: &'p [(&'static str, String)], name: &str) -> Option<&'p str> {
    places
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, place)| place.as_str())
}

/// The source, with its kind and what tells it from others of its kind. Never a secret.
fn source(source: &Source, places: &[(&'static str, String)]) -> Value {
    let kind = source.kind();
    match source {
        Source::AccessKey { profile, keys } => {
            json!({"kind": kind, "profile": profile, "access_key_id": keys.shown_id(),
                   "account_id": keys.account_id()})
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

impl Explained<'_> {
    fn readable(&self, now: DateTime<Utc>) -> String {
        let (plan, forecast) = (self.plan, self.forecast);
        let mut text = String::new();
        head(self, &mut text);
        for (index, (step, places, entry)) in self.steps().enumerate() {
            let left = live(entry, now).map(|at| (at - now).num_seconds());
            let before = index
                .checked_sub(1)
                .map(|before| &*plan.steps[before].profile);
            let from = before.or_else(|| plan.source.profile());
            step_words(index + 1, step, (plan, places, from), left, &mut text);
        }
        if let Some(Confirm { profile, place }) = &plan.confirm {
            let whose = if *profile == plan.profile {
                String::new()
            } else {
                format!(" of profile '{profile}'")
            };
            let place = format!("{place}{whose}");
            let place = visible(&place);
            let _ = writeln!(text, "confirm   you must confirm first ({place})");
        }
        let asks = match (forecast.would_prompt, &plan.confirm) {
            (true, _) => "a code is asked for",
            _ if forecast.would_sign_in => "you must sign in: xacct login",
            (false, Some(_)) => "no prompt for a code",
            (false, None) => "no prompt",
        };
        let calls = match forecast.calls {
            0 => "no request is sent".to_owned(),
            1 => "1 request is sent".to_owned(),
            many => format!("{many} requests are sent"),
        };
        let _ = writeln!(text, "now       {calls}, {asks}");
        for unused in &plan.unused {
            let _ = writeln!(text, "unused    {}", visible(unused));
        }
        for warning in &plan.warnings {
            let _ = writeln!(text, "warning   {}", visible(warning));
        }
        text
    }
}

fn head(explained: &Explained<'_>, text: &mut String) {
    let plan = explained.plan;
    let region = match &plan.region.origin {
        RegionOrigin::Fallback => "set nowhere".into(),
        origin => origin.place(),
    };
    let endpoint = match &plan.endpoint.url {
        Some((_, place)) => format!("{} ({place})", explained.endpoint),
        None => format!("{} (default)", explained.endpoint),
    };
    let source = place_of(&explained.origins.source, "source").unwrap_or_default();
    let role = place_of(&explained.origins.source, "role_arn");
    let role = role
        .map(|place| format!("; role_arn {place}"))
        .unwrap_or_default();
    let source = format!("{} ({source}{role})", source_words(&plan.source));
    for (name, value) in [
        ("profile", &plan.profile),
        ("region", &format!("{} ({region})", plan.region.name)),
        ("endpoint", &endpoint),
        ("source", &source),
    ] {
        let _ = writeln!(text, "{name:<9} {}", visible(value));
    }
}

fn source_words(source: &Source) -> String {
    match source {
        Source::AccessKey { profile, keys } => {
            format!("access key {} of profile '{profile}'", keys.shown_id())
        }
        Source::Environment { keys } => {
            format!("access key {} in the environment", keys.shown_id())
        }
        Source::Ec2InstanceMetadata(_) => "the role of this EC2 instance".to_owned(),
        Source::EcsContainer => "the role of this container".to_owned(),
        Source::WebIdentity(web) => {
            let environment = if web.profile.is_none() {
                ", as the environment says"
            } else {
                ""
            };
            format!(
                "{} with the token in {}{environment}",
                web.role_arn, web.token_file
            )
        }
        Source::Sso(sso) => format!(
            "IAM Identity Center {}, account {}, role {}",
            masked::address(&sso.start_url),
            sso.account_id.as_deref().unwrap_or("(none)"),
            sso.role_name.as_deref().unwrap_or("(none)")
        ),
        Source::Login { login_session, .. } => format!("aws login, {login_session}"),
        Source::CredentialProcess { profile, .. } => {
            format!("credential_process of profile '{profile}'")
        }
    }
}

fn step_words(
    number: usize,
    step: &Step,
    (plan, places, from): (&Plan, &[(&'static str, String)], Option<&str>),
    left: Option<i64>,
    text: &mut String,
) {
    let what = match &step.action {
        Action::Source => "the credentials of the source above",
        Action::GetSessionToken { .. } => "a session that every role of this access key shares",
        Action::AssumeRole(role) => &role.role_arn,
    };
    let role_arn = place_of(places, "role_arn").filter(|_| step.role_arn().is_some());
    let what = with_place(what, role_arn);
    let _ = writeln!(
        text,
        "step {number}    {} {}",
        step.action_name(),
        visible(&what)
    );
    detail(text, "profile", &step.profile, None);
    if let (Some(from), Some(place)) = (from, place_of(places, "source_profile")) {
        detail(text, "source profile", from, Some(place));
    }
    for (name, field, value) in parameters(step, plan) {
        match value {
            Some(value) => detail(text, name, &value, place_of(places, field)),
            None if field == "external_id" => detail(text, name, "none", None),
            None => {}
        }
    }
    if let Some(serial) = step.serial_number().map(shown_device) {
        let why = match &step.action {
            Action::Source | Action::GetSessionToken { .. } => "one code for all roles of this key",
            Action::AssumeRole(_) => "longer than 1h, so the code goes on the role itself",
        };
        let place = place_of(places, "mfa_serial").unwrap_or_default();
        detail(
            text,
            "MFA device",
            &format!("{serial} ({place}; {why})"),
            None,
        );
    }
    if step.is_conditional {
        let otherwise = match &step.action {
            Action::AssumeRole(_) => "with a session, no code is sent and the role lasts 1h",
            Action::Source | Action::GetSessionToken { .. } => "a session is used as it is",
        };
        let condition = "only if the process gives an access key without a session token";
        detail(
            text,
            "condition",
            &format!("{condition}; {otherwise}"),
            None,
        );
    }
    match left {
        Some(left) => detail(
            text,
            "cached",
            &format!("for another {}", duration::readable(left)),
            None,
        ),
        None => detail(text, "cached", "no", None),
    }
}

fn detail(text: &mut String, name: &str, value: &str, place: Option<&str>) {
    let value = visible(&with_place(value, place));
    let _ = writeln!(text, "          {name:<18} {value}");
}

fn with_place(value: &str, place: Option<&str>) -> String {
    place.map_or_else(|| value.to_owned(), |place| format!("{value} ({place})"))
}

/// What a step sends: what people call it, the name that its place has, and the value.
fn parameters(step: &Step, plan: &Plan) -> Vec<(&'static str, &'static str, Option<String>)> {
    let lasts = step
        .duration_seconds()
        .map(|seconds| duration::readable(i64::from(seconds)));
    match (&step.action, &plan.source) {
        (Action::AssumeRole(role), _) => {
            let tags: Vec<String> = role
                .tags
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            vec![
                ("external id", "external_id", role.external_id.clone()),
                (
                    "session name",
                    "role_session_name",
                    Some(role.role_session_name.clone()),
                ),
                (
                    "source identity",
                    "source_identity",
                    role.source_identity.clone(),
                ),
                ("session tags", "tags", joined(&tags)),
                (
                    "transitive tags",
                    "transitive_tag_keys",
                    joined(&role.transitive_tag_keys),
                ),
                ("session policy", "policy", role.policy.clone()),
                ("policy arns", "policy_arns", joined(&role.policy_arns)),
                ("duration", "duration_seconds", lasts),
            ]
        }
        (Action::Source, Source::WebIdentity(web)) => {
            let lasts = web
                .duration_seconds
                .map(|seconds| duration::readable(i64::from(seconds)));
            vec![
                (
                    "session name",
                    "role_session_name",
                    Some(web.role_session_name.clone()),
                ),
                ("session policy", "policy", web.policy.clone()),
                ("policy arns", "policy_arns", joined(&web.policy_arns)),
                ("duration", "duration_seconds", lasts),
            ]
        }
        _ => vec![("duration", "duration_seconds", lasts)],
    }
}

fn joined(items: &[String]) -> Option<String> {
    (!items.is_empty()).then(|| items.join(", "))
}
