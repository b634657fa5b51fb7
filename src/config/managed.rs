//! The part of `~/.aws/config` that `sync` keeps up for one source, between two marker lines: text
//! in, text out. What stands outside stays as it is, byte for byte; inside, what a person has added
//! to a profile stays too.
//!
//! The marker lines themselves are in `markers`. What the profiles are called is left to `naming`,
//! which names are taken elsewhere to those who ask for the change.

mod markers;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use zeroize::Zeroizing;

use super::edit::{self, Edit, Ini};
use super::header::SectionKind;
use super::index::{self, Found};
use super::keys::Key;
use super::origin::FileKind;
use super::paths::BYTE_ORDER_MARK;
use super::scan::{self, LineKind, Scan};
use crate::arn::Arn;
pub(crate) use markers::Broken;
use markers::{ADVICE, BEGIN, BlockRange, END, MARK};

/// Where the profiles of a block come from; each source has one block.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BlockSource<'a> {
    /// `[sso-session NAME]`
    Sso { session: &'a str },
    /// `role_name` with its path.
    Organizations {
        source_profile: &'a str,
        role_name: &'a str,
    },
}

/// Which role in which account a profile is; what its name is does not count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AccountRole {
    pub(crate) account_id: String,
    pub(crate) role: String,
}

/// A profile as its source has it.
#[derive(Debug, Clone)]
pub(crate) struct Synced {
    pub(crate) name: String,
    pub(crate) identity: AccountRole,
    /// The keys that are the source's to say.
    pub(crate) keys: Vec<(Key, String)>,
    /// For a profile that is new.
    pub(crate) region: Option<String>,
}

/// What is to become of a block.
pub(crate) struct Wish<'a> {
    pub(crate) profiles: &'a [Synced],
    /// Profiles that stay as they are.
    pub(crate) left: &'a HashSet<String>,
    /// Whether those go that are in neither.
    pub(crate) prune: bool,
    /// Whether the region is for profiles that are there already, too.
    pub(crate) set_region: bool,
}

/// What becomes of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BlockUpdate {
    /// The whole file.
    pub(crate) text: String,
    pub(crate) added: usize,
    pub(crate) changed: usize,
    /// Names that were taken out.
    pub(crate) gone: Vec<String>,
    /// Names that would have been.
    pub(crate) kept: Vec<String>,
}

/// One source's block in the file's text.
pub(crate) struct Block<'t> {
    text: &'t str,
    mark: bool,
    label: String,
    /// `None` where the file has no such block yet.
    place: Option<BlockRange>,
    items: Vec<BlockItem<'t>>,
}

/// A section of the block with the comment right above it.
struct BlockItem<'t> {
    text: &'t str,
    /// Empty for what is no profile.
    name: String,
    /// `None` for one that is not of this source.
    identity: Option<AccountRole>,
}

impl BlockSource<'_> {
    /// As the command line has it: `sso acme`.
    pub(crate) fn label(&self) -> String {
        match self {
            BlockSource::Sso { session } => format!("sso {session}"),
            BlockSource::Organizations {
                source_profile,
                role_name,
            } => {
                format!("organizations {source_profile} {role_name}")
            }
        }
    }

    fn identity(&self, item: &str, name: &str) -> Option<AccountRole> {
        let own = Ini::new(FileKind::Config, item).own(name)?;
        match self {
            BlockSource::Sso { session } => {
                let of_session = value(&own, Key::SsoSession) == Some(session);
                let account_id = value(&own, Key::SsoAccountId)?;
                let role = value(&own, Key::SsoRoleName)?;
                of_session.then(|| AccountRole {
                    account_id: account_id.to_owned(),
                    role: role.to_owned(),
                })
            }
            BlockSource::Organizations {
                source_profile,
                role_name,
            } => {
                let role_arn = Arn::parse(value(&own, Key::RoleArn)?)?;
                let role = role_arn.resource.strip_prefix("role/")?;
                let is_own =
                    value(&own, Key::SourceProfile) == Some(source_profile) && role == *role_name;
                let account_id = role_arn.account_id.to_owned();
                is_own.then(|| AccountRole {
                    account_id,
                    role: role.to_owned(),
                })
            }
        }
    }
}

fn value(settings: &[(String, Zeroizing<String>)], key: Key) -> Option<&str> {
    let mut settings = settings.iter();
    let (_, value) = settings.find(|(name, _)| name == key.name())?;
    Some(value)
}

