//! Which profile a header that is not read may have been meant for. Which sections those are is
//! left to `unread`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::header;
use super::nearest::nearest;
use super::scan::{self, BLANK, PREFIXES};

/// The names that a header may have been meant to give.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meant {
    pub(super) names: Vec<String>,
    /// Its first word is nothing like `profile`: it may be another tool's section, or one of another
    /// kind.
    pub(super) is_tools: bool,
    /// There is nothing in it that could be a name.
    pub(super) is_nameless: bool,
}

/// What a header, or a line that seems to be one, may have been meant to say; `None` where it says
/// that it is another tool's.
pub(super) fn read(line: &str) -> Option<Meant> {
    let line = scan::visible(&without_colors(line)).into_owned();
    let cut = &line[..scan::comment_start(&line)];
    let of_cut = inner(cut);
    let inner = if of_cut.is_empty() {
        inner(&line)
    } else {
        of_cut
    };
    let (prefix, rest) = header::prefix_and_rest(inner);
    if prefix.is_some_and(is_left_alone) {
        return None;
    }
    let is_named =
        prefix.is_none_or(|prefix| header::is_like_prefix(prefix) && !is_of_another_kind(prefix));
    let words = rest.split(BLANK).filter(|_| prefix.is_some());
    let names = [Some(inner), Some(rest), behind_profile(inner), prefix];
    let names = names.into_iter().flatten().chain(words);
    let is_word = |name: &&str| !name.is_empty() && !is_prefix_alone(name);
    let names: Vec<&str> = names
        .flat_map(|name| [name.trim_matches(is_around), name.trim_matches(is_mark)])
        .filter(is_word)
        .collect();
    Some(Meant {
        is_nameless: names.is_empty() || inner.contains('='),
        names: names.into_iter().map(str::to_owned).collect(),
        is_tools: !is_named,
    })
}

/// What stands between the brackets, or where they should be.
fn inner(line: &str) -> &str {
    let line = &line[line.find('[').unwrap_or(0)..];
    let inner = header::inside(line).map_or(line, |(inner, _)| inner);
    inner.trim_matches(|c| is_mark(c) && !"\"'".contains(c))
}

/// The text without what colours it on a terminal, `ESC [ 31 m`.
fn without_colors(line: &str) -> Cow<'_, str> {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default();
    if first.len() == line.len() {
        return Cow::Borrowed(line);
    }
    let mut shown = first.to_owned();
    for part in parts {
        let behind = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        let is_color = behind.starts_with(['m', 'K']);
        shown.push_str(if is_color { &behind[1..] } else { "[" });
        shown.push_str(if is_color { "" } else { part });
    }
    Cow::Owned(shown)
}

fn is_around(c: char) -> bool {
    scan::is_unseen(c) || BLANK.contains(&c) || "[](){}<>\"'".contains(c)
}

fn is_mark(c: char) -> bool {
    !c.is_alphanumeric()
}

/// `profile` without a name behind it.
fn is_prefix_alone(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PREFIXES.contains(&&*name) || name == "profiles"
}

/// `[x-tool NAME]`: what begins like that is somebody else's, as `x_` says of a key.
fn is_left_alone(prefix: &str) -> bool {
    let prefix = prefix.to_ascii_lowercase();
    prefix.starts_with("x-") || prefix.starts_with("x_")
}

/// `sso_session` and the like.
fn is_of_another_kind(prefix: &str) -> bool {
    nearest(prefix, &PREFIXES)
        .first()
        .is_some_and(|meant| meant != "profile")
}

/// The name in `Profile:client1` and `profiles.client1`.
fn behind_profile(inner: &str) -> Option<&str> {
    let (word, rest) = inner.split_at_checked("profile".len())?;
    let rest = rest
        .strip_prefix(['s', 'S'])
        .filter(|rest| !rest.starts_with(char::is_alphanumeric))
        .unwrap_or(rest);
    word.eq_ignore_ascii_case("profile")
        .then(|| rest.trim_start_matches(is_mark))
}

/// The bytes that one letter may have.
const LETTER: usize = 4;

/// The names of all profiles.
pub(super) struct Names<'c> {
    all: HashSet<&'c str>,
    folded: HashMap<String, Vec<&'c str>>,
}

impl<'c> Names<'c> {
    pub(super) fn of(names: impl Iterator<Item = &'c str>) -> Names<'c> {
        let all: HashSet<&str> = names.collect();
        let mut folded: HashMap<String, Vec<&str>> = HashMap::new();
        for name in &all {
            folded.entry(name.to_lowercase()).or_default().push(name);
        }
        Names { all, folded }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all.contains(name)
    }

    /// The profiles that these may be: those of the very names; or else but for the case of their
    /// letters; or else but for a slip of the hand in the first two.
    pub(super) fn like(&self, meant: &[impl AsRef<str>]) -> Vec<&'c str> {
        let meant = || meant.iter().map(AsRef::as_ref);
        let mut like: Vec<&str> = meant()
            .filter_map(|name| self.all.get(name).copied())
            .collect();
        if like.is_empty() {
            let folded = meant().filter_map(|name| self.folded.get(&name.to_lowercase()));
            like = folded.flatten().copied().collect();
        }
        if like.is_empty() {
            let is_like = |name: &&&str| meant().any(|one| is_slip(one, name));
            like = self.all.iter().filter(is_like).copied().collect();
        }
        like.sort_unstable();
        like.dedup();
        like
    }
}

