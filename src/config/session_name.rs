//! `session_name = "xacct-{user}"`: the role session's name, by which AWS's trail tells who it was.
//!
//! What it is made of is read by `env`; that AWS's constraints hold is seen to here, since a name
//! from a template should never be a reason to fail.

use super::nearest::nearest;

/// STS: 2 to 64 of `[\w+=,.@-]` (docs/aws.md A3.1).
const MOST: usize = 64;

/// A session name with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionName(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    User,
    Host,
    Profile,
}

/// What the places are filled with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) user: &'a str,
    pub(crate) host: &'a str,
    pub(crate) profile: &'a str,
}

/// The places. There is none for anything that differs from run to run: the name goes into the
/// cache's key.
const PLACES: [(&str, Part); 3] = [
    ("user", Part::User),
    ("host", Part::Host),
    ("profile", Part::Profile),
];
const SHOWN: &str = "{user}, {host} and {profile}";

impl Default for SessionName {
    fn default() -> SessionName {
        SessionName(vec![Part::Text("xacct-".to_owned()), Part::User])
    }
}

impl SessionName {
    /// Errors: what is wrong with the template, and what may stand there.
    pub(super) fn parse(template: &str) -> Result<SessionName, String> {
        let (mut parts, mut rest) = (Vec::new(), template);
        while let Some(at) = rest.find(['{', '}']) {
            let (text, from) = rest.split_at(at);
            let Some((name, behind)) = from
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
            else {
                return Err(format!(
                    "a '{{' or '}}' stands alone; in braces there can be {SHOWN}"
                ));
            };
            parts.extend(literal(text)?);
            parts.push(place(name)?);
            rest = behind;
        }
        parts.extend(literal(rest)?);
        if parts.is_empty() {
            return Err("it is empty".to_owned());
        }
        Ok(SessionName(parts))
    }

    /// The name itself. What AWS does not take becomes `-`, and it is cut, or filled up, to AWS's
    /// length.
    pub(crate) fn fill(&self, who: Who<'_>) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text,
            Part::User => who.user,
            Part::Host => who.host,
            Part::Profile => who.profile,
        });
        let all = parts
            .flat_map(str::chars)
            .map(|c| if is_taken(c) { c } else { '-' });
        let mut name: String = all.take(MOST).collect();
        while name.len() < 2 {
            name.push('-');
        }
        name
    }
}

fn is_taken(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

fn literal(text: &str) -> Result<Option<Part>, String> {
    match text.chars().find(|c| !is_taken(*c)) {
        Some(wrong) => Err(format!(
            "it contains {wrong:?}; AWS takes letters, digits and _+=,.@-"
        )),
        None => Ok((!text.is_empty()).then(|| Part::Text(text.to_owned()))),
    }
}

fn place(name: &str) -> Result<Part, String> {
    if let Some((_, part)) = PLACES.iter().find(|(known, _)| *known == name) {
        return Ok(part.clone());
    }
    let changing = ["pid", "time", "date", "timestamp", "random", "uuid"].contains(&name);
    let names = PLACES.map(|(known, _)| known);
    Err(match nearest(name, &names).first() {
        _ if changing => format!(
            "unknown {{{name}}}: a name that changes from run to run would find nothing in the \
             cache; there are \
             {SHOWN}"
        ),
        Some(meant) => format!("unknown {{{name}}}; did you mean {{{meant}}}?"),
        None => format!("unknown {{{name}}}; known are {SHOWN}"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(template: &str, user: &str) -> String {
        SessionName::parse(template).unwrap().fill(Who {
            user,
            host: "laptop",
            profile: "my client",
        })
    }

    #[test]
    fn places_are_filled() {
        assert_eq!(filled("xacct-{user}", "alice"), "xacct-alice");
        assert_eq!(
            filled("{user}@{host}={profile}", "alice"),
            "alice@laptop=my-client"
        );
        assert_eq!(filled("fixed", "alice"), "fixed");
        let who = Who {
            user: "alice",
            host: "",
            profile: "",
        };
        assert_eq!(SessionName::default().fill(who), "xacct-alice");
        assert_eq!(
            SessionName::parse("xacct-{user}").unwrap(),
            SessionName::default()
        );
    }

    #[test]
    fn aws_takes_what_comes_of_it() {
        assert_eq!(filled("{user}", "Jörg Ö/x:y"), "J-rg---x-y");
        assert_eq!(filled("{user}", "x"), "x-");
        assert_eq!(filled("{user}", ""), "--");
        assert_eq!(filled("{user}-{host}", &"u".repeat(70)), "u".repeat(64));
    }

    #[test]
    fn mistakes_are_named() {
        for (template, message) in [
            ("", "it is empty"),
            (
                "a b",
                "it contains ' '; AWS takes letters, digits and _+=,.@-",
            ),
            ("{usr}", "unknown {usr}; did you mean {user}?"),
            (
                "{zzz}",
                "unknown {zzz}; known are {user}, {host} and {profile}",
            ),
            ("{}", "unknown {}; known are {user}, {host} and {profile}"),
            (
                "x-{pid}",
                "unknown {pid}: a name that changes from run to run would find nothing in the \
                 cache; there are \
                 {user}, {host} and {profile}",
            ),
            (
                "{user",
                "a '{' or '}' stands alone; in braces there can be {user}, {host} and {profile}",
            ),
            (
                "user}",
                "a '{' or '}' stands alone; in braces there can be {user}, {host} and {profile}",
            ),
        ] {
            assert_eq!(
                SessionName::parse(template),
                Err(message.to_owned()),
                "{template}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_name_is_one_that_aws_takes(user in "\\PC{0,80}", host in "\\PC{0,80}", profile in "\\PC{0,80}") {
            let template = SessionName::parse("{profile}{user}.{host}").unwrap();
            let name = template.fill(Who { user: &user, host: &host, profile: &profile });
            prop_assert!((2..=64).contains(&name.len()) && name.chars().all(is_taken), "{}", name);
        }
    }
}
