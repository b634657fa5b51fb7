//! The files, each by itself: what cannot be read is a finding, and the rest is looked at all
//! the same.

use zeroize::Zeroizing;

use crate::commands::context::Context;
use crate::config::{Config, FileKind, Paths, Texts};
use crate::doctor::{Finding, catalog, said};
use crate::error::{Error, Place};
use crate::files;

pub(super) struct ReadFiles {
    pub(super) paths: Paths,
    /// As on disk.
    raw: Texts,
    /// Without the files that could not be read.
    pub(super) config: Config,
    /// What could not be read.
    pub(super) findings: Vec<Finding>,
}

impl ReadFiles {
    pub(super) fn new(context: &Context) -> ReadFiles {
        let paths = Paths::from_env(&context.env);
        let (mut raw, mut errors) = (Texts::default(), Vec::new());
        for (file, read) in files::read_each(&paths) {
            let text = read.unwrap_or_else(|error| {
                errors.push((file, error));
                None
            });
            match file {
                FileKind::Config => raw.config = text,
                FileKind::Credentials => raw.credentials = text,
                FileKind::Settings => raw.settings = text,
            }
        }
        raw.keys = files::read_index(&paths).unwrap_or_else(|error| {
            errors.push((FileKind::Settings, error));
            None
        });
        let texts = raw.clone().without_marks();
        let made = Config::new(paths.clone(), texts.clone()).or_else(|error| {
            let without_keys = Texts {
                keys: None,
                ..texts.clone()
            };
            let is_of_index = error.id == Some(catalog::KEYS_INDEX.id);
            errors.push((FileKind::Settings, error));
            if is_of_index {
                return Config::new(paths.clone(), without_keys);
            }
            Ok(Config::without_settings(paths.clone(), without_keys))
        });
        let config = made.unwrap_or_else(|error| {
            errors.push((FileKind::Settings, error));
            Config::without_settings(paths.clone(), texts)
        });
        let findings = errors
            .into_iter()
            .map(|(file, error)| finding(&config, file, &error))
            .collect();
        ReadFiles {
            paths,
            raw,
            config,
            findings,
        }
    }

    /// Whether the profiles are what the files say.
    pub(super) fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    /// The AWS files that are there, with the paths that people are shown.
    pub(super) fn texts(&self) -> Vec<(FileKind, String, &str)> {
        [FileKind::Config, FileKind::Credentials]
            .into_iter()
            .filter_map(|file| Some((file, self.paths.display(file), self.raw.of(file)?.as_str())))
            .collect()
    }

    /// The files that are there.
    pub(super) fn shown(&self) -> Vec<String> {
        let files = [FileKind::Config, FileKind::Credentials, FileKind::Settings];
        files
            .into_iter()
            .filter(|file| {
                self.raw
                    .of(*file)
                    .is_some_and(|text: &Zeroizing<String>| !text.is_empty())
            })
            .map(|file| self.paths.display(file))
            .collect()
    }
}

fn finding(config: &Config, file: FileKind, error: &Error) -> Finding {
    let kind = match error.id {
        Some("file-unreadable") => &catalog::FILE_UNREADABLE,
        Some("keys-index-unreadable") => &catalog::KEYS_INDEX,
        Some("file-not-utf8") => &catalog::FILE_NOT_UTF8,
        _ => &catalog::SETTINGS_BROKEN,
    };
    let paths = config.paths();
    let path = if *kind == catalog::KEYS_INDEX {
        paths.shown(&paths.keys)
    } else {
        paths.display(file)
    };
    let finding = Finding::new(kind, said(error));
    let finding = match error.place.as_deref() {
        Some(Place::Line { file, line }) => finding.in_line(file, *line),
        _ => finding.in_file(&path),
    };
    match error.hint_texts().as_slice() {
        [] => finding,
        hints => finding.fix(hints.join("; ")),
    }
}