/// Whether one name is the other with one letter wrong, missing, superfluous or exchanged. Where a
/// digit differs, or a word of one or two letters, it is another one of a series: `client1` and
/// `client2`, `team-a` and `team-b`.
pub(super) fn is_slip(one: &str, other: &str) -> bool {
    if !may_be_slip(one, other) {
        return false;
    }
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let digits = |name: &str| -> String { name.chars().filter(char::is_ascii_digit).collect() };
    if digits(&one) != digits(&other) || strsim::damerau_levenshtein(&one, &other) != 1 {
        return false;
    }
    let mut pairs = one.chars().zip(other.chars());
    let same = pairs.by_ref().take_while(|(a, b)| a == b).count();
    let is_one_letter = one.chars().count() == other.chars().count()
        && one.chars().skip(same + 1).eq(other.chars().skip(same + 1));
    !is_one_letter || word_at(&one, same).chars().count() > 2
}

/// Whether the names differ in no more than the few bytes of one letter or two, which costs nothing
/// to see for most.
fn may_be_slip(one: &str, other: &str) -> bool {
    let longer = one.len().max(other.len());
    if longer - one.len().min(other.len()) > LETTER {
        return false;
    }
    let is_same = |(a, b): &(u8, u8)| a.eq_ignore_ascii_case(b) || !a.is_ascii() || !b.is_ascii();
    let starts = one.bytes().zip(other.bytes()).take_while(is_same);
    let ends = one.bytes().rev().zip(other.bytes().rev());
    starts.count() + ends.take_while(is_same).count() + 2 >= longer
}

/// The word that the letter at this place is in.
fn word_at(name: &str, at: usize) -> &str {
    let at = name.char_indices().nth(at).map_or(name.len(), |(at, _)| at);
    let start = name[..at]
        .rfind(|c: char| !c.is_alphanumeric())
        .map_or(0, |mark| mark + 1);
    let end = name[at..]
        .find(|c: char| !c.is_alphanumeric())
        .map_or(name.len(), |end| at + end);
    &name[start.min(end)..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_series() {
        for (one, other) in [
            ("cc", "c"),
            ("prdo", "prod"),
            ("prod", "prd"),
            ("produ", "prod"),
            ("client1-admni", "client1-admin"),
            ("team.dev", "team-dev"),
            ("acme-deb", "acme-dev"),
        ] {
            assert!(is_slip(one, other) && is_slip(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("client1", "client2"),
            ("client", "client2"),
            ("a", "b"),
            ("team-a", "team-b"),
            ("x-eu", "x-us"),
            ("acme-dev", "acme-uat"),
            ("prod", "dev"),
            ("prod", "prod"),
            ("", "ab"),
        ] {
            assert!(!is_slip(one, other), "{one} {other}");
        }
    }

    #[test]
    fn headers_say_what_they_may_mean() {
        for line in [
            "[profile prod",
            "[# prod",
            "[ # prod",
            "profile prod",
            "prod]",
            "(profile prod)",
            "<prod>",
            "profile prod:",
            "\u{1b}[31m[profile prod]\u{1b}[0m",
            "\u{1b}[1mprofile prod\u{1b}[0m",
            "[\u{1b}[1mprofile prod\u{1b}[0m]",
            "[profile pr\u{ad}od",
            "[profile prod;",
            "[Profile:prod]",
            "[proflie prod]",
            "[the profile prod]",
        ] {
            let meant = read(line).unwrap();
            assert!(
                meant.names.iter().any(|name| name == "prod"),
                "{line} {meant:?}"
            );
            assert!(!meant.is_nameless, "{line}");
            assert_eq!(meant.is_tools, line.starts_with("[the"), "{line}");
        }
        for line in [
            "[",
            "[]",
            "[ ]",
            "[profile]",
            "[profile ]",
            "[\u{200b}]",
            "profile",
            "]",
            "[=",
        ] {
            assert!(read(line).unwrap().is_nameless, "{line}");
        }
        for line in ["[x-tool prod]", "[X_tool prod]", "[x- prod]"] {
            assert_eq!(read(line), None, "{line}");
        }
        for line in ["[sso_session prod]", "[service prod]", "[services prod]"] {
            assert!(read(line).unwrap().is_tools, "{line}");
        }
        assert!(read("[tool prod]").unwrap().is_tools);
    }
}
