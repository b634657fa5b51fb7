//! What decides the answer of a `credential_process`, as far as it can be seen from here. An answer is used again only
//! while all of it is the same: of a process that looks at something else, too, the profile must say
//! `credential_process_cache = off`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::config::Paths;
use crate::env::Env;

/// More words than this are not looked at: each is a file that may have to be found in every directory of `PATH`.
const MAX_WORDS: usize = 64;

/// The files that a command's answer may come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inputs {
    /// Words that may name a file, from the working directory or among the directories.
    pub(crate) words: BTreeSet<String>,
    /// `PATH`
    pub(crate) directories: Vec<PathBuf>,
}

impl Inputs {
    pub(super) fn of(command: &str, paths: &Paths, env: &Env) -> Inputs {
        // What stands in quotes may itself be a command, and a file's name may stand behind an option.
        let pieces = command.split(|c: char| c.is_whitespace() || "=<>|&;()'\"`,".contains(c));
        let words = shlex::Shlex::new(command).chain(pieces.map(str::to_owned));
        let words = words.filter(|word| !word.is_empty() && !word.starts_with('-'));
        let words = words.map(|word| paths.expanded(&word, env)).take(MAX_WORDS).collect();
        let directories =
            env.raw("PATH").map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
        Inputs { words, directories }
    }
}

/// The variables, as `NAME=value`, that the command mentions or that every program of AWS reads.
pub(super) fn variables(command: &str, env: &Env) -> Vec<String> {
    let is_read = |name: &str| ["HOME", "XACCT_CONFIG"].contains(&name) || name.starts_with("AWS_");
    let all = env.vars().map(|(name, value)| (name.to_string_lossy(), value.to_string_lossy()));
    let counted = all.filter(|(name, _)| is_read(name) || mentions(command, name));
    counted.map(|(name, value)| format!("{name}={value}")).collect()
}

/// `$NAME`, `${NAME…}` or `%NAME%`
fn mentions(command: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let dollar = |sign: &str| {
        let mut found = command.match_indices(sign);
        found.any(|(at, _)| command[at + sign.len()..].strip_prefix(name).is_some_and(ends))
    };
    dollar("$") || dollar("${") || command.contains(&format!("%{name}%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_may_be_a_file_is_one() {
        let env = Env::of(&[("HOME", "/home/alice"), ("PATH", "/usr/bin:/opt/bin")]);
        let paths = Paths::from_env(&env);
        for (command, words) in [
            ("cat ./cred.json", &["cat", "./cred.json"][..]),
            (
                "'/my tools/get' --file=~/a.json -v",
                &["/my tools/get", "/my", "tools/get", "~/a.json", "--file"][..],
            ),
            ("sh -c 'jq . <a.json'", &["sh", "jq . <a.json", "jq", ".", "a.json"][..]),
        ] {
            let inputs = Inputs::of(command, &paths, &env);
            let wanted = words.iter().filter(|word| !word.starts_with('-'));
            let wanted: BTreeSet<String> = wanted.map(|word| word.replace('~', "/home/alice")).collect();
            assert_eq!(inputs.words, wanted, "{command}");
            assert_eq!(inputs.directories, [PathBuf::from("/usr/bin"), PathBuf::from("/opt/bin")]);
        }
        assert_eq!(Inputs::of(&"x ".repeat(1000), &paths, &env).words.len(), 1);
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
    }
}
