//! The environment of the shell that asks: what of it comes before profiles, or contradicts itself
//! (docs/aws.md A1.2).

use chrono::{DateTime, Utc};

use super::catalog;
use super::finding::{Finding, shell_word};
use super::known;
use crate::config::hints;
use crate::config::nearest;
use crate::credentials::rfc3339;
use crate::env::Env;

/// `profiles` are the names there are, `lines` those of the files that seem to mean one that is not
/// there.
pub(crate) fn check(
    env: &Env,
    profiles: &[String],
    lines: &dyn Fn(&str) -> Vec<String>,
    now: DateTime<Utc>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    keys(env, now, &mut findings);
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        findings.extend(profile(env, variable, profiles, lines));
    }
    findings.extend(differ(env));
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        findings.extend(region(env, variable));
    }
    for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        findings.extend(path(env, variable));
    }
    findings
}

fn keys(env: &Env, now: DateTime<Utc>, findings: &mut Vec<Finding>) {
    let (id, secret) = (
        env.get("AWS_ACCESS_KEY_ID"),
        env.get("AWS_SECRET_ACCESS_KEY"),
    );
    let fix = if env.get("XACCT_PROFILE").is_some() {
        hints::evaluate("xacct unset")
    } else {
        hints::unset(&[
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
        ])
    };
    let end = env
        .get("AWS_CREDENTIAL_EXPIRATION")
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let ended = end
        .map(|end| end.with_timezone(&Utc))
        .filter(|end| *end <= now);
    match (id, secret) {
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) => {
            let message =
                "one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set without the other";
            findings.push(Finding::new(&catalog::SHELL_KEYS_HALF, message).fix(fix));
        }
        (Some(_), Some(_)) if ended.is_some() => {
            let ended = ended.map(rfc3339).unwrap_or_default();
            let message = format!("the keys in this shell ended at {ended}");
            let again = env
                .get("XACCT_PROFILE")
                .map(|name| hints::evaluate(&format!("xacct assume {}", shell_word(name))));
            findings.push(
                Finding::new(&catalog::SHELL_KEYS_EXPIRED, message).fix(again.unwrap_or(fix)),
            );
        }
        (Some(_), Some(_)) => {
            let message = "the keys in this shell come before AWS_PROFILE everywhere, and before a \
                           profile that a program names in some SDKs";
            findings.push(Finding::new(&catalog::SHELL_KEYS, message).fix(fix));
        }
    }
}

fn profile(
    env: &Env,
    variable: &str,
    profiles: &[String],
    lines: &dyn Fn(&str) -> Vec<String>,
) -> Option<Finding> {
    let unset = hints::unset(&[variable]);
    let Some(name) = env.get(variable) else {
        let message =
            format!("{variable} is set to nothing: programs look for a profile without a name");
        let is_empty = env
            .raw(variable)
            .is_some_and(|value| value.to_str().is_some_and(|text| text.trim().is_empty()));
        return is_empty.then(|| Finding::new(&catalog::SHELL_PROFILE_EMPTY, message).fix(unset));
    };
    if name == "default" || profiles.iter().any(|known| known == name) {
        return None;
    }
    let message = format!("{variable} names '{name}', which does not exist");
    let lines = lines(name);
    let fix = match nearest(name, profiles).first() {
        _ if !lines.is_empty() => lines.join("; "),
        Some(near) => hints::export(variable, near),
        None => unset,
    };
    Some(Finding::new(&catalog::SHELL_PROFILE_UNKNOWN, message).fix(fix))
}

fn region(env: &Env, variable: &str) -> Option<Finding> {
    let text = env.get(variable)?.trim();
    let message = format!("{variable} is '{text}', which cannot be a region");
    let fix = match nearest(text, &known::REGIONS).first() {
        Some(near) => hints::export(variable, near),
        None => hints::unset(&[variable]),
    };
    (!known::is_region(text)).then(|| Finding::new(&catalog::SHELL_REGION, message).fix(fix))
}

fn differ(env: &Env) -> Vec<Finding> {
    let pairs = [
        (
            &catalog::SHELL_PROFILES_DIFFER,
            ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
            "boto3 and the AWS CLI 1 take the second, the AWS CLI 2 the first, and the SDKs read \
             no other",
        ),
        (
            &catalog::SHELL_REGIONS_DIFFER,
            ["AWS_REGION", "AWS_DEFAULT_REGION"],
            "boto3 and the AWS CLI 1 read the second only, everybody else takes the first",
        ),
    ];
    let findings = pairs
        .into_iter()
        .filter_map(|(kind, [first, second], who)| {
            let (one, other) = (env.get(first)?, env.get(second)?);
            let message = format!("{first} and {second} differ: {who}");
            (one != other).then(|| {
                let unset = hints::unset(&[second]);
                Finding::new(kind, message).fix(format!("{unset}, or set both to the same"))
            })
        });
    findings.collect()
}

fn path(env: &Env, variable: &str) -> Option<Finding> {
    let text = env.get(variable)?;
    let is_plain = !text.contains('$') && (!text.starts_with('~') || text.starts_with("~/"));
    let message =
        format!("{variable} has a $ or ~name in it, which the AWS CLI expands and the SDKs do not");
    (!is_plain).then(|| {
        Finding::new(&catalog::SHELL_PATH, message)
            .fix(format!("write the whole path into {variable}"))
    })
}
