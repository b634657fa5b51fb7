//! What one profile says that programs take differently, or that means something else than it seems
//! (docs/aws.md A2).

use chrono::{DateTime, Utc};

use super::catalog;
use super::finding::{Edit, Finding, Kind, Repair};
use super::known;
use crate::arn::{self, Arn};
use crate::config::{ByFile, Config, FileKind, Profile, ProfileColor, Setting, nearest};
use crate::duration;
use crate::plan;

/// Everything about one profile, as its files together say it.
pub(super) fn check(config: &Config, profile: &Profile, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(credential_source(profile));
    findings.extend(sso_repeated(config, profile));
    findings.extend(duration_unread(profile));
    findings.extend(shadowed(profile));
    findings.extend(incomplete(profile));
    findings.extend(unused_beside_key(profile));
    findings.extend(unused_sources(profile));
    findings.extend(process(profile));
    findings.extend(session_tokens(profile));
    findings.extend(expired(profile, now));
    findings.extend(regions(profile));
    findings.extend(account_ids(profile));
    findings.extend(notes(profile));
    findings
}

/// The setting with its text; blank counts as unset.
pub(super) fn set<'p>(profile: &'p Profile, key: &str) -> Option<(&'p Setting, &'p str)> {
    let setting = profile.get(key)?;
    Some((setting, setting.first_line())).filter(|(_, text)| !text.is_empty())
}

fn at(
    kind: &'static Kind,
    profile: &Profile,
    setting: &Setting,
    message: impl Into<String>,
) -> Finding {
    Finding::new(kind, message)
        .at(&setting.origin)
        .of(&profile.name)
}

/// A key of an AWS file, which the AWS CLI reads too.
fn in_aws_file<'p>(profile: &'p Profile, key: &str) -> Option<(&'p Setting, &'p str)> {
    set(profile, key).filter(|(setting, _)| setting.origin.file != FileKind::Settings)
}

fn replaced(profile: &Profile, setting: &Setting, key: &'static str, value: &str) -> Repair {
    let edit = Edit::Set {
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
    let (setting, text) = in_aws_file(profile, "credential_source")?;
    let known = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];
    let meant = known
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(text) && *name != text)?;
    let message =
        format!("the AWS CLI refuses '{text}' as a credential_source, the SDKs and xacct take it");
    let finding = at(&catalog::CREDENTIAL_SOURCE_CASE, profile, setting, message);
    let repair = replaced(profile, setting, "credential_source", meant);
    Some(
        finding
            .fix(format!("write credential_source = {meant}"))
            .repair(repair),
    )
}

/// What differs from the session is an error in xacct too; the same said twice is one in the Rust
/// SDK only.
fn sso_repeated(config: &Config, profile: &Profile) -> Option<Finding> {
    let (_, session) = set(profile, "sso_session")?;
    let session = config.sso_session(session)?;
    let same = |key: &&str| {
        let own = in_aws_file(profile, key).map(|(_, text)| text);
        own.is_some() && own == session.get(key).map(|setting| setting.value.trim())
    };
    let keys: Vec<&'static str> = ["sso_region", "sso_start_url"]
        .into_iter()
        .filter(same)
        .collect();
    let (setting, _) = set(profile, keys.first()?)?;
    let shown = keys.join(" and ");
    let message =
        format!("the Rust SDK refuses {shown} next to sso_session, which says it already");
    let finding =
        at(&catalog::SSO_REPEATED, profile, setting, message).fix(format!("delete {shown}"));
    let edit = Edit::Drop {
        profile: profile.name.clone(),
        keys,
    };
    Some(finding.repair(Repair::Edit {
        file: setting.origin.file,
        edit,
    }))
}

fn duration_unread(profile: &Profile) -> Option<Finding> {
    let (setting, text) = in_aws_file(profile, "duration_seconds")?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = duration::parse(text).ok()?;
    let message =
        format!("the AWS CLI ignores '{text}' as duration_seconds: it reads plain numbers only");
    let finding = at(&catalog::DURATION_UNREAD, profile, setting, message);
    let repair = replaced(profile, setting, "duration_seconds", &seconds.to_string());
    Some(
        finding
            .fix(format!("write duration_seconds = {seconds}"))
            .repair(repair),
    )
}

fn shadowed(profile: &Profile) -> Option<Finding> {
    let (process, _) = set(profile, "credential_process")?;
    let (key, _) = set(profile, "aws_access_key_id")?;
    let (message, fix) = if key.origin.file == FileKind::Credentials {
        (
            format!(
                "the AWS CLI and xacct take the access key in {}, the SDKs take this process",
                key.origin
            ),
            "delete one of them",
        )
    } else {
        (
            format!(
                "every program takes this process, and none takes the access key in {}",
                key.origin
            ),
            "delete the access key, or the process",
        )
    };
    Some(at(&catalog::PROCESS_SHADOWED, profile, process, message).fix(fix))
}

