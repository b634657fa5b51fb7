//! Where one profile's credentials come from, where it says so more than once, or where programs
//! take it differently.

use super::finding::Finding;
use super::profile::{at, set};
use super::{catalog, known};
use crate::config::{FileKind, Key, Profile, words};
use crate::plan;

/// Everything about one profile's sources.
pub(super) fn check(profile: &Profile) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(shadowed(profile));
    findings.extend(incomplete(profile));
    findings.extend(unused_beside_key(profile));
    findings.extend(unused_sources(profile));
    findings.extend(process(profile));
    findings
}

fn shadowed(profile: &Profile) -> Option<Finding> {
    let (process, _) = set(profile, Key::CredentialProcess)?;
    let (key, _) = set(profile, Key::AwsAccessKeyId)?;
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
    let (key, _) = set(profile, Key::AwsAccessKeyId)?;
    let is_set = |key: Key| set(profile, key).is_some();
    let (name, lacks) = if is_set(Key::CredentialSource) && !is_set(Key::RoleArn) {
        (Key::CredentialSource, Key::RoleArn.name())
    } else if is_set(Key::SourceProfile) && !is_set(Key::RoleArn) {
        (Key::SourceProfile, Key::RoleArn.name())
    } else if is_set(Key::SsoAccountId) || is_set(Key::SsoRoleName) {
        return None;
    } else {
        match [Key::SsoSession, Key::SsoStartUrl, Key::SsoRegion]
            .into_iter()
            .find(|name| is_set(*name))?
        {
            Key::SsoRegion => (
                Key::SsoRegion,
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
    let Some((key, _)) = set(profile, Key::AwsAccessKeyId) else {
        return Vec::new();
    };
    // Each of these comes before both.
    let first = [
        Key::RoleArn,
        Key::WebIdentityTokenFile,
        Key::SsoAccountId,
        Key::SsoRoleName,
    ];
    if first.iter().any(|name| set(profile, *name).is_some()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if let Some((login, _)) = set(profile, Key::LoginSession) {
        let message = if key.origin.file == FileKind::Credentials {
            format!(
                "login_session is ignored: the access key in {} comes first",
                key.origin
            )
        } else {
            format!(
                "the session of aws login is used, and the access key in {} only where another \
                 profile has this one as source_profile",
                key.origin
            )
        };
        let finding = at(&catalog::SOURCE_UNUSED, profile, login, message);
        findings.push(finding.fix("delete login_session, or the access key"));
    }
    if let Some((token, _)) = set(profile, Key::WebIdentityTokenProcess) {
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
        if unused.key == Key::AwsAccessKeyId {
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

fn needs_shell(word: &str) -> bool {
    word.starts_with('~')
        || word.contains(['$', '`'])
        || ["|", "||", "&&", ";", ">", "<", "&"].contains(&word)
}

fn process(profile: &Profile) -> Vec<Finding> {
    let Some((setting, command)) = set(profile, Key::CredentialProcess) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let words: Vec<String> = words::readable(command);
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
