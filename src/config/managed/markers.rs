//! The lines that a block of `sync` begins and ends with, and what is wrong where they do not
//! belong together.

use std::ops::Range;

use super::super::index::Found;
use super::super::scan::{Line, LineKind, Scan};

/// What a marker line begins with.
pub(super) const MARK: &str = "# xacct sync ";
pub(super) const BEGIN: &str = ": begin";
pub(super) const END: &str = ": end";
pub(super) const ADVICE: &str = " (kept by xacct: profiles of your own stand outside)";

/// A marker that has no other: its line, what is wrong, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) line: usize,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// Where a block is, in bytes and in lines.
#[derive(Debug, Clone)]
pub(super) struct BlockRange {
    /// With the marker lines.
    pub(super) whole: Range<usize>,
    /// Between them.
    pub(super) inner: Range<usize>,
    /// From the marker's line to the other's, both included.
    pub(super) lines: (usize, usize),
}

/// Every block, with the label of its source.
pub(super) fn places(text: &str) -> Result<Vec<(String, BlockRange)>, Broken> {
    let mut places: Vec<(String, BlockRange)> = Vec::new();
    let mut open: Option<(&str, usize, Range<usize>)> = None;
    for line in Scan::text(text).filter(|line| line.what == LineKind::Comment) {
        let (number, range) = (line.number, line.range());
        let Some((label, begins)) = marker(line.text) else {
            continue;
        };
        match (open.take(), begins) {
            (None, true) if places.iter().any(|(other, _)| other == label) => {
                return Err(Broken {
                    line: number,
                    message: format!(
                        "there is a block of 'xacct sync {label}' already, further up"
                    ),
                    hint: "delete one of the two, from its first line to its last".to_owned(),
                });
            }
            (None, true) => open = Some((label, number, range)),
            (Some((opened, first, begin)), false) if opened == label => {
                let (whole, inner) = (begin.start..range.end, begin.end..range.start);
                places.push((
                    label.to_owned(),
                    BlockRange {
                        whole,
                        inner,
                        lines: (first, number),
                    },
                ));
            }
            (Some((opened, first, _)), _) => return Err(without_end(opened, first)),
            (None, false) => {
                return Err(Broken {
                    line: number,
                    message: format!(
                        "the block of 'xacct sync {label}' ends here and begins nowhere"
                    ),
                    hint: format!(
                        "put a line '{MARK}{label}{BEGIN}' where it begins, or delete this one"
                    ),
                });
            }
        }
    }
    match open {
        Some((label, line, _)) => Err(without_end(label, line)),
        None => Ok(places),
    }
}

fn without_end(label: &str, line: usize) -> Broken {
    Broken {
        line,
        message: format!("the block of 'xacct sync {label}' begins here and ends nowhere"),
        hint: format!("put a line '{MARK}{label}{END}' where it ends, or delete this one"),
    }
}

/// The source's label, and whether its block begins with this line.
fn marker(text: &str) -> Option<(&str, bool)> {
    let rest = text.strip_prefix(MARK)?;
    if let Some(label) = rest.strip_suffix(END) {
        return Some((label, false));
    }
    rest.find(BEGIN).map(|at| (&rest[..at], true))
}

/// Between the block's end and the next header, nothing may stand but comments: it would belong to
/// whichever profile is the block's last.
pub(super) fn refuse_what_stands_behind(
    text: &str,
    label: &str,
    place: &BlockRange,
    sections: &[Found],
) -> Result<(), Broken> {
    if !sections
        .iter()
        .any(|section| place.inner.contains(&section.header.start))
    {
        return Ok(());
    }
    let next = sections
        .iter()
        .find(|section| section.header.start >= place.whole.end);
    let end = next.map_or(text.len(), |section| section.header.start);
    let mut behind = Scan::below(text, place.whole.end..end, place.lines.1 + 1);
    match behind.find(Line::says_something) {
        None => Ok(()),
        Some(line) => Err(Broken {
            line: line.number,
            message: format!(
                "this line stands after the block of 'xacct sync {label}' and has no profile"
            ),
            hint: "put it into the profile that it belongs to, or delete it".to_owned(),
        }),
    }
}
