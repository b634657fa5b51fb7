//! Facts about files: who can read and write them, what of the cache and the tokens is of no use.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::catalog;
use super::finding::{Finding, Repair, shell_word};
use crate::config::hints;
use crate::credentials::rfc3339;

/// A file or a directory that is there.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    pub(crate) path: PathBuf,
    /// As people write it.
    pub(crate) shown: String,
    pub(crate) holds: Holds,
    /// The user that it belongs to, where that is another one, and not root: `uid 1001`.
    pub(crate) foreign: Option<String>,
    /// The permissions, 0 to 0o1777; `None` where there is no such thing.
    pub(crate) mode: Option<u32>,
    /// Of an access control list, those who may read it without being the user, and those who may
    /// write to it.
    pub(crate) readers: Vec<String>,
    pub(crate) writers: Vec<String>,
    /// Whether nobody but the user is in its group, as systems have it that give each user one.
    pub(crate) is_group_own: bool,
    /// Whether it is the user's to change, and nobody else can have a use for it.
    pub(crate) is_mendable: bool,
}

/// In a directory with this bit, others can put files and not replace them.
const STICKY: u32 = 0o1000;

/// What others must not do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Keys or tokens: not read it.
    Keys,
    /// What an AWS tool keeps for itself, tokens among it.
    Tokens,
    /// Profiles without keys: not write it.
    Profiles,
    /// Such files: a directory.
    Files,
}

/// Who can do what.
pub(crate) fn permissions(files: &[Owned]) -> Vec<Finding> {
    files.iter().flat_map(of_file).collect()
}

fn of_file(file: &Owned) -> Vec<Finding> {
    if let Some(user) = &file.foreign {
        let message = format!("it belongs to another user ({user})");
        let fix = format!("if it is meant to be yours: {}", own(file));
        return vec![
            Finding::new(&catalog::FILE_FOREIGN, message)
                .in_file(&file.shown)
                .fix(fix),
        ];
    }
    let is_secret = matches!(file.holds, Holds::Keys | Holds::Tokens);
    let found = match file.mode {
        Some(mode) => by_mode(mode, file.holds, file.is_group_own)
            .map(|wanted| (format!("mode {mode:03o}"), wanted)),
        None => by_list(file, is_secret).map(|others| (others, 0)),
    };
    let opened = found.map(|(open, wanted)| opened(file, &open, wanted));
    opened.into_iter().collect()
}

/// Those on its access control list who should not be there, where there are some.
fn by_list(file: &Owned, is_secret: bool) -> Option<String> {
    let readers = file.readers.iter().filter(|_| is_secret);
    let others: Vec<&str> = file
        .writers
        .iter()
        .chain(readers)
        .map(String::as_str)
        .collect();
    Some(others.join(", ")).filter(|others| !others.is_empty())
}

/// The mode that it should have, where that is another one.
fn by_mode(mode: u32, holds: Holds, is_group_own: bool) -> Option<u32> {
    let (open, wanted) = match holds {
        Holds::Keys | Holds::Tokens => (0o077, mode & 0o700),
        Holds::Profiles | Holds::Files if is_group_own => (0o002, mode & !0o002),
        Holds::Profiles | Holds::Files => (0o022, mode & !0o022),
    };
    (mode & open != 0 && mode & STICKY == 0).then_some(wanted)
}

/// `open` says for whom.
fn opened(file: &Owned, open: &str, wanted: u32) -> Finding {
    let kind = match file.holds {
        Holds::Keys => &catalog::KEYS_OPEN,
        Holds::Tokens => &catalog::TOKEN_OPEN,
        Holds::Profiles => &catalog::FILE_WRITABLE,
        Holds::Files => &catalog::DIRECTORY_WRITABLE,
    };
    let message = match file.holds {
        Holds::Keys => format!("other users can get at the keys in it ({open})"),
        Holds::Tokens => format!("other users can get at the tokens in it ({open})"),
        Holds::Profiles => {
            format!("other users can write to it, and name programs that you would run ({open})")
        }
        Holds::Files => format!("other users can put files into it ({open})"),
    };
    let path = file.path.to_string_lossy();
    let kind_of_path = match file.holds {
        Holds::Files => hints::PathKind::Directory,
        Holds::Keys | Holds::Tokens | Holds::Profiles => hints::PathKind::File,
    };
    let fix = hints::restrict(&file.shown, &path, wanted, kind_of_path);
    let finding = Finding::new(kind, message).in_file(&file.shown).fix(fix);
    let repair = Repair::Mode {
        path: file.path.clone(),
        mode: wanted,
    };
    if file.is_mendable {
        finding.repair(repair)
    } else {
        finding
    }
}

