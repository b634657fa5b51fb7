//! How well what was typed fits a text: its characters must stand there in order, and the better
//! they hang together and the more they begin words, the better. After fzy's algorithm, in whole
//! numbers.
//!
//! What comes before and behind the match does not count, so that equal matches are told apart by
//! use.

/// Next to the character before.
const TOGETHER: i32 = 100;
/// At the very beginning, or behind a character that separates words.
const WORD: i32 = 80;
/// A capital behind a small letter, a digit behind something else.
const HUMP: i32 = 70;
/// Each character that is skipped between two that match.
const GAP: i32 = -1;

/// A score that nothing real goes below.
const NONE: i32 = i32::MIN / 2;

/// Higher is better; `None` where it does not fit. Case counts only where `typed` has a capital
/// letter.
pub(super) fn score(typed: &str, text: &[char]) -> Option<i32> {
    let exact = typed.chars().any(char::is_uppercase);
    let typed: Vec<char> = typed.chars().map(|c| fold(c, exact)).collect();
    if typed.is_empty() {
        return Some(0);
    }
    // For the typed characters so far: the best where the last of them stands here, and the best up
    // to here.
    let (mut here, mut upto) = (vec![NONE; text.len()], vec![0; text.len()]);
    for (row, wanted) in typed.iter().enumerate() {
        let (mut diagonal_here, mut diagonal_upto, mut best) = (NONE, NONE, NONE);
        for (at, found) in text.iter().enumerate() {
            let new = if fold(*found, exact) == *wanted {
                let fresh = match (row, at) {
                    (0, _) => bonus(text, at),
                    (_, 0) => NONE,
                    _ => diagonal_upto + bonus(text, at),
                };
                fresh.max(diagonal_here + TOGETHER)
            } else {
                NONE
            };
            (diagonal_here, diagonal_upto) = (here[at], upto[at]);
            best = new.max(if best > NONE { best + GAP } else { NONE });
            (here[at], upto[at]) = (new.max(NONE), best.max(NONE));
        }
    }
    // Not `upto`: what is behind the last match is no gap.
    here.into_iter().max().filter(|best| *best > NONE / 2)
}

fn fold(c: char, exact: bool) -> char {
    if exact {
        c
    } else {
        c.to_lowercase().next().unwrap_or(c)
    }
}

fn bonus(text: &[char], at: usize) -> i32 {
    let Some(before) = at.checked_sub(1).map(|before| text[before]) else {
        return WORD;
    };
    let this = text[at];
    if !before.is_alphanumeric() {
        WORD
    } else if before.is_lowercase() && this.is_uppercase()
        || !before.is_numeric() && this.is_numeric()
    {
        HUMP
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(typed: &str, text: &str) -> Option<i32> {
        score(typed, &text.chars().collect::<Vec<_>>())
    }

    fn is_subsequence(typed: &str, text: &str) -> bool {
        let mut rest = text.chars().flat_map(char::to_lowercase);
        typed
            .chars()
            .flat_map(char::to_lowercase)
            .all(|wanted| rest.any(|found| found == wanted))
    }

    #[test]
    fn better_ones_score_higher() {
        for (typed, better, worse) in [
            ("cl", "client1", "acme-local"),
            ("cp", "client-prod", "client1-p"),
            ("prod", "acme-prod", "a-p-r-o-d"),
            ("prod", "prod", "parood"),
            ("pa", "PartnerAdmin", "xpxa"),
            ("22", "a22", "a2b2"),
            ("ab", "ab", "a-------b"),
        ] {
            assert!(
                of(typed, better) > of(typed, worse),
                "{typed}: {better} {worse}"
            );
        }
    }

    #[test]
    fn what_is_around_does_not_count() {
        assert_eq!(of("cli", "client1"), of("cli", "client1-with-a-long-name"));
        assert_eq!(of("cli", "a client1"), of("cli", "client1"));
    }

    #[test]
    fn capitals_count_where_they_are_typed() {
        assert!(of("client", "CLIENT").is_some() && of("größe", "GRÖSSE").is_none());
        assert!(of("Client", "CLIENT").is_none() && of("CL", "CLIENT").is_some());
        assert_eq!(of("", "x"), Some(0));
        assert!(of("x", "").is_none() && of("ab", "a").is_none() && of("ba", "ab").is_none());
    }

    proptest! {
        #[test]
        fn it_fits_exactly_where_the_characters_stand_in_order(typed in "[abc]{1,5}", text in "[abcd-]{0,12}") {
            prop_assert_eq!(of(&typed, &text).is_some(), is_subsequence(&typed, &text));
        }

        #[test]
        fn it_never_panics_nor_overflows(typed in "\\PC{0,12}", text in "\\PC{0,60}") {
            if let Some(score) = of(&typed, &text) {
                prop_assert!((-1_000..10_000).contains(&score));
            }
        }

        #[test]
        fn a_text_fits_itself_best(text in "[a-z0-9-]{1,12}", other in "[a-z0-9-]{1,12}") {
            prop_assert!(of(&text, &text) >= of(&text, &other));
        }
    }
}
