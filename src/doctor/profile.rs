//! What one profile says that programs take differently, or that means something else than it seems
//! (docs/aws.md A2).

use chrono::{DateTime, Utc};

use super::catalog;
use super::finding::{Finding, FindingKind, Repair, TextEdit};
use super::known;
use crate::arn::{self, Arn};
use crate::config::{Config, FileKind, Key, Profile, ProfileColor, Setting, nearest};
use crate::duration;

/// Everything about one profile, as its files together say it.
pub(super) fn check(config: &Config, profile: &Profile, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(credential_source(profile));
    findings.extend(sso_repeated(config, profile));
    findings.extend(duration_unread(profile));
    findings.extend(session_tokens(profile));
    findings.extend(expired(profile, now));
    findings.extend(regions(profile));
    findings.extend(account_ids(profile));
    findings.extend(notes(profile));
    findings
}

/// The setting with its text; blank counts as unset.
pub(super) fn set(profile: &Profile, key: Key) -> Option<(&Setting, &str)> {
    filled(profile.get(key)?)
}

fn filled(setting: &Setting) -> Option<(&Setting, &str)> {
    Some((setting, setting.first_line())).filter(|(_, text)| !text.is_empty())
}

pub(super) fn at(
    kind: &'static FindingKind,
    profile: &Profile,
    setting: &Setting,
    message: impl Into<String>,
) -> Finding {
    Finding::new(kind, message)
        .at(&setting.origin)
        .of(&profile.name)
}

/// A key of an AWS file, which the AWS CLI reads too.
fn in_aws_file(profile: &Profile, key: Key) -> Option<(&Setting, &str)> {
    set(profile, key).filter(|(setting, _)| setting.origin.file != FileKind::Settings)
}

fn replaced(profile: &Profile, setting: &Setting, key: Key, value: &str) -> Repair {
    let edit = TextEdit::Set {
        profile: profile.name.clone(),
        line: setting.origin.line,
        key,
        value: value.to_owned(),
    };
    Repair::Edit {
        file: setting.origin.file,
        edit,
    }
}

fn credential_source(profile: &Profile) -> Option<Finding> {
    let (setting, text) = in_aws_file(profile, Key::CredentialSource)?;
    let known = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];
    let meant = known
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(text) && *name != text)?;
    let message =
        format!("the AWS CLI refuses '{text}' as a credential_source, the SDKs and xacct take it");
    let finding = at(&catalog::CREDENTIAL_SOURCE_CASE, profile, setting, message);
    let repair = replaced(profile, setting, Key::CredentialSource, meant);
    Some(
        finding
            .fix(format!("write credential_source = {meant}"))
            .repair(repair),
    )
}

/// What differs from the session is an error in xacct too; the same said twice is one in the Rust
/// SDK only.
fn sso_repeated(config: &Config, profile: &Profile) -> Option<Finding> {
    let (_, session) = set(profile, Key::SsoSession)?;
    let session = config.sso_session(session)?;
    let mut keys = vec![Key::SsoRegion, Key::SsoStartUrl];
    keys.retain(|key| {
        let own = in_aws_file(profile, *key).map(|(_, text)| text);
        own.is_some() && own == session.get(*key).map(|setting| setting.value.trim())
    });
    let (setting, _) = set(profile, *keys.first()?)?;
    let shown = keys
        .iter()
        .map(Key::to_string)
        .collect::<Vec<_>>()
        .join(" and ");
    let message =
        format!("the Rust SDK refuses {shown} next to sso_session, which says it already");
    let finding =
        at(&catalog::SSO_REPEATED, profile, setting, message).fix(format!("delete {shown}"));
    let edit = TextEdit::Drop {
        profile: profile.name.clone(),
        keys,
    };
    Some(finding.repair(Repair::Edit {
        file: setting.origin.file,
        edit,
    }))
}

fn duration_unread(profile: &Profile) -> Option<Finding> {
    let (setting, text) = in_aws_file(profile, Key::DurationSeconds)?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = duration::parse(text).ok()?;
    let message =
        format!("the AWS CLI ignores '{text}' as duration_seconds: it reads plain numbers only");
    let finding = at(&catalog::DURATION_UNREAD, profile, setting, message);
    let repair = replaced(profile, setting, Key::DurationSeconds, &seconds.to_string());
    Some(
        finding
            .fix(format!("write duration_seconds = {seconds}"))
            .repair(repair),
    )
}

