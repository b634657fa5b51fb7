//! `{account_name}-{role_name}`: what the profiles are called that `sync` writes. Whether a name is
//! taken is left to `naming`.

use super::nearest::nearest;
use super::template::{Part, Template};

/// A profile's name with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameTemplate(Template<Field>);

/// A place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    AccountId,
    AccountName,
    /// The account's name in lower case, with nothing but letters, digits and single dashes.
    AccountSlug,
    RoleName,
    Email,
    /// The path of the organizational unit below the root.
    Ou,
    Session,
}

const FIELDS: [(&str, Field); 7] = [
    ("account_id", Field::AccountId),
    ("account_name", Field::AccountName),
    ("account_slug", Field::AccountSlug),
    ("role_name", Field::RoleName),
    ("email", Field::Email),
    ("ou", Field::Ou),
    ("session", Field::Session),
];

/// What the places are filled with.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NameFields<'a> {
    pub(crate) account_id: &'a str,
    pub(crate) account_name: &'a str,
    pub(crate) role_name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) ou: &'a str,
    pub(crate) session: &'a str,
}

impl NameTemplate {
    /// Takes the fields that there are where the accounts come from.
    ///
    /// Errors: what is wrong with the template, and what may stand there.
    pub(crate) fn parse(template: &str, fields: &[Field]) -> Result<NameTemplate, String> {
        let there = FIELDS.iter().filter(|(_, field)| fields.contains(field));
        let shown: Vec<String> = there.map(|(name, _)| format!("{{{name}}}")).collect();
        let shown = shown.join(", ");
        let place = |name: &str| place(name, fields, &shown);
        let parsed = Template::parse(template, &shown, wrong, place)?;
        if !parsed.0.iter().any(|part| matches!(part, Part::Place(_))) {
            return Err(format!(
                "every profile would have one name; there are {shown}"
            ));
        }
        Ok(NameTemplate(parsed))
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.0.0.contains(&Part::Place(field))
    }

    /// The name itself: a name that every SDK reads, and that no command line takes for an option.
    pub(crate) fn fill(&self, named: NameFields<'_>) -> String {
        let parts = self.0.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Place(field) => value(*field, named),
        });
        let name: String = parts.collect();
        match name.trim_matches(['-', '/']) {
            "" => named.account_id.to_owned(),
            name => name.to_owned(),
        }
    }
}

fn value(field: Field, named: NameFields<'_>) -> String {
    let text = match field {
        Field::AccountId => named.account_id,
        Field::AccountName | Field::AccountSlug => named.account_name,
        Field::RoleName => named.role_name,
        Field::Email => named.email,
        Field::Ou => named.ou,
        Field::Session => named.session,
    };
    let taken = match field {
        Field::AccountSlug => joined(&text.to_lowercase(), |c| c.is_ascii_alphanumeric()),
        // IAM tells roles apart by every dash of their names.
        Field::RoleName => joined(text, is_taken),
        _ => with_single_dashes(&joined(text, is_taken)),
    };
    let is_name = matches!(field, Field::AccountName | Field::AccountSlug);
    if is_name && taken.is_empty() {
        named.account_id.to_owned()
    } else {
        taken
    }
}

/// What is taken, with one dash for whatever stands between.
fn joined(text: &str, is_taken: impl Fn(char) -> bool) -> String {
    let words = text.split(|c| !is_taken(c)).filter(|word| !word.is_empty());
    words
        .collect::<Vec<_>>()
        .join("-")
        .trim_matches('-')
        .to_owned()
}

/// `Search-4-Prod`, of `Search (4) - Prod`
fn with_single_dashes(text: &str) -> String {
    text.split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// The SDKs' identifiers.
fn is_taken(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c)
}

fn wrong(c: char) -> Option<String> {
    let why =
        || format!("'{c}' cannot stand in a profile's name; letters, digits and _-/.%@:+ can");
    (!is_taken(c)).then(why)
}

fn place(name: &str, fields: &[Field], shown: &str) -> Result<Field, String> {
    let mut there = FIELDS.iter().filter(|(_, field)| fields.contains(field));
    if let Some((_, field)) = there.find(|(known, _)| *known == name) {
        return Ok(*field);
    }
    let known = FIELDS.map(|(known, _)| known);
    Err(match nearest(name, &known).first() {
        Some(meant) if meant != name => {
            format!("unknown {{{name}}}, did you mean {{{meant}}}? there are {shown}")
        }
        _ => format!("unknown {{{name}}}; known are {shown}"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Field; 6] = [
        Field::AccountId,
        Field::AccountName,
        Field::AccountSlug,
        Field::RoleName,
        Field::Email,
        Field::Session,
    ];

    fn filled(template: &str, account_name: &str) -> String {
        let template = NameTemplate::parse(template, &ALL).unwrap();
        template.fill(NameFields {
            account_id: "111111111111",
            account_name,
            role_name: "Read Only",
            email: "aws@example.com",
            ou: "",
            session: "acme",
        })
    }

    #[test]
    fn names_are_what_every_sdk_reads() {
        for (template, account_name, name) in [
            ("{account_name}-{role_name}", "client1", "client1-Read-Only"),
            ("{account_name}", "Client 1 (prod)", "Client-1-prod"),
            (
                "{account_slug}.{role_name}",
                "Client 1_(Prod)",
                "client-1-prod.Read-Only",
            ),
            ("{session}/{account_id}", "x", "acme/111111111111"),
            ("{email}", "x", "aws@example.com"),
            ("{account_name}", "客户", "111111111111"),
            ("{account_slug}-x", "", "111111111111-x"),
            ("{account_name}", "--prod- -", "prod"),
            (
                "{account_name}-{role_name}",
                "Search (4) - Prod",
                "Search-4-Prod-Read-Only",
            ),
            ("{account_name}", "R&D -- EU", "R-D-EU"),
            ("{account_name}--{role_name}", "a -b", "a-b--Read-Only"),
            ("-{account_name}/", "a", "a"),
            ("{account_name}", "a]\n[b", "a-b"),
        ] {
            assert_eq!(
                filled(template, account_name),
                name,
                "{template} {account_name}"
            );
        }
    }

    #[test]
    fn what_is_no_template_says_what_may_stand_there() {
        let shown = "{account_id}, {account_name}, {account_slug}, {role_name}, {email}, {session}";
        for (template, why) in [
            (
                "",
                format!("every profile would have one name; there are {shown}"),
            ),
            (
                "acme",
                format!("every profile would have one name; there are {shown}"),
            ),
            (
                "{account_nam}",
                format!(
                    "unknown {{account_nam}}, did you mean {{account_name}}? there are {shown}"
                ),
            ),
            ("{ou}", format!("unknown {{ou}}; known are {shown}")),
            (
                "{account_id",
                format!("a '{{' or '}}' stands alone; in braces there can be {shown}"),
            ),
            (
                "{account_id} {role_name}",
                "' ' cannot stand in a profile's name; letters, digits and _-/.%@:+ can".to_owned(),
            ),
        ] {
            assert_eq!(NameTemplate::parse(template, &ALL), Err(why), "{template}");
        }
    }

    proptest! {
        #[test]
        fn whatever_an_account_is_called(account_name in ".{0,20}") {
            for template in ["{account_name}", "{account_slug}", "{account_name}-{role_name}"] {
                let name = filled(template, &account_name);
                prop_assert!(!name.is_empty() && name.chars().all(is_taken) && !name.starts_with('-'), "{}", name);
            }
        }
    }
}
