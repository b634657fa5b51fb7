//! `xacct explain PROFILE`: the plan, what of it is cached, and whether it would prompt; no network.

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
use crate::credentials::rfc3339;
use crate::duration;
use crate::error::Result;
use crate::plan::{Action, Plan, RegionOrigin, Source, Step};
use crate::say::visible;

pub(super) fn run(asked: &Explain, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let plan = context.plan(&config, &asked.target)?;
    let options = Context::options(&config, &asked.asking, false)?;
    let store = context.store()?;
    let endpoint = aws::endpoint_url(&plan.endpoint, &plan.region)?;
    let broker: Broker<'_> = context.broker("explain", &plan, &store, &options);
    let entries = broker.entries();
    let forecast = broker.forecast();
    let now = (context.now)();
    let text = if asked.json {
        super::json(&document(&plan, &endpoint, &entries, &forecast, now))
    } else {
        readable(&plan, &endpoint, &entries, &forecast, now)
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// DESIGN.md section 1, `explain --json`.
#[derive(Serialize)]
struct Document<'a> {
    profile: &'a str,
    region: &'a str,
    endpoint: &'a str,
    source: Value,
    steps: Vec<StepShown<'a>>,
    would_prompt: bool,
    /// Requests to STS that handing the credentials out would take now.
    calls: usize,
    warnings: &'a [String],
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
    source_identity: Option<&'a str>,
    tags: Option<Value>,
    cached_until: Option<String>,
}

fn document<'a>(
    plan: &'a Plan,
    endpoint: &'a str,
    entries: &[Option<Entry>],
    forecast: &Forecast,
    now: DateTime<Utc>,
) -> Document<'a> {
    let steps = plan.steps.iter().zip(entries);
    Document {
        profile: &plan.profile,
        region: &plan.region.name,
        endpoint,
        source: source(&plan.source),
        steps: steps.filter_map(|(step, entry)| step_shown(step, live(entry.as_ref(), now))).collect(),
        would_prompt: forecast.would_prompt || forecast.would_sign_in || plan.confirm.is_some(),
        calls: forecast.calls,
        warnings: &plan.warnings,
    }
}

fn live(entry: Option<&Entry>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    entry.map(|entry| entry.expires_at).filter(|at| *at > now)
}

fn step_shown(step: &Step, cached_until: Option<DateTime<Utc>>) -> Option<StepShown<'_>> {
    let role = match &step.action {
        Action::AssumeRole(role) => Some(role),
        Action::GetSessionToken { .. } => None,
        // It is in the document's `source`.
        Action::Source => return None,
    };
    let tags = role.filter(|role| !role.tags.is_empty());
    Some(StepShown {
        action: step.action_name(),
        profile: &step.profile,
        role_arn: step.role_arn(),
        external_id: role.and_then(|role| role.external_id.as_deref()),
        role_session_name: role.map(|role| role.role_session_name.as_str()),
        duration_seconds: step.duration_seconds()?,
        mfa_serial: step.serial_number(),
        source_identity: role.and_then(|role| role.source_identity.as_deref()),
        tags: tags.map(|role| role.tags.iter().map(|(key, value)| (key.clone(), json!(value))).collect()),
        cached_until: cached_until.map(rfc3339),
    })
}

/// The source, with its kind and what tells it from others of its kind. Never a secret.
fn source(source: &Source) -> Value {
    let kind = source.kind();
    match source {
        Source::AccessKey { profile, keys } => {
            json!({"kind": kind, "profile": profile, "access_key_id": keys.access_key_id,
                   "account_id": keys.account_id})
        }
        Source::Environment { keys } => json!({"kind": kind, "access_key_id": keys.access_key_id}),
        Source::Ec2InstanceMetadata { .. } | Source::EcsContainer => json!({"kind": kind}),
        Source::WebIdentity(web) => {
            json!({"kind": kind, "profile": web.profile, "role_arn": web.role_arn,
                   "role_session_name": web.role_session_name, "web_identity_token_file": web.token_file})
        }
        Source::Sso(sso) => {
            json!({"kind": kind, "profile": sso.profile, "sso_session": sso.session, "sso_region": sso.region,
                   "sso_start_url": sso.start_url, "sso_account_id": sso.account_id,
                   "sso_role_name": sso.role_name})
        }
        Source::Login { profile, login_session } => {
            json!({"kind": kind, "profile": profile, "login_session": login_session})
        }
        Source::CredentialProcess { profile, .. } => {
            json!({"kind": kind, "profile": profile})
        }
    }
}

