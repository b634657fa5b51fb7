//! What one profile's files say over one another.

use super::catalog;
use super::finding::Finding;
use super::profile::set;
use crate::config::{ByFile, Key, Profile};

/// A token goes with the access key of its own file: with another key AWS refuses it.
fn foreign_tokens(own: &ByFile<'_>) -> Vec<Finding> {
    let files = [own.settings, own.credentials.as_ref(), own.config.as_ref()];
    let mut halves = files.into_iter().flatten().flat_map(|section| {
        let names = [Key::AwsAccessKeyId, Key::AwsSecretAccessKey];
        names
            .into_iter()
            .filter_map(move |name| set(section, name).map(|(setting, _)| setting))
    });
    let Some(key) = halves.next() else {
        return Vec::new();
    };
    let tokens = files.into_iter().flatten().flat_map(|section| {
        let names = [Key::AwsSessionToken, Key::AwsSecurityToken];
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
                "delete {name}, or move it next to the access key that it came with"
            ))
        })
        .collect()
}

pub(super) fn check(own: &ByFile<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let (Some(config), Some(credentials)) = (&own.config, &own.credentials) {
        for (key, setting) in credentials.iter() {
            let Some(other) = config
                .named(key)
                .filter(|other| other.value != setting.value)
            else {
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
        section.and_then(|section| set(section, Key::RoleArn).map(|(s, _)| s.clone()))
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