fn own(file: &Owned) -> String {
    hints::own(&file.shown, &file.path.to_string_lossy())
}

/// Copies of changed files, by their paths as people write them, and unfinished ones with their
/// paths.
pub(crate) fn left_behind(backups: &[String], unfinished: Vec<(PathBuf, String)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(first) = backups.first() {
        let message = match backups.len() {
            1 => "a copy of what a changed file was before; adopt --undo uses it".to_owned(),
            many => {
                format!("{many} copies of what changed files were before; adopt --undo uses them")
            }
        };
        let fix = "nothing to do: xacct keeps the newest ten of each file, and deletes older ones";
        findings.push(
            Finding::new(&catalog::BACKUPS, message)
                .in_file(first)
                .fix(fix),
        );
    }
    findings.extend(unfinished.into_iter().map(|(path, shown)| {
        let message = "an unfinished file of an xacct that was ended";
        let finding = Finding::new(&catalog::FILE_LEFTOVER, message).in_file(&shown);
        finding
            .fix("xacct doctor --fix    deletes it")
            .repair(Repair::Remove { paths: vec![path] })
    }));
    findings
}

/// What the start-up file of a shell sets up.
pub(crate) fn start_up(shown: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().enumerate();
    let found =
        lines.filter_map(|(index, line)| Some((index + 1, super::known::tool_of_line(line)?)));
    found
        .map(|(line, tool)| {
            let message = format!(
                "the shell is set up for {tool} here, whose variables may come before xacct's"
            );
            let finding = Finding::new(&catalog::OTHER_ALIAS, message).in_line(shown, line);
            finding.fix(format!("delete the line, if {tool} is not used any more"))
        })
        .collect()
}

/// Another tool's directory or file.
pub(crate) fn other_tool(shown: &str, tool: &str) -> Finding {
    let message = format!("{tool} was used here; it may keep credentials in it");
    let finding = Finding::new(&catalog::OTHER_FILES, message).in_file(shown);
    finding.fix(
        "it may be the only place of an access key; xacct does not read it and never removes it",
    )
}

/// A file of `~/.aws/sso/cache`, as far as it is looked at: never a secret.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenSummary {
    access_token: Option<IgnoredAny>,
    client_id: Option<IgnoredAny>,
    refresh_token: Option<IgnoredAny>,
    start_url: Option<String>,
    expires_at: String,
    registration_expires_at: Option<String>,
}

/// `profile_of` finds a profile that signs in at a start URL.
pub(crate) fn token(
    shown: &str,
    text: &str,
    profile_of: &dyn Fn(&str) -> Option<String>,
    now: DateTime<Utc>,
) -> Option<Finding> {
    let file: Option<TokenSummary> = serde_json::from_str(text).ok();
    let file = file.filter(|file| file.access_token.is_some() || file.client_id.is_some());
    let Some((end, file)) = file.and_then(|file| Some((time(&file.expires_at)?, file))) else {
        let finding = Finding::new(
            &catalog::TOKEN_DAMAGED,
            "it is neither a token nor a registration of a client",
        );
        return Some(
            finding
                .in_file(shown)
                .fix("move it to another folder if sign-ins fail; xacct ignores it"),
        );
    };
    if end > now {
        return None;
    }
    let ended = rfc3339(end);
    if file.access_token.is_none() {
        let message = format!("the registration of a client ended at {ended}");
        let finding = Finding::new(&catalog::CLIENT_EXPIRED, message).in_file(shown);
        return Some(finding.fix("nothing need be done: the next sign-in makes another"));
    }
    let registered = file
        .registration_expires_at
        .as_deref()
        .and_then(time)
        .is_some_and(|end| end > now);
    if registered && file.refresh_token.is_some() {
        // It renews itself.
        return None;
    }
    let url = file.start_url.as_deref().unwrap_or("IAM Identity Center");
    let message = format!("the sign-in at {url} ended at {ended}");
    let finding = Finding::new(&catalog::TOKEN_EXPIRED, message).in_file(shown);
    Some(match profile_of(url) {
        Some(profile) => finding.fix(format!("xacct login {}", shell_word(&profile))),
        None => finding.fix("no profile signs in there; xacct logout --all removes every token"),
    })
}

/// RFC 3339, or as the AWS CLI once wrote it: `2020-06-17T10:02:08UTC`.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let text = text
        .strip_suffix("UTC")
        .map_or(text.to_owned(), |text| format!("{text}Z"));
    DateTime::parse_from_rfc3339(&text)
        .ok()
        .map(|at| at.with_timezone(&Utc))
}
