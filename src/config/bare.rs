//! Lines that seem to be headers without brackets, `profile client1`: for no program are they any,
//! and what stands below them is the section's above. Found for the whole file at once, without
//! parsing it.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use super::header;
use super::index::Found;
use super::scan::{self, BLANK};

/// Such a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bare<'t> {
    pub(super) text: &'t str,
    /// Counted from 1.
    pub(super) number: usize,
    /// What stands below it, up to the next header.
    pub(super) below: Range<usize>,
    /// The section that it stands in.
    pub(super) section: Option<usize>,
}

/// All of them, those that name no profile too: any line that sets nothing, or, where it may
/// continue a value, one that begins with the word `profile`.
pub(super) fn lines<'t>(text: &'t str, sections: &[Found]) -> Vec<Bare<'t>> {
    let mut bare = Vec::new();
    let (mut start, mut number) = (0, 1);
    for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        if may_be_header(&text[start..end]) {
            let next = sections.partition_point(|section| section.header.start <= start);
            let is_header = next > 0 && sections[next - 1].header.start == start;
            let stop = sections
                .get(next)
                .map_or(text.len(), |next| next.header.start);
            if !is_header {
                bare.push(Bare {
                    text: scan::trimmed(scan::without_line_end(&text[start..end])),
                    number,
                    below: (end + 1).min(stop)..stop,
                    section: next.checked_sub(1),
                });
            }
        }
        (start, number) = (end + 1, number + 1);
    }
    bare
}

fn may_be_header(line: &str) -> bool {
    let bytes = line.as_bytes();
    // What begins with a bracket is a header, closed or not, or a part of a value.
    let Some(first) = bytes.iter().find(|byte| !matches!(byte, b' ' | b'\t')) else {
        return false;
    };
    if matches!(first, b'#' | b';' | b'[' | b'\r') || has_equals(bytes) {
        return false;
    }
    let shown = scan::visible(line);
    let shown = shown.trim_matches(|c: char| !c.is_alphanumeric());
    let is_indented = line.starts_with(BLANK);
    !is_key_with_colon(shown)
        && (!is_indented || (shown.contains(BLANK) && header::is_like_prefix(shown)))
}

/// In most lines it stands among the first bytes, which are looked at all at once.
fn has_equals(line: &[u8]) -> bool {
    let near = line.first_chunk::<16>();
    let is_near = near.is_some_and(|bytes| {
        let found = bytes.iter().map(|byte| u8::from(*byte == b'='));
        found.sum::<u8>() > 0
    });
    is_near || memchr(b'=', line).is_some()
}

/// `region: eu-west-1`, which the AWS CLI reads.
fn is_key_with_colon(line: &str) -> bool {
    let colon = line.split_once(':');
    colon.is_some_and(|(key, value)| {
        !key.contains(BLANK) && value.starts_with(BLANK) && !header::is_like_prefix(key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FileKind;
    use crate::config::index::sections;

    #[test]
    fn they_are_found_with_what_stands_below_them() {
        let text = "first\na = 1\n[profile x]\na-very-long-key-of-some-tool = 1\nprofile y\nb = 2\n  \
                    profile z\n  z\nregion: eu\n# no\n\n[profile w]\n\tprofile v\nlast";
        let found = sections(text, FileKind::Config);
        let bare = lines(text, &found);
        let shown: Vec<_> = bare
            .iter()
            .map(|line| {
                (
                    line.text,
                    line.number,
                    line.section,
                    &text[line.below.clone()],
                )
            })
            .collect();
        let below = "b = 2\n  profile z\n  z\nregion: eu\n# no\n\n";
        assert_eq!(
            shown,
            [
                ("first", 1, None, "a = 1\n"),
                ("profile y", 5, Some(0), below),
                ("profile z", 7, Some(0), &below[18..]),
                ("profile v", 13, Some(1), "last"),
                ("last", 14, Some(1), ""),
            ]
        );
        assert_eq!(lines("", &[]), []);
    }
}
