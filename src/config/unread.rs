//! What stands where no program reads it, and the profiles that it seems to be meant for: below a
//! header that is not quite one, or in a table of the settings file whose profile is not there.
//! Refusing what is guarded there is left to `plan`.

use std::collections::HashMap;
use std::ops::Range;

use super::Config;
use super::bare;
use super::body;
use super::file::ProfileFile;
use super::header::{HeaderFlaw, SectionKind};
use super::index::Found;
use super::keys::{Key, Weight};
use super::meant::{self, Meant, Names};
use super::misspelt::key_meant;
use super::origin::{FileKind, Origin, Problem};
use super::section::Section;
use super::sections_used::Parts;

/// The keys that limit or protect a profile, and that no program but xacct reads.
const OF_XACCT: [&str; 4] = [
    "read_only",
    "session_policy",
    "session_policy_arns",
    "confirm",
];

/// What of `[DEFAULT]` is meant for every profile, whatever it is.
const OF_ALL: [&str; 6] = [
    "read_only",
    "session_policy",
    "session_policy_arns",
    "confirm",
    "external_id",
    "mfa_serial",
];

/// What is not read, and for whom.
#[derive(Default)]
pub(super) struct Unread {
    by_profile: HashMap<String, Vec<Place>>,
    /// What no profile can be found for.
    of_nobody: Vec<Place>,
    /// `[DEFAULT]`, which the AWS CLI gives to every profile.
    of_all: Vec<Place>,
    /// Lines in a profile's sections that name another profile.
    headers: HashMap<String, Vec<Origin>>,
}

/// Where it is.
#[derive(Clone)]
enum Place {
    /// A section, by its place in its file.
    Section {
        file: FileKind,
        at: usize,
        /// It may be another tool's: what xacct alone reads counts, and nothing else.
        is_tools: bool,
    },
    /// Below a line that is no header, or before every header.
    Lines {
        file: FileKind,
        number: usize,
        below: Range<usize>,
    },
    /// A table of the settings file.
    Table(usize),
}

impl Config {
    /// Puts in what is not read and seems to be meant for this profile, each with the reason first.
    pub(super) fn put_unread(&self, profile: &mut Section, parts: &Parts<'_>) {
        let name = profile.name.clone();
        let mut sections = self.replaced(&name, parts);
        sections.extend(self.of_another_kind(&name));
        sections.extend(self.nearly_named(&name));
        let unread = self.unread.get_or_init(|| self.find_unread());
        for place in &unread.of_all {
            let mut section = self.section_at(place, &name);
            section.keep(&OF_ALL);
            section.drop_those(|key| profile.named(key).is_some());
            profile.inherited.push(section);
        }
        let places = unread.by_profile.get(&name).into_iter().flatten();
        sections.extend(places.map(|place| self.section_at(place, &name)));
        for section in &sections {
            let why = section.problems.first();
            let why = why.filter(|why| !profile.problems.contains(why));
            profile.problems.extend(why.cloned());
        }
        profile.unread = sections;
        let headers = unread.headers.get(&name).into_iter().flatten();
        profile.headers.extend(headers.cloned());
    }

    /// What is not read and cannot be told to be any profile's, each with the reason first.
    pub(crate) fn unread_of_nobody(&self) -> Vec<Section> {
        let unread = self.unread.get_or_init(|| self.find_unread());
        let places = unread.of_nobody.iter();
        places.map(|place| self.section_at(place, "")).collect()
    }

    /// `[default]` beside `[profile default]`, which replaces it as in the SDKs: of those, none
    /// knows what xacct alone reads.
    fn replaced(&self, name: &str, parts: &Parts<'_>) -> Vec<Section> {
        let Some(instead) = parts.config.first() else {
            return Vec::new();
        };
        let why = format!(
            "[default] is ignored: [profile default] in line {} replaces it",
            instead.line
        );
        let of_xacct = |found: &&Found| {
            let mut section = self.config.unread(found, name, &why);
            section.keep(&OF_XACCT);
            section
        };
        parts.plain_default.iter().map(of_xacct).collect()
    }

    /// `[sso-session client1]` and `[services client1]` beside the profile of that name.
    fn of_another_kind(&self, name: &str) -> Vec<Section> {
        let kinds = [
            (SectionKind::SsoSession, "sso-session"),
            (SectionKind::Services, "services"),
        ];
        let mut sections = Vec::new();
        for (kind, prefix) in kinds {
            let why = format!("[{prefix} {name}] is no profile");
            for found in self.config.find(kind, name) {
                let mut section = self.config.unread(found, name, &why);
                section.drop_those(|key| key.starts_with("sso_"));
                if says_something(&section) {
                    sections.push(section);
                }
            }
        }
        sections
    }

    fn section_at(&self, place: &Place, name: &str) -> Section {
        match place {
            Place::Section { file, at, is_tools } => {
                let file = self.aws_file(*file);
                let found = &file.sections.all[*at];
                let mut section = file.unread(found, name, why(file, found));
                if *is_tools {
                    section.keep(&OF_XACCT);
                }
                section
            }
            Place::Lines {
                file,
                number,
                below,
            } => self.aws_file(*file).unread_lines(*number, below, name),
            Place::Table(at) => {
                let mut section = self.settings.profiles[*at].clone();
                let message = format!(
                    "[profile.{}] is ignored: no file defines such a profile",
                    section.name
                );
                let origin = section.origin.clone();
                section.problems.push(Problem { origin, message });
                section
            }
        }
    }

    fn aws_file(&self, file: FileKind) -> &ProfileFile {
        if file == FileKind::Credentials {
            &self.credentials
        } else {
            &self.config
        }
    }