/// What would be a source if more of it were there, and is none beside an access key.
fn incomplete(profile: &Profile) -> Option<Finding> {
    let (key, _) = set(profile, "aws_access_key_id")?;
    let is_set = |key: &str| set(profile, key).is_some();
    let (name, lacks) = if is_set("credential_source") && !is_set("role_arn") {
        ("credential_source", "role_arn")
    } else if is_set("source_profile") && !is_set("role_arn") {
        ("source_profile", "role_arn")
    } else if is_set("sso_account_id") || is_set("sso_role_name") {
        return None;
    } else {
        match ["sso_session", "sso_start_url", "sso_region"]
            .into_iter()
            .find(|name| is_set(name))?
        {
            "sso_region" => (
                "sso_region",
                "sso_start_url, sso_account_id and sso_role_name",
            ),
            name => (name, "sso_account_id and sso_role_name"),
        }
    };
    let (setting, _) = set(profile, name)?;
    let message = format!(
        "{name} is ignored without {lacks}: the access key in {} is used",
        key.origin
    );
    let finding = at(&catalog::SOURCE_INCOMPLETE, profile, setting, message);
    Some(finding.fix(format!("add {lacks}, or delete {name}")))
}

/// What gives a token or a session, and does not beside this access key.
fn unused_beside_key(profile: &Profile) -> Vec<Finding> {
    let Some((key, _)) = set(profile, "aws_access_key_id") else {
        return Vec::new();
    };
    // Each of these comes before both.
    let first = [
        "role_arn",
        "web_identity_token_file",
        "sso_account_id",
        "sso_role_name",
    ];
    if first.iter().any(|name| set(profile, name).is_some()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if let Some((login, _)) = set(profile, "login_session") {
        let message = if key.origin.file == FileKind::Credentials {
            format!(
                "login_session is ignored: the access key in {} comes first",
                key.origin
            )
        } else {
            format!(
                "the session of aws login is used, and the access key in {} only where another \
                 profile has this one as \
                 source_profile",
                key.origin
            )
        };
        let finding = at(&catalog::SOURCE_UNUSED, profile, login, message);
        findings.push(finding.fix("delete login_session, or the access key"));
    }
    if let Some((token, _)) = set(profile, "web_identity_token_process") {
        let message = "web_identity_token_process is ignored: only aws-vault runs it";
        let finding = at(&catalog::SOURCE_UNUSED, profile, token, message);
        findings.push(finding.fix("delete it, if aws-vault is not used any more"));
    }
    findings
}

/// Sources beside a web identity token.
fn unused_sources(profile: &Profile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for unused in plan::beside_token(profile) {
        // It is used where another profile has this one as its source: see below.
        if unused.key == "aws_access_key_id" {
            continue;
        }
        let finding = Finding::new(&catalog::SOURCE_UNUSED, unused.message()).at(&unused.origin);
        let fix = format!("delete {}, or web_identity_token_file", unused.key);
        findings.push(finding.of(&profile.name).fix(fix));
    }
    if let Some(unused) = plan::beside_key(profile) {
        let message = format!(
            "{}; the AWS CLI takes the token there too",
            unused.message()
        );
        let finding = Finding::new(&catalog::SOURCE_UNUSED, message)
            .at(&unused.origin)
            .of(&profile.name);
        findings.push(finding.fix("put the access key into a profile of its own"));
    }
    findings
}

fn process(profile: &Profile) -> Vec<Finding> {
    let Some((setting, command)) = set(profile, "credential_process") else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let words: Vec<String> = shlex::Shlex::new(command).collect();
    let needs_shell = |word: &String| {
        word.starts_with('~')
            || word.contains(['$', '`'])
            || ["|", "||", "&&", ";", ">", "<", "&"].contains(&&**word)
    };
    if let Some(word) = words.iter().find(|word| needs_shell(word))
        && setting.origin.file != FileKind::Settings
    {
        let message =
            format!("'{word}' means something to a shell only, and the AWS CLI starts none");
        let finding = at(&catalog::PROCESS_NOT_PORTABLE, profile, setting, message);
        findings.push(finding.fix("write the absolute path, or put the command into a script"));
    }
    let program = words
        .first()
        .map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word));
    if let Some(tool) = program.and_then(known::tool_of_program) {
        let message = format!("its credentials come from {tool}");
        let finding = at(&catalog::OTHER_PROCESS, profile, setting, message);
        findings.push(finding.fix(format!(
            "leave it, or give the profile a role that xacct can assume without {tool}"
        )));
    }
    findings
}