impl<'t> Block<'t> {
    /// Finds the block.
    ///
    /// Errors: the file has markers, of whatever source, that do not belong together.
    pub(crate) fn find(text: &'t str, source: BlockSource<'_>) -> Result<Block<'t>, Broken> {
        let without = text.strip_prefix(BYTE_ORDER_MARK);
        let mark = without.is_some();
        let text = without.unwrap_or(text);
        let label = source.label();
        let place = markers::places(text)?
            .into_iter()
            .find(|(other, _)| *other == label)
            .map(|(_, place)| place);
        let mut block = Block {
            text,
            mark,
            label,
            place,
            items: Vec::new(),
        };
        if let Some(place) = block.place.clone() {
            let sections = index::sections(text, FileKind::Config);
            markers::refuse_what_stands_behind(text, &block.label, &place, &sections)?;
            block.items = items(text, &place, &sections, source);
        }
        Ok(block)
    }

    /// Whether the line, counted from 1, is in the block.
    pub(crate) fn has_line(&self, line: usize) -> bool {
        self.place
            .as_ref()
            .is_some_and(|place| (place.lines.0..=place.lines.1).contains(&line))
    }

    /// What a name of the block stands for; `None` where there is no such profile of this source in
    /// it.
    pub(crate) fn identity(&self, name: &str) -> Option<&AccountRole> {
        self.items
            .iter()
            .find(|item| item.name == name)?
            .identity
            .as_ref()
    }

    /// Puts the profiles into the block, each new one where its name belongs.
    ///
    /// Errors: a sentence, where a name or a value cannot be written there.
    pub(crate) fn write(&self, wish: &Wish<'_>) -> Result<BlockUpdate, String> {
        let (mut added, mut changed, mut gone, mut kept) = (0, 0, Vec::new(), Vec::new());
        let mut items: Vec<(&str, Cow<'_, str>)> = Vec::new();
        for item in &self.items {
            let wanted = wish.profiles.iter().find(|profile| item.is(profile));
            let text = match (wanted, &item.identity) {
                (Some(profile), _) => edited(item.text, profile, wish.set_region)?,
                (None, Some(_)) if wish.left.contains(&item.name) => None,
                (None, Some(_)) if wish.prune => {
                    gone.push(item.name.clone());
                    continue;
                }
                (None, Some(_)) => {
                    kept.push(item.name.clone());
                    None
                }
                (None, None) => None,
            };
            changed += usize::from(text.is_some());
            items.push((
                &item.name,
                text.map_or(Cow::Borrowed(item.text), Cow::Owned),
            ));
        }
        for profile in wish.profiles {
            if self.items.iter().any(|item| item.is(profile)) {
                continue;
            }
            added += 1;
            let place = items
                .iter()
                .position(|(name, _)| *name > profile.name.as_str());
            let text = written(profile)?.replace('\n', edit::line_end(self.text));
            items.insert(
                place.unwrap_or(items.len()),
                (&profile.name, Cow::Owned(text)),
            );
        }
        let is_same = added == 0 && changed == 0 && gone.is_empty();
        let text = if is_same {
            self.text.to_owned()
        } else {
            self.composed(&items)
        };
        let mark = if self.mark { BYTE_ORDER_MARK } else { "" };
        Ok(BlockUpdate {
            text: format!("{mark}{text}"),
            added,
            changed,
            gone,
            kept,
        })
    }

    /// The file with these items in the block, a blank line between two.
    fn composed(&self, items: &[(&str, Cow<'_, str>)]) -> String {
        let end = edit::line_end(self.text);
        let sections: Vec<&str> = items
            .iter()
            .map(|(_, text)| without_blank_end(text))
            .collect();
        let sections = sections.join(end);
        let Some(place) = &self.place else {
            let mut text = self.text.to_owned();
            if !text.is_empty() && !text.ends_with('\n') {
                text.push_str(end);
            }
            if edit::says_something_last(self.text) {
                text.push_str(end);
            }
            let label = &self.label;
            return format!(
                "{text}{MARK}{label}{BEGIN}{ADVICE}{end}{sections}{MARK}{label}{END}{end}"
            );
        };
        let (before, behind) = (
            &self.text[..place.whole.start],
            &self.text[place.whole.end..],
        );
        let first = self
            .items
            .first()
            .map_or(place.inner.end, |item| scan::offset(self.text, item.text));
        let (begin, above) = (
            &self.text[place.whole.start..place.inner.start],
            &self.text[place.inner.start..first],
        );
        if sections.is_empty() && above.trim().is_empty() {
            // With the blank line that was put before it.
            let blank = before.strip_suffix("\r\n\r\n").map(|rest| rest.len() + 2);
            let blank = blank.or_else(|| before.strip_suffix("\n\n").map(|rest| rest.len() + 1));
            return format!("{}{behind}", &before[..blank.unwrap_or(before.len())]);
        }
        format!(
            "{before}{begin}{above}{sections}{}{behind}",
            &self.text[place.inner.end..place.whole.end]
        )
    }
}

impl BlockUpdate {
    pub(crate) fn is_same(&self) -> bool {
        self.added == 0 && self.changed == 0 && self.gone.is_empty()
    }
}

impl BlockItem<'_> {
    fn is(&self, profile: &Synced) -> bool {
        self.name == profile.name && self.identity.as_ref() == Some(&profile.identity)
    }
}

fn items<'t>(
    text: &'t str,
    place: &BlockRange,
    sections: &[Found],
    source: BlockSource<'_>,
) -> Vec<BlockItem<'t>> {
    let inside: Vec<&Found> = sections
        .iter()
        .filter(|section| place.inner.contains(&section.header.start))
        .collect();
    // Each begins with the comment above its header, and ends where the next begins.
    let mut floor = place.inner.start;
    let mut starts = Vec::new();
    for section in &inside {
        starts.push(above(text, floor..section.header.start));
        floor = section.header.end;
    }
    let ends = starts.iter().copied().skip(1).chain([place.inner.end]);
    let mut items = Vec::new();
    for ((start, end), section) in starts.iter().zip(ends).zip(inside) {
        let item = &text[*start..end];
        let name = if section.kind == SectionKind::Profile {
            section.name(text)
        } else {
            ""
        };
        items.push(BlockItem {
            text: item,
            name: name.to_owned(),
            identity: source.identity(item, name),
        });
    }
    items
}

