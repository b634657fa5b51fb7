//! Selectors: `client*`, `tag:prod`, `!source:hub`; text and profiles in, the chosen profiles out.
//!
//! What a profile's account, role and source are is `plan`'s to say, and reading the files that
//! `@file` names the caller's.

use glob::Pattern;

use crate::config::nearest;
use crate::error::{Error, Result};

/// What can be said of a profile by a selector.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidate {
    pub(crate) name: String,
    pub(crate) tags: Vec<String>,
    pub(crate) account_id: Option<String>,
    /// The role's name, without its path.
    pub(crate) role: Option<String>,
    /// What `list` shows as its source, and the profiles on the way there.
    pub(crate) sources: Vec<String>,
    /// Not only settings: only such a profile is meant by anything but its name.
    pub(crate) gives_credentials: bool,
}

impl Candidate {
    fn values(&self, field: SelectorField) -> &[String] {
        match field {
            SelectorField::Tag => &self.tags,
            SelectorField::Account => self.account_id.as_slice(),
            SelectorField::Role => self.role.as_slice(),
            SelectorField::Source => &self.sources,
        }
    }
}

/// One selector of the command line or of a file.
#[derive(Debug)]
pub(crate) struct Selector {
    /// As it was written, and where.
    shown: String,
    /// `!…`
    excludes: bool,
    what: Criterion,
}

#[derive(Debug)]
enum Criterion {
    /// `client1`, or a pattern for names where there is no profile of this very name.
    Name(String, Pattern),
    /// `all`
    All,
    By(SelectorField, Pattern),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SelectorField {
    Tag,
    Account,
    Role,
    Source,
}

/// What is written before the colon, and what stands behind it there.
const FIELDS: [(&str, SelectorField); 4] = [
    ("tag:", SelectorField::Tag),
    ("account:", SelectorField::Account),
    ("role:", SelectorField::Role),
    ("source:", SelectorField::Source),
];

/// What a word of the command line is.
#[derive(Debug)]
pub(crate) enum Word {
    Selector(Selector),
    /// `@FILE`, whose lines are selectors; `-` is stdin. With `!`, what they choose is left out.
    File {
        path: String,
        excludes: bool,
    },
}

impl Selector {
    /// Whether it takes a plan to say what it chooses.
    pub(crate) fn needs_plans(&self) -> bool {
        matches!(&self.what, Criterion::By(field, _) if *field != SelectorField::Tag)
    }

    /// `place` is where it is written, for what stands in a file.
    ///
    /// Errors: of kind `Usage`, where it is no pattern.
    pub(crate) fn parse(text: &str, excludes: bool, place: Option<&str>) -> Result<Selector> {
        let shown = match place {
            Some(place) => format!("'{text}' in {place}"),
            None => format!("'{}{text}'", if excludes { "!" } else { "" }),
        };
        let by = FIELDS
            .iter()
            .find_map(|(prefix, field)| Some((*field, text.strip_prefix(prefix)?)));
        let what = match by {
            Some((field, value)) => Criterion::By(field, pattern(value.trim(), &shown)?),
            None if text == "all" => Criterion::All,
            None => Criterion::Name(text.to_owned(), pattern(text, &shown)?),
        };
        Ok(Selector {
            shown,
            excludes,
            what,
        })
    }

    fn chooses(&self, candidate: &Candidate, is_named: bool) -> bool {
        let by = match &self.what {
            Criterion::Name(name, _) if is_named => return candidate.name == *name,
            Criterion::Name(_, pattern) => pattern.matches(&candidate.name),
            Criterion::All => true,
            Criterion::By(field, pattern) => {
                let values = candidate.values(*field);
                values.iter().any(|value| pattern.matches(value))
            }
        };
        by && candidate.gives_credentials
    }

