//! Facts from the disk: who can read and write the files, what is in the cache and among the
//! tokens, what other tools have left. What they mean is decided in `doctor`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::{self, DirectoryHealth, Health, Useless};
use crate::commands::context::Context;
use crate::config::{ByFile, Config, FileKind, Key, MfaSettings, Paths, hints};
use crate::doctor::disk::{self, Holds, Owned};
use crate::doctor::process::{self, ProgramLookup};
use crate::doctor::{self, Finding, Looked, Planned, Repair, catalog, known};
use crate::mfa::Prompter;
use crate::refusal;
use crate::system::access;

/// Larger than any start-up file or token that is looked at.
const MAX_SIZE: u64 = 1 << 20;

/// An unfinished file that is older than this, in seconds, is nobody's any more.
const UNFINISHED: i64 = 3600;

/// The files of profiles and their directories.
pub(super) fn permissions(config: &Config) -> Vec<Finding> {
    let paths = config.paths();
    let profiles = config.profiles_by_file();
    let mut files = Vec::new();
    for file in [FileKind::Config, FileKind::Credentials, FileKind::Settings] {
        let holds = if profiles.iter().any(|own| holds_keys(own, file)) {
            Holds::Keys
        } else {
            Holds::Profiles
        };
        files.extend(owned(paths, paths.of(file), holds));
    }
    files.extend(
        directories(paths)
            .iter()
            .filter_map(|dir| owned(paths, dir, Holds::Files)),
    );
    disk::permissions(&files)
}

/// Whether this file has a secret of the profile.
fn holds_keys(profile: &ByFile<'_>, file: FileKind) -> bool {
    let secret = [
        Key::AwsSecretAccessKey,
        Key::AwsSessionToken,
        Key::AwsSecurityToken,
    ];
    let own = match file {
        FileKind::Config => profile.config.as_ref(),
        FileKind::Credentials => profile.credentials.as_ref(),
        FileKind::Settings => profile.settings,
    };
    own.is_some_and(|own| secret.iter().any(|key| own.get(*key).is_some()))
}

/// The directories of the three files, each once.
fn directories(paths: &Paths) -> Vec<PathBuf> {
    let dirs = [&paths.config, &paths.credentials, &paths.settings]
        .into_iter()
        .filter_map(|path| path.parent());
    let mut dirs: Vec<PathBuf> = dirs
        .filter(|dir| !dir.as_os_str().is_empty())
        .map(Path::to_owned)
        .collect();
    dirs.sort();
    dirs.dedup();
    dirs
}

/// A directory that was chosen by a variable may be one that others work in.
fn is_usual(paths: &Paths, path: &Path) -> bool {
    paths
        .home
        .as_ref()
        .is_some_and(|home| path.starts_with(home.join(".aws")))
        || path.file_name().is_some_and(|name| name == "xacct")
}

fn owned(paths: &Paths, path: &Path, holds: Holds) -> Option<Owned> {
    let access = access::of(path)?;
    Some(Owned {
        path: path.to_owned(),
        shown: paths.shown(path),
        holds,
        foreign: access.foreign,
        mode: access.mode,
        readers: access.readers,
        writers: access.writers,
        is_group_own: access.is_group_own,
        is_mendable: access.is_ours && (holds != Holds::Files || is_usual(paths, path)),
    })
}

/// What changes of the files have left beside them.
pub(super) fn left_behind(context: &Context, paths: &Paths) -> Vec<Finding> {
    let now = (context.now)();
    let mut backups: Vec<(String, String)> = Vec::new();
    let mut unfinished = Vec::new();
    for path in directories(paths).iter().flat_map(|dir| listed(dir)) {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if let Some((_, stamp)) = name.split_once(".xacct-backup-") {
            backups.push((stamp.to_owned(), paths.shown(&path)));
        } else if name.starts_with('.')
            && name.contains(".xacct-")
            && path.extension().is_some_and(|ending| ending == "tmp")
        {
            let written = fs::symlink_metadata(&path).and_then(|metadata| metadata.modified());
            let is_old = written.is_ok_and(|at| {
                (now - chrono::DateTime::<chrono::Utc>::from(at)).num_seconds() > UNFINISHED
            });
            unfinished.extend(is_old.then(|| (path.clone(), paths.shown(&path))));
        }
    }
    backups.sort();
    let backups: Vec<String> = backups.into_iter().map(|(_, shown)| shown).collect();
    disk::left_behind(&backups, unfinished)
}

