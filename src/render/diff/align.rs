//! Which lines of two texts belong together: first the sections, by their headers, then the lines
//! of each pair.

use std::collections::HashMap;
use std::hash::Hash;

/// Up to so many comparisons, the longest common sequence is found exactly.
const EXACT: usize = 1 << 22;

/// One line: kept, gone or new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DiffLine<'a> {
    Kept(&'a str),
    Gone(&'a str),
    New(&'a str),
}

/// What leads from one text to the other.
pub(super) fn lines<'a>(old: &'a str, new: &'a str) -> Vec<DiffLine<'a>> {
    let (old, new) = (sections(old), sections(new));
    let mut lines = Vec::new();
    let pairs = pairs(&headers(&old), &headers(&new));
    walk(&pairs, (&old, &new), &mut |old, new| match (old, new) {
        (Some(old), Some(new)) => within(old, new, &mut lines),
        (old, new) => {
            lines.extend(old.into_iter().flatten().map(|line| DiffLine::Gone(line)));
            lines.extend(new.into_iter().flatten().map(|line| DiffLine::New(line)));
        }
    });
    lines
}

fn headers<'a>(sections: &[Vec<&'a str>]) -> Vec<&'a str> {
    sections.iter().map(|lines| header(lines)).collect()
}

fn within<'a>(old: &[&'a str], new: &[&'a str], lines: &mut Vec<DiffLine<'a>>) {
    walk(&pairs(old, new), (old, new), &mut |old, new| {
        lines.extend(match (old, new) {
            (Some(line), Some(_)) => Some(DiffLine::Kept(line)),
            (Some(line), None) => Some(DiffLine::Gone(line)),
            (None, line) => line.map(|line| DiffLine::New(line)),
        });
    });
}

/// Hands over everything in order: what is old only before what is new only, and pairs together.
fn walk<'t, T>(
    pairs: &[(usize, usize)],
    (old, new): (&'t [T], &'t [T]),
    take: &mut impl FnMut(Option<&'t T>, Option<&'t T>),
) {
    let (mut gone, mut come) = (0, 0);
    for (at_old, at_new) in pairs.iter().copied().chain([(old.len(), new.len())]) {
        old[gone..at_old]
            .iter()
            .for_each(|one| take(Some(one), None));
        new[come..at_new]
            .iter()
            .for_each(|one| take(None, Some(one)));
        if at_old < old.len() {
            take(Some(&old[at_old]), Some(&new[at_new]));
        }
        (gone, come) = (at_old + 1, at_new + 1);
    }
}

/// The text's lines, from header to header; what stands before the first one is the first.
fn sections(text: &str) -> Vec<Vec<&str>> {
    let mut sections = vec![Vec::new()];
    for line in text.split_inclusive('\n') {
        if is_header(line) {
            sections.push(Vec::new());
        }
        if let Some(last) = sections.last_mut() {
            last.push(line);
        }
    }
    sections
}

/// The lines around what `sync` keeps up are by themselves: the last one belongs to none of the
/// profiles.
fn is_header(line: &str) -> bool {
    line.starts_with('[') || line.starts_with("# xacct sync ")
}

fn header<'a>(lines: &[&'a str]) -> &'a str {
    lines
        .first()
        .copied()
        .filter(|line| is_header(line))
        .unwrap_or_default()
        .trim_end()
}

/// The places of what is alike, in order.
fn pairs<T: Eq + Hash + Copy>(old: &[T], new: &[T]) -> Vec<(usize, usize)> {
    let first = old
        .iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count();
    let (old_rest, new_rest) = (&old[first..], &new[first..]);
    let last = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let (old_inner, new_inner) = (
        &old_rest[..old_rest.len() - last],
        &new_rest[..new_rest.len() - last],
    );
    let inner = if old_inner.len().saturating_mul(new_inner.len()) <= EXACT {
        longest(old_inner, new_inner)
    } else {
        anchored(old_inner, new_inner)
    };
    let mut all: Vec<(usize, usize)> = (0..first).map(|at| (at, at)).collect();
    all.extend(
        inner
            .into_iter()
            .map(|(old, new)| (old + first, new + first)),
    );
    all.extend(
        (0..last)
            .rev()
            .map(|back| (old.len() - 1 - back, new.len() - 1 - back)),
    );
    all
}

/// The longest common sequence.
fn longest<T: Eq>(old: &[T], new: &[T]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    // How long it is from here to the end.
    let mut length = vec![0_u32; (old.len() + 1) * width];
    for at_old in (0..old.len()).rev() {
        for at_new in (0..new.len()).rev() {
            let here = at_old * width + at_new;
            length[here] = if old[at_old] == new[at_new] {
                length[here + width + 1] + 1
            } else {
                length[here + width].max(length[here + 1])
            };
        }
    }
    let (mut at_old, mut at_new, mut pairs) = (0, 0, Vec::new());
    while at_old < old.len() && at_new < new.len() {
        let here = at_old * width + at_new;
        if old[at_old] == new[at_new] {
            pairs.push((at_old, at_new));
            (at_old, at_new) = (at_old + 1, at_new + 1);
        } else if length[here + width] >= length[here + 1] {
            at_old += 1;
        } else {
            at_new += 1;
        }
    }
    pairs
}