fn readable(
    plan: &Plan,
    endpoint: &str,
    entries: &[Option<Entry>],
    forecast: &Forecast,
    now: DateTime<Utc>,
) -> String {
    let mut text = String::new();
    let origin = match &plan.region.origin {
        RegionOrigin::Option => "--region".to_owned(),
        RegionOrigin::Variable(name) => (*name).to_owned(),
        RegionOrigin::Setting(place) => place.clone(),
        RegionOrigin::Fallback => "set nowhere".to_owned(),
    };
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<9} {}", visible(value));
    };
    line("profile", &plan.profile);
    line("region", &format!("{} ({origin})", plan.region.name));
    line("endpoint", endpoint);
    line("source", &source_words(&plan.source));
    for (index, (step, entry)) in plan.steps.iter().zip(entries).enumerate() {
        step_words(index + 1, step, live(entry.as_ref(), now).map(|at| (at - now).num_seconds()), &mut text);
    }
    if let Some(place) = &plan.confirm {
        let _ = writeln!(text, "confirm   somebody must say yes first ({})", visible(place));
    }
    let asks = match (forecast.would_prompt, &plan.confirm) {
        (true, _) => "a code is asked for",
        _ if forecast.would_sign_in => "somebody must sign in: xacct login",
        (false, Some(_)) => "nobody is asked for a code",
        (false, None) => "nobody is asked for anything",
    };
    let calls = match forecast.calls {
        0 => "no request is sent".to_owned(),
        1 => "1 request is sent".to_owned(),
        many => format!("{many} requests are sent"),
    };
    let _ = writeln!(text, "now       {calls}, {asks}");
    for warning in &plan.warnings {
        let _ = writeln!(text, "warning   {}", visible(warning));
    }
    text
}

fn source_words(source: &Source) -> String {
    match source {
        Source::AccessKey { profile, keys } => {
            format!("access key {} of profile '{profile}'", keys.access_key_id)
        }
        Source::Environment { keys } => format!("access key {} in the environment", keys.access_key_id),
        Source::Ec2InstanceMetadata { .. } => "the role of this EC2 instance".to_owned(),
        Source::EcsContainer => "the role of this container".to_owned(),
        Source::WebIdentity(web) => {
            let environment = if web.profile.is_none() { ", as the environment says" } else { "" };
            format!("{} with the token in {}{environment}", web.role_arn, web.token_file)
        }
        Source::Sso(sso) => format!(
            "IAM Identity Center {}, account {}, role {}",
            sso.start_url,
            sso.account_id.as_deref().unwrap_or("(none)"),
            sso.role_name.as_deref().unwrap_or("(none)")
        ),
        Source::Login { login_session, .. } => format!("aws login, {login_session}"),
        Source::CredentialProcess { profile, .. } => format!("credential_process of profile '{profile}'"),
    }
}

fn step_words(number: usize, step: &Step, left: Option<i64>, text: &mut String) {
    let what = match &step.action {
        Action::Source => "the credentials of the source above",
        Action::GetSessionToken { .. } => "a session that every role of this access key shares",
        Action::AssumeRole(role) => &role.role_arn,
    };
    let _ = writeln!(text, "step {number}    {} {}", step.action_name(), visible(what));
    let mut detail = |name: &str, value: &str| {
        let _ = writeln!(text, "          {name:<18} {}", visible(value));
    };
    detail("profile", &step.profile);
    if let Action::AssumeRole(role) = &step.action {
        detail("external id", role.external_id.as_deref().unwrap_or("none"));
        detail("session name", &role.role_session_name);
        let tags: Vec<String> = role.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let optional = [
            ("source identity", role.source_identity.clone()),
            ("session tags", Some(tags.join(", ")).filter(|tags| !tags.is_empty())),
            ("transitive tags", Some(role.transitive_tag_keys.join(", ")).filter(|keys| !keys.is_empty())),
            ("session policy", role.policy.clone()),
            ("policy arns", Some(role.policy_arns.join(", ")).filter(|arns| !arns.is_empty())),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                detail(name, &value);
            }
        }
    }
    if let Some(seconds) = step.duration_seconds() {
        detail("duration", &duration::readable(i64::from(seconds)));
    }
    if let Some(serial) = step.serial_number() {
        let why = match &step.action {
            Action::Source | Action::GetSessionToken { .. } => "one code for all roles of this key",
            Action::AssumeRole(_) => "longer than 1h, so the code goes on the role itself",
        };
        detail("MFA device", &format!("{serial} ({why})"));
    }
    match left {
        Some(left) => detail("cached", &format!("for another {}", duration::readable(left))),
        None => detail("cached", "no"),
    }
}
