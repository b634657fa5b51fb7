//! What `explain` prints for people.

use std::fmt::Write;

use chrono::{DateTime, Utc};

use super::{Explained, live, place_of};
use crate::credentials::shown_device;
use crate::duration;
use crate::masked;
use crate::plan::{Action, Confirm, Plan, RegionOrigin, Source, Step};
use crate::say::visible;

impl Explained<'_> {
    pub(super) fn readable(&self, now: DateTime<Utc>) -> String {
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
            (true, _) => " and prompt for a code",
            _ if forecast.would_sign_in => "; you must sign in first: xacct login",
            (false, Some(_)) => " and not prompt for a code",
            (false, None) => " and not prompt",
        };
        let calls = match forecast.calls {
            0 => "no request".to_owned(),
            1 => "1 request".to_owned(),
            many => format!("{many} requests"),
        };
        let _ = writeln!(text, "now       xacct will send {calls}{asks}");
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
        Source::StoredKey(key) => {
            let (id, store, profile) = (&key.access_key_id, key.store, &key.profile);
            format!("access key {id} of profile '{profile}', in {store}")
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
    device(step, places, text);
    condition(step, text);
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

/// Whose code is sent, and why with this step.
fn device(step: &Step, places: &[(&'static str, String)], text: &mut String) {
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
}

/// When the step is taken.
fn condition(step: &Step, text: &mut String) {
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