/// For what is large: what stands once in each is alike where it is in the same order, and between
/// two of these the search goes on (a patience diff). It takes little longer than sorting.
fn anchored<T: Eq + Hash + Copy>(old: &[T], new: &[T]) -> Vec<(usize, usize)> {
    let (places_old, places_new) = (unique(old), unique(new));
    let common =
        |(at, one): (usize, &T)| Some((*places_old.get(one)? == at, at, *places_new.get(one)?));
    let common = old.iter().enumerate().filter_map(common);
    let common: Vec<(usize, usize)> = common
        .filter(|(is_here, ..)| *is_here)
        .map(|(_, old, new)| (old, new))
        .collect();
    let anchors = rising(&common);
    if anchors.is_empty() {
        return Vec::new();
    }
    let (mut all, mut from_old, mut from_new) = (Vec::new(), 0, 0);
    for (at_old, at_new) in anchors.iter().copied().chain([(old.len(), new.len())]) {
        let between = pairs(&old[from_old..at_old], &new[from_new..at_new]);
        all.extend(
            between
                .into_iter()
                .map(|(old, new)| (old + from_old, new + from_new)),
        );
        if at_old < old.len() {
            all.push((at_old, at_new));
        }
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
    all
}

/// Where each is that stands there once.
fn unique<T: Eq + Hash + Copy>(all: &[T]) -> HashMap<T, usize> {
    let mut places: HashMap<T, (usize, bool)> = HashMap::with_capacity(all.len());
    for (at, one) in all.iter().enumerate() {
        places
            .entry(*one)
            .and_modify(|(_, is_only)| *is_only = false)
            .or_insert((at, true));
    }
    places
        .into_iter()
        .filter(|(_, (_, is_only))| *is_only)
        .map(|(one, (at, _))| (one, at))
        .collect()
}

/// The most of these pairs, which rise on the left, that rise on the right too.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The last pair of the best sequence of each length, and what comes before each pair in its
    // sequence.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, right)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *right);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut next = ends.last().copied();
    let mut found = Vec::new();
    while let Some(at) = next {
        found.push(pairs[at]);
        next = before[at];
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of<'a>(lines: &[DiffLine<'a>], is_wanted: fn(&DiffLine<'_>) -> bool) -> String {
        let text = |line: &DiffLine<'a>| match line {
            DiffLine::Kept(text) | DiffLine::Gone(text) | DiffLine::New(text) => *text,
        };
        lines
            .iter()
            .filter(|line| is_wanted(line))
            .map(text)
            .collect()
    }

    /// How many lines go and come.
    fn size(old: &str, new: &str) -> (usize, usize) {
        let lines = lines(old, new);
        let count = |is_wanted: fn(&DiffLine<'_>) -> bool| {
            lines.iter().filter(|line| is_wanted(line)).count()
        };
        (
            count(|line| matches!(line, DiffLine::Gone(_))),
            count(|line| matches!(line, DiffLine::New(_))),
        )
    }

    fn profile(name: &str) -> String {
        format!("[profile {name}]\nsso_session = acme\nsso_role_name = R\nregion = eu-west-1\n\n")
    }

    #[test]
    fn a_profile_that_goes_is_not_one_that_is_renamed() {
        let old = [profile("hub-Admin"), profile("hub-ReadOnly")].concat();
        let new = profile("hub-ReadOnly");
        let gone = of(&lines(&old, &new), |line| matches!(line, DiffLine::Gone(_)));
        assert_eq!(gone, profile("hub-Admin"));
        let (old, new) = (profile("hub-Admin"), profile("hub-ReadOnly"));
        assert_eq!(
            of(&lines(&old, &new), |line| matches!(line, DiffLine::Gone(_))),
            old
        );
    }

    /// Every third goes, every tenth is changed, some are new: whatever the number, no more lines
    /// than that.
    #[test]
    fn many_changes_are_as_many_lines_as_they_are() {
        for count in [30, 300, 6000] {
            let old: String = (0..count)
                .map(|number| profile(&format!("p{number:05}")))
                .collect();
            let kept = |number: &usize| !number.is_multiple_of(3);
            let changed = |number: usize| {
                let text = profile(&format!("p{number:05}"));
                if number % 10 == 1 {
                    text.replace("eu-west-1", "us-east-1")
                } else {
                    text
                }
            };
            let new: String =
                (0..count).filter(kept).map(changed).collect::<String>() + &profile("new");
            let others = (0..count)
                .filter(kept)
                .filter(|number| number % 10 == 1)
                .count();
            assert_eq!(
                size(&old, &new),
                (count / 3 * 5 + others, 5 + others),
                "{count}"
            );
        }
    }

    #[test]
    fn large_texts_without_sections_too() {
        let lines: Vec<String> = (0..5000)
            .map(|number| format!("line {number}\nsame\n"))
            .collect();
        let old = lines.concat();
        let new = old
            .replace("line 7\n", "")
            .replace("line 4000\n", "other\n");
        assert_eq!(size(&old, &new), (2, 1));
    }

    proptest! {
        #[test]
        fn it_leads_from_one_text_to_the_other(old in "(\\[?[abc]\n){0,12}", new in "(\\[?[abc]\n){0,12}b?") {
            let lines = lines(&old, &new);
            prop_assert_eq!(of(&lines, |line| !matches!(line, DiffLine::New(_))), old.clone());
            prop_assert_eq!(of(&lines, |line| !matches!(line, DiffLine::Gone(_))), new.clone());
        }

        #[test]
        fn so_does_the_one_for_large_texts(old in prop::collection::vec(0_u8..20, 0..30), new in prop::collection::vec(0_u8..20, 0..30)) {
            let (fast, best) = (anchored(&old, &new), longest(&old, &new));
            prop_assert!(fast.len() <= best.len());
            for pairs in [fast, best] {
                prop_assert!(pairs.iter().all(|(at_old, at_new)| old[*at_old] == new[*at_new]));
                prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
            }
        }
    }
}
