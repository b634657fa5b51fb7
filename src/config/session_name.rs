//! `session_name = "xacct-{user}"`: the role session's name, by which AWS's trail tells who it was.
//!
//! What it is made of is read by `env`; that AWS's constraints hold is seen to here, since a name
//! from a template should never be a reason to fail.

use super::nearest::nearest;
use super::template::{Part, Template};

/// STS: 2 to 64 of `[\w+=,.@-]` (docs/aws.md A3.1).
const MOST: usize = 64;

/// A session name with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionName(Template<Place>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
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
const PLACES: [(&str, Place); 3] = [
    ("user", Place::User),
    ("host", Place::Host),
    ("profile", Place::Profile),
];
const SHOWN: &str = "{user}, {host} and {profile}";

impl Default for SessionName {
    fn default() -> SessionName {
        let parts = vec![Part::Text("xacct-".to_owned()), Part::Place(Place::User)];
        SessionName(Template(parts))
    }
}

impl SessionName {
    /// Errors: what is wrong with the template, and what may stand there.
    pub(super) fn parse(template: &str) -> Result<SessionName, String> {
        let parsed = Template::parse(template, SHOWN, wrong, place)?;
        if parsed.0.is_empty() {
            return Err("it is empty".to_owned());
        }
        Ok(SessionName(parsed))
    }

    /// The name itself. What AWS does not take becomes `-`, and it is cut, or filled up, to AWS's
    /// length.
    pub(crate) fn fill(&self, who: Who<'_>) -> String {
        let parts = self.0.0.iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Place(Place::User) => who.user,
            Part::Place(Place::Host) => who.host,
            Part::Place(Place::Profile) => who.profile,
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

fn wrong(c: char) -> Option<String> {
    let why = || format!("it contains {c:?}; AWS takes letters, digits and _+=,.@-");
    (!is_taken(c)).then(why)
}

fn place(name: &str) -> Result<Place, String> {
    if let Some((_, place)) = PLACES.iter().find(|(known, _)| *known == name) {
        return Ok(*place);
    }
    let changing = ["pid", "time", "date", "timestamp", "random", "uuid"].contains(&name);
    let names = PLACES.map(|(known, _)| known);
    Err(match nearest(name, &names).first() {
        _ if changing => format!(
            "unknown {{{name}}}: a name that changes from run to run would find nothing in the \
             cache; there are {SHOWN}"
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
                 cache; there are {user}, {host} and {profile}",
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