/// The paths in a directory, sorted; nothing where there is none.
fn listed(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

/// xacct's own cache.
pub(super) fn cache(context: &Context, paths: &Paths) -> (Vec<Finding>, Looked) {
    let store = match context.store() {
        Ok(store) => store,
        Err(error) => {
            let finding = Finding::new(&catalog::CACHE_UNUSABLE, error.to_string())
                .fix(error.hint_texts().join("; "));
            return (
                vec![finding],
                Looked::not("cache entries", "no home directory found"),
            );
        }
    };
    let health = cache::health(&store, (context.now)());
    let shown = paths.shown(&health.path);
    let findings = of_directory(&health, &shown)
        .into_iter()
        .chain(of_entries(&health, paths))
        .collect();
    (findings, Looked::at("cache", vec![shown]))
}

/// When the profile's credentials could not be had, and why. What is said of the cache is said
/// elsewhere.
pub(super) fn last_refusal(context: &Context, profile: &str) -> Option<Finding> {
    let found = refusal::last(&context.store().ok()?, profile)?;
    Some(doctor::last_refusal(
        profile,
        found.time,
        found.caller.as_deref(),
        &found.message,
        &found.hints,
    ))
}

fn of_directory(health: &Health, shown: &str) -> Option<Finding> {
    let finding = match &health.directory {
        DirectoryHealth::Missing | DirectoryHealth::Good => return None,
        DirectoryHealth::Unusable(why) => Finding::new(
            &catalog::CACHE_UNUSABLE,
            format!("nothing is cached: {why}"),
        )
        .fix("set XACCT_CACHE_DIR to a directory of your own"),
        DirectoryHealth::Foreign(user) => {
            let message = format!("nothing is cached: it belongs to another user ({user})");
            Finding::new(&catalog::CACHE_FOREIGN, message)
                .fix("set XACCT_CACHE_DIR to a directory of your own")
        }
        DirectoryHealth::Open(who) => {
            let message = format!("nothing is cached: others can write to it ({who})");
            let path = health.path.to_string_lossy();
            let repair = Repair::Mode {
                path: health.path.clone(),
                mode: 0o700,
            };
            Finding::new(&catalog::CACHE_OPEN, message)
                .fix(hints::restrict(
                    shown,
                    &path,
                    0o700,
                    hints::PathKind::Directory,
                ))
                .repair(repair)
        }
    };
    Some(finding.in_file(shown))
}

fn of_entries(health: &Health, paths: &Paths) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut expired, mut unfinished) = (Vec::new(), Vec::new());
    for (path, useless) in &health.useless {
        let shown = paths.shown(path);
        let (kind, why) = match useless {
            Useless::Expired => {
                expired.push(path.clone());
                continue;
            }
            Useless::Unfinished => {
                unfinished.push(path.clone());
                continue;
            }
            Useless::Newer(why) => {
                let finding =
                    Finding::new(&catalog::ENTRY_NEWER, format!("not used: {why}")).in_file(&shown);
                findings.push(finding.fix("use the newer xacct, or leave it: it goes by itself"));
                continue;
            }
            Useless::Open(why) => (&catalog::ENTRY_OPEN, why),
            Useless::Damaged(why) => (&catalog::ENTRY_DAMAGED, why),
        };
        let finding = Finding::new(kind, format!("not used: {why}"))
            .in_file(&shown)
            .fix(hints::remove(&shown, &path.to_string_lossy()));
        findings.push(finding.repair(Repair::Remove {
            paths: vec![path.clone()],
        }));
    }
    let shown = paths.shown(&health.path);
    if let Some(message) = counted(expired.len(), ["expired entry", "expired entries"]) {
        let finding = Finding::new(&catalog::ENTRY_EXPIRED, message)
            .in_file(&shown)
            .fix("nothing need be done: it goes by itself a day after its end");
        findings.push(finding.repair(Repair::Remove { paths: expired }));
    }
    if let Some(message) = counted(unfinished.len(), ["unfinished file", "unfinished files"]) {
        let finding = Finding::new(&catalog::CACHE_LEFTOVER, message)
            .in_file(&shown)
            .fix("nothing need be done: it goes by itself after a day");
        findings.push(finding.repair(Repair::Remove { paths: unfinished }));
    }
    findings
}

fn counted(count: usize, [one, many]: [&str; 2]) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}

