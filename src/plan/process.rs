//! What decides the answer of a `credential_process`, as far as it can be seen from here. An answer
//! is used again only while all of it is the same. Where a command's words do not tell what it
//! reads, its answer is not used again at all; of a process that looks at something else, the
//! profile must say `credential_process_cache = off`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::config::words;
use crate::config::{FileKind, Paths};
use crate::env::Env;

/// Each word is a file that may have to be found in every directory of `PATH`: of a command with
/// more of them, too many to look at, no answer is used again.
const MAX_WORDS: usize = 128;

/// The files that a command's answer may come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inputs {
    /// Words that may name a file, from the working directory or among the directories.
    pub(crate) words: BTreeSet<String>,
    /// `PATH`
    pub(crate) directories: Vec<PathBuf>,
    /// Whether the words say which files these are.
    pub(crate) are_told: bool,
}

/// The state of the [`Inputs`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Of the working directory, and the version of each file.
    pub(crate) digest: String,
    /// Whether these are all the files, as far as the words go: none of them is a directory.
    pub(crate) is_whole: bool,
}

impl Inputs {
    pub(super) fn of(command: &str, paths: &Paths, env: &Env) -> Inputs {
        // What stands in quotes may itself be a command, and a file's name behind an option or a
        // scheme.
        let pieces: Vec<&str> = command
            .split(|c: char| c.is_whitespace() || "=<>|&;()'\"`,:@".contains(c))
            .collect();
        let shell_words: Vec<String> = words::readable(command);
        let all = shell_words
            .iter()
            .map(String::as_str)
            .chain(pieces.iter().copied());
        // `-f/a/file`
        let behind_option = all
            .clone()
            .filter(|word| word.starts_with('-'))
            .filter_map(|word| word.get(2..));
        let words = all
            .chain(behind_option)
            .filter(|word| !word.is_empty() && !word.starts_with('-'));
        let mut words: BTreeSet<String> = words.map(|word| paths.expanded(word, env)).collect();
        let are_told = words.len() <= MAX_WORDS && is_plain(command, &pieces);
        words = words.into_iter().take(MAX_WORDS).collect();
        // What every program of AWS reads, xacct among them.
        let files = [FileKind::Config, FileKind::Credentials, FileKind::Settings];
        words.extend(files.map(|file| paths.of(file).to_string_lossy().into_owned()));
        let directories = env
            .raw("PATH")
            .map(|path| std::env::split_paths(path).collect())
            .unwrap_or_default();
        Inputs {
            words,
            directories,
            are_told,
        }
    }
}

/// Whether the files are named by the words as they stand: no patterns, no other directory, no
/// `${NAME:-default}`.
fn is_plain(command: &str, pieces: &[&str]) -> bool {
    let has_pattern = command.contains(['*', '?', '[']);
    let goes_elsewhere = pieces
        .iter()
        .any(|piece| ["cd", "pushd", "chdir"].contains(piece));
    let mut braces = command
        .match_indices("${")
        .map(|(at, _)| &command[at + 2..]);
    !has_pattern
        && !goes_elsewhere
        && !braces.any(|rest| {
            let name = rest
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .map(|end| &rest[end..]);
            !name.is_some_and(|end| end.starts_with('}'))
        })
}

/// Whether the command is xacct's: it has a cache of its own, which is near, and knows what has
/// been forgotten.
pub(super) fn is_xacct(command: &str) -> bool {
    crate::config::process::is_xacct(command)
}

/// The variables, as `NAME=value`, that the command mentions or that every program of AWS reads.
pub(super) fn variables(command: &str, env: &Env) -> Vec<String> {
    let is_read =
        |name: &str| ["HOME", "XACCT_CONFIG", "PATH"].contains(&name) || name.starts_with("AWS_");
    let all = env
        .vars()
        .map(|(name, value)| (name.to_string_lossy(), value.to_string_lossy()));
    let counted = all.filter(|(name, _)| is_read(name) || mentions(command, name));
    counted
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

/// `$NAME`, `${NAME…}`, `%NAME%`, or the bare word, as in `printenv NAME`.
fn mentions(command: &str, name: &str) -> bool {
    let mut found = command.match_indices(name);
    !name.is_empty()
        && name != "_"
        && found.any(|(at, _)| {
            !command[..at].ends_with(is_of_name)
                && !command[at + name.len()..].starts_with(is_of_name)
        })
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn every_word_that_may_be_a_file_is_one() {
        let env = Env::of(&[("HOME", "/home/alice"), ("PATH", "/usr/bin:/opt/bin")]);
        let paths = Paths::from_env(&env);
        for (command, words) in [
            ("cat ./cred.json", &["cat", "./cred.json"][..]),
            (
                "'/my tools/get' --file=~/a.json -v",
                &[
                    "/my tools/get",
                    "/my",
                    "tools/get",
                    "~/a.json",
                    "file=~/a.json",
                    "file",
                ][..],
            ),
            (
                "sh -c 'jq . <a.json'",
                &["sh", "jq . <a.json", "jq", ".", "a.json"][..],
            ),
            (
                "tool -f/a/b @/c file:///d",
                &["tool", "/a/b", "@/c", "/c", "file:///d", "file", "///d"][..],
            ),
        ] {
            let inputs = Inputs::of(command, &paths, &env);
            let files = [
                "/home/alice/.aws/config",
                "/home/alice/.aws/credentials",
                "/home/alice/.config/xacct/config.toml",
            ];
            for word in words
                .iter()
                .map(|word| word.replace("~/", "/home/alice/"))
                .chain(files.map(str::to_owned))
            {
                let other = word.replace("=/home/alice/", "=~/");
                assert!(
                    inputs.words.contains(&word) || inputs.words.contains(&other),
                    "{command}: {word} {inputs:?}"
                );
            }
            assert!(inputs.are_told);
            assert_eq!(
                inputs.directories,
                [PathBuf::from("/usr/bin"), PathBuf::from("/opt/bin")]
            );
        }
    }

    #[test]
    fn what_the_words_do_not_tell_is_known() {
        let env = Env::of(&[("HOME", "/home/alice")]);
        let many = (0..200)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(" ");
        for command in [
            "cat g/*.json",
            "cat a?",
            "cat [ab]",
            "cd sub && cat a",
            "cat ${X:-/a}/b",
            &many,
        ] {
            assert!(
                !Inputs::of(command, &Paths::from_env(&env), &env).are_told,
                "{command}"
            );
        }
        assert!(Inputs::of("cat ${X}/b $Y", &Paths::from_env(&env), &env).are_told);
    }

    #[test]
    fn variables_count_by_their_whole_name() {
        let env = Env::of(&[
            ("HOME", "/h"),
            ("AWS_PROFILE", ""),
            ("TEAM", "a"),
            ("TEA", "b"),
            ("T", "c"),
            ("U", "d"),
        ]);
        let counted = variables("get $TEAM ${T:-x} %U%", &env);
        assert_eq!(counted, ["AWS_PROFILE=", "HOME=/h", "T=c", "TEAM=a", "U=d"]);
        assert_eq!(
            variables("printenv TEA", &env),
            ["AWS_PROFILE=", "HOME=/h", "TEA=b"]
        );
    }
}