fn session_tokens(profile: &Profile) -> Option<Finding> {
    let (_, new) = set(profile, "aws_session_token")?;
    let (setting, old) = set(profile, "aws_security_token")?;
    let message = "the AWS CLI takes aws_security_token before aws_session_token, the SDKs and \
                   xacct do not, and they \
                   differ";
    (new != old).then(|| {
        at(&catalog::TOKENS_DIFFER, profile, setting, message)
            .fix("delete aws_security_token, the old name")
    })
}

/// saml2aws and awsume write temporary keys into the files, with their end.
fn expired(profile: &Profile, now: DateTime<Utc>) -> Option<Finding> {
    set(profile, "aws_session_token")?;
    let (setting, text) = ["x_security_token_expires", "expiration"]
        .iter()
        .find_map(|key| set(profile, key))?;
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
    let keys = ["region", "sso_region"]
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
pub(super) fn region(text: &str) -> Option<(&'static Kind, String)> {
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
    let of_role = set(profile, "role_arn")
        .and_then(|(setting, text)| Some(("role_arn", setting, Arn::parse(text)?.account_id)));
    let plain = ["aws_account_id", "sso_account_id"]
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
    if let Some((setting, text)) = set(profile, "sts_regional_endpoints") {
        let message = "sts_regional_endpoints is not read by the AWS CLI 2 and several SDKs: they \
                       are always regional";
        let fix = if text.eq_ignore_ascii_case("regional") {
            "delete it: it says what is so anyway"
        } else {
            "delete it"
        };
        findings.push(at(&catalog::STS_REGIONAL, profile, setting, message).fix(fix));
    }
    if let Some((setting, text)) = set(profile, "color")
        && let Err(why) = ProfileColor::parse(text)
    {
        findings.push(
            at(&catalog::COLOR_UNKNOWN, profile, setting, why).fix("write a colour, or delete it"),
        );
    }
    let Some((key, _)) = set(profile, "aws_access_key_id") else {
        return findings;
    };
    if profile.name == "default" {
        let message =
            "boto3 and the SDKs take this access key before what a container's endpoint offers";
        let fix = "give the profile a name, and name it as source_profile";
        findings.push(at(&catalog::DEFAULT_KEYS, profile, key, message).fix(fix));
    }
    if let Some((role, _)) = set(profile, "role_arn")
        && set(profile, "web_identity_token_file").is_none()
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

/// A token goes with the access key of its own file: with another key AWS refuses it.
fn foreign_tokens(own: &ByFile<'_>) -> Vec<Finding> {
    let files = [own.settings, own.credentials.as_ref(), own.config.as_ref()];
    let mut halves = files.into_iter().flatten().flat_map(|section| {
        let names = ["aws_access_key_id", "aws_secret_access_key"];
        names
            .into_iter()
            .filter_map(move |name| set(section, name).map(|(setting, _)| setting))
    });
    let Some(key) = halves.next() else {
        return Vec::new();
    };
    let tokens = files.into_iter().flatten().flat_map(|section| {
        let names = ["aws_session_token", "aws_security_token"];
        names
            .into_iter()
            .filter_map(move |name| set(section, name).map(|(setting, _)| (name, setting)))
    });
    let foreign = tokens.filter(|(_, token)| token.origin.file != key.origin.file);
    foreign
        .map(|(name, token)| {
            let message = format!(
                "{name} is ignored: the access key that counts is in {}, and a token goes with the \
                 key next to it",
                key.origin
            );
            let finding = Finding::new(&catalog::TOKEN_FOREIGN, message)
                .at(&token.origin)
                .of(own.name);
            finding.fix(format!(
                "delete {name}, or move it next to the access key that it came \
                                 with"
            ))
        })
        .collect()
}

/// What one profile's files say over one another.
pub(super) fn across_files(own: &ByFile<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let (Some(config), Some(credentials)) = (&own.config, &own.credentials) {
        for (key, setting) in credentials.iter() {
            let Some(other) = config.get(key).filter(|other| other.value != setting.value) else {
                continue;
            };
            let message = format!(
                "{key} has another value in {}; what stands here counts",
                other.origin
            );
            let finding = Finding::new(&catalog::KEYS_IN_BOTH_FILES, message)
                .at(&setting.origin)
                .of(own.name);
            findings.push(finding.fix("delete one of them"));
        }
    }
    findings.extend(foreign_tokens(own));
    let role = |section: Option<&Profile>| {
        section.and_then(|section| set(section, "role_arn").map(|(s, _)| s.clone()))
    };
    if let (Some(here), Some(there)) = (role(own.config.as_ref()), role(own.settings)) {
        let message = format!(
            "the role stands here and in {}: an adopt was interrupted, or undone by hand",
            there.origin
        );
        let finding = Finding::new(&catalog::ADOPT_INCOMPLETE, message)
            .at(&here.origin)
            .of(own.name);
        findings.push(finding.fix(format!(
            "xacct adopt {}",
            super::finding::shell_word(own.name)
        )));
    }
    findings
}