/// The caches of the AWS CLI: tokens of Identity Center, and what else is in them that others must
/// not read.
pub(super) fn tokens(context: &Context, paths: &Paths, planned: &[Planned]) -> Vec<Finding> {
    let Some(home) = &context.env.home else {
        return Vec::new();
    };
    let now = (context.now)();
    let mut findings = Vec::new();
    for dir in ["sso/cache", "cli/cache", "login/cache"] {
        let mut files = listed(&home.join(".aws").join(dir));
        files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
        for path in files {
            let file = owned(paths, &path, Holds::Tokens);
            findings.extend(disk::permissions(file.as_slice()));
            if dir == "sso/cache" {
                let text = small(&path).unwrap_or_default();
                findings.extend(disk::token(
                    &paths.shown(&path),
                    &text,
                    &|url| signed_in(planned, url),
                    now,
                ));
            }
        }
    }
    findings
}

/// The first profile that signs in there.
fn signed_in(planned: &[Planned], url: &str) -> Option<String> {
    let end = ['/', '#'];
    let mut planned = planned.iter();
    let one = planned.find(|one| {
        let sso = one.plan.as_ref().ok().and_then(|plan| plan.sso());
        sso.is_some_and(|sso| sso.start_url.trim_end_matches(end) == url.trim_end_matches(end))
    });
    one.map(|one| one.profile.name.clone())
}

/// What other tools have left in the home directory and in shells' start-up files.
pub(super) fn other_tools(context: &Context, paths: &Paths) -> Vec<Finding> {
    let Some(home) = &context.env.home else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (name, tool) in known::FILES {
        let path = home.join(name);
        if path.exists() {
            findings.push(disk::other_tool(&paths.shown(&path), tool));
        }
    }
    for name in known::START_UP {
        let path = home.join(name);
        if let Some(text) = small(&path) {
            findings.extend(disk::start_up(&paths.shown(&path), &text));
        }
    }
    findings
}

/// The text of a file that is not large.
fn small(path: &Path) -> Option<zeroize::Zeroizing<String>> {
    let metadata = fs::metadata(path)
        .ok()
        .filter(|metadata| metadata.is_file() && metadata.len() <= MAX_SIZE);
    metadata
        .and_then(|_| fs::read(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned().into())
}

/// The programs that profiles name.
pub(super) fn programs(
    context: &Context,
    planned: &[Planned],
    looked_at: &dyn Fn(&str) -> bool,
) -> Vec<Finding> {
    let own = std::env::current_exe().unwrap_or_default();
    let paths = Paths::from_env(&context.env);
    let mut found: BTreeMap<String, ProgramLookup> = BTreeMap::new();
    for written in process::programs(planned) {
        // Of what a shell runs: other variables than those that are set here nobody can know.
        let word = paths.expanded(&written, &context.env);
        if word.contains('$') {
            continue;
        }
        let lookup = match program(context, &word) {
            Some(path) => ProgramLookup::Found {
                same: same(&path, &own),
            },
            None => ProgramLookup::Missing,
        };
        found.insert(written, lookup);
    }
    process::check(planned, looked_at, &found, &own.to_string_lossy())
}

/// What prompts for the codes of MFA devices.
pub(super) fn prompts(
    context: &Context,
    settings: &MfaSettings,
    planned: &[Planned],
    looked_at: &dyn Fn(&str) -> bool,
) -> Vec<Finding> {
    let missing = |prompt| match Prompter::find(prompt, settings, &context.env) {
        Prompter::Missing { why, hint } => {
            Some(Finding::new(&catalog::PROMPT_MISSING, why).fix(hint))
        }
        _ => None,
    };
    let looked_at = planned.iter().filter(|one| looked_at(&one.profile.name));
    let own = looked_at.filter_map(|one| {
        let mfa = one.plan.as_ref().ok()?.mfa.as_ref()?;
        let finding = missing(mfa.prompt.unwrap_or(settings.prompt))?;
        Some(finding.of(&one.profile.name))
    });
    own.collect()
}

/// The file that the word starts: a path, or a name in `PATH`.
fn program(context: &Context, word: &str) -> Option<PathBuf> {
    if word.contains(std::path::is_separator) {
        return Some(PathBuf::from(word)).filter(|path| path.is_file());
    }
    let search = context.env.raw("PATH").unwrap_or_default();
    std::env::split_paths(search)
        .map(|dir| dir.join(word))
        .find(|path| path.is_file())
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