    /// Nothing fits: what may have been meant.
    fn nothing(&self, candidates: &[Candidate], lines: &dyn Fn(&str) -> Vec<String>) -> Error {
        let error = Error::config(format!("no profile matches {}", self.shown));
        if let Criterion::Name(name, _) = &self.what {
            let lines = lines(name);
            if !lines.is_empty() {
                return lines.into_iter().fold(error, Error::hint);
            }
        }
        let (wanted, prefix, mut known) = match &self.what {
            Criterion::All => {
                return error.hint("no profile gives credentials: xacct list    shows them");
            }
            Criterion::Name(name, _) => {
                let names = candidates.iter().map(|candidate| &candidate.name);
                (name.as_str(), "", names.collect::<Vec<_>>())
            }
            Criterion::By(field, pattern) => {
                let (prefix, _) = FIELDS[*field as usize];
                let values = candidates
                    .iter()
                    .flat_map(|candidate| candidate.values(*field));
                (pattern.as_str(), prefix, values.collect())
            }
        };
        known.sort();
        known.dedup();
        let near: Vec<String> = nearest(wanted, &known)
            .into_iter()
            .map(|name| format!("'{prefix}{name}'"))
            .collect();
        match near.as_slice() {
            [] => {
                error.hint("xacct list    shows the profiles with account, role, source and tags")
            }
            near => error.did_you_mean(&near.join(" or ")),
        }
    }
}

fn pattern(text: &str, shown: &str) -> Result<Pattern> {
    Pattern::new(text).map_err(|error| {
        Error::usage(format!(
            "the selector {shown} is not a valid pattern: {}",
            error.msg
        ))
    })
}

/// Reads a word of the command line.
///
/// Errors: of kind `Usage`, where it is no pattern, or there is nothing behind a sign.
pub(crate) fn word(text: &str) -> Result<Word> {
    let (excludes, rest) = match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if rest.is_empty() {
        return Err(Error::usage(format!(
            "'{text}' is not a valid selector: it is empty"
        )));
    }
    match rest.strip_prefix('@') {
        Some("") => Err(Error::usage(format!(
            "'{text}' names no file; '@-' is stdin"
        ))),
        Some(path) => Ok(Word::File {
            path: path.to_owned(),
            excludes,
        }),
        None => Selector::parse(rest, excludes, None).map(Word::Selector),
    }
}

/// The selectors in a file: one a line, `#` begins a comment.
///
/// Errors: of kind `Usage`, with the line.
pub(crate) fn lines(text: &str, path: &str, excludes: bool) -> Result<Vec<Selector>> {
    let mut selectors = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line
            .split_once('#')
            .map_or(line, |(before, _)| before)
            .trim();
        let place = format!("{path}:{}", index + 1);
        let (not, rest) = line
            .strip_prefix('!')
            .map_or((false, line), |rest| (true, rest.trim_start()));
        match rest {
            "" if !not => {}
            "" => return Err(Error::usage(format!("{place}: nothing follows the '!'"))),
            rest if rest.starts_with('@') => {
                return Err(Error::usage(format!(
                    "{place}: a file of selectors names no further file"
                )));
            }
            _ if not && excludes => {
                return Err(Error::usage(format!(
                    "{place}: '!' in a file that is left out as a whole"
                )));
            }
            rest => selectors.push(Selector::parse(rest, not || excludes, Some(&place))?),
        }
    }
    Ok(selectors)
}

/// The positions of the chosen ones, in order. What is excluded is so wherever it stands. `lines`
/// are those of the files that seem to mean a profile of a name that none has.
///
/// Errors: a selector fits nothing, or nothing is left.
pub(crate) fn choose(
    selectors: &[Selector],
    candidates: &[Candidate],
    lines: &dyn Fn(&str) -> Vec<String>,
) -> Result<Vec<usize>> {
    let (mut chosen, mut excluded) = (vec![false; candidates.len()], vec![false; candidates.len()]);
    for selector in selectors {
        let is_named = match &selector.what {
            Criterion::Name(name, _) => candidates.iter().any(|candidate| candidate.name == *name),
            Criterion::All => {
                refuse_ambiguous(candidates)?;
                false
            }
            Criterion::By(..) => false,
        };
        let into = if selector.excludes {
            &mut excluded
        } else {
            &mut chosen
        };
        let mut fits = false;
        for (candidate, is_in) in candidates.iter().zip(into) {
            if selector.chooses(candidate, is_named) {
                (fits, *is_in) = (true, true);
            }
        }
        if !fits {
            return Err(selector.nothing(candidates, lines));
        }
    }
    if !selectors.iter().any(|selector| !selector.excludes) {
        return Err(
            Error::usage("the selectors only say what to leave out").hint("begin with: all")
        );
    }
    let left: Vec<usize> = (0..candidates.len())
        .filter(|index| chosen[*index] && !excluded[*index])
        .collect();
    if left.is_empty() {
        return Err(Error::config(
            "no profile is left: all that are chosen are excluded too",
        ));
    }
    Ok(left)
}

/// One profile is not what `all` should ever turn into, nor the other way round.
fn refuse_ambiguous(candidates: &[Candidate]) -> Result<()> {
    if !candidates.iter().any(|candidate| candidate.name == "all") {
        return Ok(());
    }
    Err(
        Error::usage("'all' is every profile, and there is a profile of that name too")
            .hint("write '[a]ll' for that profile, or '*' for every one"),
    )
}

#[cfg(test)]
mod tests;