fn session_tokens(profile: &Profile) -> Option<Finding> {
    let (_, new) = set(profile, Key::AwsSessionToken)?;
    let (setting, old) = set(profile, Key::AwsSecurityToken)?;
    let message = "the AWS CLI takes aws_security_token before aws_session_token, the SDKs and \
                   xacct do not, and they differ";
    (new != old).then(|| {
        at(&catalog::TOKENS_DIFFER, profile, setting, message)
            .fix("delete aws_security_token, the old name")
    })
}

/// saml2aws and awsume write temporary keys into the files, with their end.
fn expired(profile: &Profile, now: DateTime<Utc>) -> Option<Finding> {
    set(profile, Key::AwsSessionToken)?;
    let (setting, text) = ["x_security_token_expires", "expiration"]
        .iter()
        .find_map(|key| filled(profile.named(key)?))?;
    let end = DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|end| end.with_timezone(&Utc))
        .filter(|end| *end < now)?;
    let message = format!(
        "the temporary keys that another tool wrote here ended at {}",
        crate::credentials::rfc3339(end)
    );
    Some(
        at(&catalog::KEYS_EXPIRED, profile, setting, message)
            .fix("renew them with the tool that wrote them"),
    )
}

fn regions(profile: &Profile) -> Vec<Finding> {
    let keys = [Key::Region, Key::SsoRegion]
        .into_iter()
        .filter_map(|key| Some((key, set(profile, key)?)));
    keys.filter_map(|(key, (setting, text))| {
        let (kind, message) = region(text)?;
        let near = nearest(text, &known::REGIONS).into_iter().next();
        let fix = match near {
            Some(near) => format!("did you mean {key} = {near}?"),
            None => format!("write a region, such as {key} = eu-central-1"),
        };
        Some(at(kind, profile, setting, message).fix(fix))
    })
    .collect()
}

/// What there is to say of a region's name.
pub(super) fn region(text: &str) -> Option<(&'static FindingKind, String)> {
    if known::REGIONS.contains(&text) {
        None
    } else if known::is_region(text) {
        Some((
            &catalog::REGION_UNKNOWN,
            format!("'{text}' is not a region that this xacct knows"),
        ))
    } else {
        Some((
            &catalog::REGION_MALFORMED,
            format!("'{text}' cannot be a region"),
        ))
    }
}

fn account_ids(profile: &Profile) -> Vec<Finding> {
    let of_role = set(profile, Key::RoleArn)
        .and_then(|(setting, text)| Some((Key::RoleArn, setting, Arn::parse(text)?.account_id)));
    let plain = [Key::AwsAccountId, Key::SsoAccountId]
        .into_iter()
        .filter_map(|key| set(profile, key).map(|(setting, text)| (key, setting, text)));
    of_role
        .into_iter()
        .chain(plain)
        .filter(|(_, _, id)| !arn::is_account_id(id))
        .map(|(key, setting, id)| {
            let message = format!("the account ID '{id}' in {key} is not twelve digits");
            at(&catalog::ACCOUNT_ID_ODD, profile, setting, message)
                .fix("write the client's account ID")
        })
        .collect()
}

fn notes(profile: &Profile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((setting, text)) = set(profile, Key::StsRegionalEndpoints) {
        let message = "sts_regional_endpoints is not read by the AWS CLI 2 and several SDKs: they \
                       are always regional";
        let fix = if text.eq_ignore_ascii_case("regional") {
            "delete it: it says what is so anyway"
        } else {
            "delete it"
        };
        findings.push(at(&catalog::STS_REGIONAL, profile, setting, message).fix(fix));
    }
    if let Some((setting, text)) = set(profile, Key::Color)
        && let Err(why) = ProfileColor::parse(text)
    {
        findings.push(
            at(&catalog::COLOR_UNKNOWN, profile, setting, why).fix("write a colour, or delete it"),
        );
    }
    let Some((key, _)) = set(profile, Key::AwsAccessKeyId) else {
        return findings;
    };
    if profile.name == "default" {
        let message =
            "boto3 and the SDKs take this access key before what a container's endpoint offers";
        let fix = "give the profile a name, and name it as source_profile";
        findings.push(at(&catalog::DEFAULT_KEYS, profile, key, message).fix(fix));
    }
    if let Some((role, _)) = set(profile, Key::RoleArn)
        && set(profile, Key::WebIdentityTokenFile).is_none()
    {
        let message = format!(
            "the profile is a role by itself, and the access key in {} where another has it as \
             source_profile",
            key.origin
        );
        let fix = "put the access key into a profile of its own";
        findings.push(at(&catalog::ROLE_BESIDE_KEYS, profile, role, message).fix(fix));
    }
    findings
}