/// Where the comment begins that stands right above the end of the range, as far in as a header.
fn above(text: &str, range: Range<usize>) -> usize {
    let mut start = range.start;
    for line in Scan::below(text, range, 0) {
        if line.what != LineKind::Comment || line.indent() > 0 {
            start = line.end();
        }
    }
    start
}

/// The profile's text with what the source says, where that is something else.
fn edited(item: &str, profile: &Synced, set_region: bool) -> Result<Option<String>, String> {
    let mut ini = Ini::new(FileKind::Config, item);
    let own = ini.own(&profile.name).unwrap_or_default();
    let region = profile
        .region
        .iter()
        .filter(|_| set_region)
        .map(|region| (Key::Region.name(), region));
    let wanted = profile
        .keys
        .iter()
        .map(|(key, value)| (key.name(), value))
        .chain(region);
    let other =
        |(key, value): &(&str, &String)| !own.iter().any(|(own, is)| own == key && **is == **value);
    let with: Vec<(&str, &str)> = wanted
        .filter(other)
        .map(|(key, value)| (key, value.as_str()))
        .collect();
    if with.is_empty() {
        return Ok(None);
    }
    // One by one, so that each stands where it stood.
    for (key, value) in with {
        ini.replace(&[Edit {
            profile: &profile.name,
            gone: vec![key],
            with: vec![(key, value)],
        }])?;
    }
    Ok(Some(ini.into_text().to_string()))
}

/// A new profile's text.
fn written(profile: &Synced) -> Result<String, String> {
    let mut ini = Ini::new(FileKind::Config, "");
    let region = profile
        .region
        .iter()
        .map(|region| (Key::Region.name(), region.as_str()));
    let entries: Vec<(&str, &str)> = profile
        .keys
        .iter()
        .map(|(key, value)| (key.name(), value.as_str()))
        .chain(region)
        .collect();
    ini.add(&profile.name, &entries)?;
    Ok(ini.into_text().to_string())
}

/// Without the blank lines at its end.
fn without_blank_end(text: &str) -> &str {
    let last = Scan::text(text)
        .filter(|line| line.what != LineKind::Blank)
        .last();
    &text[..last.map_or(0, |line| line.end())]
}

#[cfg(test)]
pub(super) mod tests;