    fn find_unread(&self) -> Unread {
        let files = [
            (FileKind::Config, &self.config),
            (FileKind::Credentials, &self.credentials),
        ];
        let bare = files.map(|(_, file)| bare::lines(file.text(), &file.sections.all));
        let tables = self.orphans();
        let has_unread = files
            .iter()
            .any(|(_, file)| file.sections.has_unread || file.first_outside().is_some());
        let mut unread = Unread::default();
        if bare.iter().all(Vec::is_empty) && tables.is_empty() && !has_unread {
            return unread;
        }
        let parts = self.parts();
        let is_orphan = |name: &str| {
            let mut orphans = tables.iter().map(|at| &self.settings.profiles[*at].name);
            orphans.any(|orphan| orphan == name)
        };
        let there = parts.iter().filter(|(_, parts)| parts.any());
        let names = there.map(|(name, _)| *name).filter(|name| !is_orphan(name));
        let names = Names::of(names);
        for ((kind, file), bare) in files.into_iter().zip(bare) {
            unread.sections(kind, file, &names);
            unread.lines(kind, file, &bare, &names);
        }
        for at in tables {
            self.put_table(at, &names, &mut unread);
        }
        unread
    }

    fn put_table(&self, at: usize, names: &Names<'_>, unread: &mut Unread) {
        let table = &self.settings.profiles[at];
        let meant = meant::read(&table.name).unwrap_or_default();
        let like = names.like(&meant.names).into_iter();
        let like: Vec<&str> = like.filter(|name| *name != table.name).collect();
        if like.is_empty() && self.is_usual() {
            unread.of_nobody.push(Place::Table(at));
        }
        unread.put(like, &Place::Table(at));
    }
}

/// Whether any key decides something, if it were a profile's.
fn says_something(section: &Section) -> bool {
    let decides = |name: &str| {
        let key = Key::of(name).or_else(|| key_meant(name));
        key.is_some_and(|key| key.weight() == Weight::Decides)
    };
    let mut keys = section.iter().map(|(key, _)| key);
    keys.any(decides) || section.lost.iter().any(|(key, _)| decides(key))
}

/// Why the section is not read, where its header has nothing wrong in itself.
fn why(file: &ProfileFile, found: &Found) -> &'static str {
    if found.is_disguised(file.text()) {
        "something in the name cannot be seen: it is another profile's"
    } else if found.kind == SectionKind::Spaced {
        "in this file a profile is written [NAME], without a word before it"
    } else {
        ""
    }
}

impl Unread {
    fn put(&mut self, names: Vec<&str>, place: &Place) {
        for name in names {
            let places = self.by_profile.entry(name.to_owned()).or_default();
            places.push(place.clone());
        }
    }

    fn sections(&mut self, kind: FileKind, file: &ProfileFile, names: &Names<'_>) {
        let text = file.text();
        for (at, found) in file.sections.all.iter().enumerate() {
            let name = file.name(found);
            let is_disguised = found.is_disguised(text);
            if !is_disguised && (!found.is_unread() || names.has(name)) {
                continue;
            }
            let Some(meant) = file.meant(found) else {
                continue;
            };
            let place = Place::Section {
                file: kind,
                at,
                is_tools: meant.is_tools,
            };
            if kind == FileKind::Config && meant.names.first().is_some_and(|name| name == "DEFAULT")
            {
                self.of_all.push(place);
                continue;
            }
            let mut like = names.like(&meant.names);
            like.retain(|like| *like != name);
            if like.is_empty() && meant.is_nameless {
                self.put(above(file, at), &place);
                self.of_nobody.push(place);
            } else if like.is_empty() && !is_disguised {
                self.of_nobody.push(Place::Section {
                    file: kind,
                    at,
                    is_tools: true,
                });
            } else {
                self.put(like, &place);
            }
        }
    }

    /// What stands below lines that seem to be headers, and before every header.
    fn lines(
        &mut self,
        file: FileKind,
        text: &ProfileFile,
        bare: &[bare::Bare<'_>],
        names: &Names<'_>,
    ) {
        let mut is_outside = text.sections.start() > 0;
        for line in bare {
            let Some(Meant {
                names: meant,
                is_nameless,
                ..
            }) = meant::read(line.text)
            else {
                continue;
            };
            let own = line.section.map(|at| text.name(&text.sections.all[at]));
            let like = names.like(&meant);
            let place = Place::Lines {
                file,
                number: line.number,
                below: line.below.clone(),
            };
            is_outside &= like.is_empty() || line.section.is_some();
            if like.is_empty() && is_nameless && body::is_like_header(line.text) {
                self.of_nobody.push(place);
            } else if !like.is_empty() {
                let own = own.filter(|own| !like.contains(own) && text.sets_a_key(&line.below));
                if let Some(own) = own {
                    let headers = self.headers.entry(own.to_owned()).or_default();
                    headers.push(text.origin(line.number));
                }
                self.put(like, &place);
            }
        }
        if is_outside {
            self.of_nobody.push(Place::Lines {
                file,
                number: 0,
                below: 0..text.sections.start(),
            });
        }
    }
}

/// The profile whose section goes on below a header without a `]`, if that is none.
fn above(file: &ProfileFile, at: usize) -> Vec<&str> {
    let is_unclosed = file.sections.all[at].flaw == Some(HeaderFlaw::Unclosed);
    let above = at.checked_sub(1).map(|above| &file.sections.all[above]);
    let above = above
        .filter(|above| matches!(above.kind, SectionKind::Profile | SectionKind::PlainDefault));
    let names = above.filter(|_| is_unclosed).map(|above| file.name(above));
    names.into_iter().collect()
}
