//! In whose section a line stands. A profile that includes another, or has its keys from it, shares
//! its lines.

use std::collections::HashMap;

use crate::config::{Key, Origin, Profile};

/// The profiles by the lines of their own sections.
pub(super) struct Holders<'p> {
    by_line: HashMap<(&'p str, usize), (Rank, &'p Profile)>,
}

/// How far below its profile's header a line stands, and whether the profile includes another; the
/// least is the holder.
type Rank = (usize, bool);

impl<'p> Holders<'p> {
    pub(super) fn of(profiles: impl Iterator<Item = &'p Profile>) -> Holders<'p> {
        let mut by_line: HashMap<(&str, usize), (Rank, &Profile)> = HashMap::new();
        for profile in profiles {
            for (_, setting) in profile.iter() {
                let found = (rank(profile, &setting.origin), profile);
                let known = by_line
                    .entry((&*setting.origin.path, setting.origin.line))
                    .or_insert(found);
                if found.0 < known.0 {
                    *known = found;
                }
            }
        }
        Holders { by_line }
    }

    /// `None` where no profile has a setting in this line.
    pub(super) fn at(&self, path: &str, line: usize) -> Option<&'p Profile> {
        self.by_line.get(&(path, line)).map(|(_, profile)| *profile)
    }
}

fn rank(profile: &Profile, line: &Origin) -> Rank {
    let header = &profile.origin;
    let is_above = header.path == line.path && header.line <= line.line;
    let distance = if is_above {
        line.line - header.line
    } else {
        usize::MAX
    };
    (distance, profile.get(Key::IncludeProfile).is_some())
}
