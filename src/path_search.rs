//! Where a program is, by its name or path, as the shell of this system would look for it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::system::open::is_executable;

/// Why a program cannot be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotRun {
    NotFound,
    NotExecutable,
}

/// The file of the program.
pub(crate) fn find(name: &OsStr, env: &Env) -> Result<PathBuf, NotRun> {
    let path = Path::new(name);
    let endings = endings(env);
    if path.components().count() > 1 || name.as_encoded_bytes().contains(&b'/') {
        let found = candidates(path, &endings)
            .into_iter()
            .find(|file| is_executable(file));
        return match (found, path.try_exists()) {
            (Some(file), _) => Ok(file),
            (None, Ok(true)) => Err(NotRun::NotExecutable),
            (None, _) => Err(NotRun::NotFound),
        };
    }
    let mut why = NotRun::NotFound;
    let search = env
        .raw("PATH")
        .unwrap_or(OsStr::new("/usr/local/bin:/usr/bin:/bin"));
    for dir in std::env::split_paths(search) {
        for file in candidates(&dir.join(path), &endings) {
            if file.is_file() {
                if is_executable(&file) {
                    return Ok(file);
                }
                why = NotRun::NotExecutable;
            }
        }
    }
    Err(why)
}

/// What Windows runs as a program. Whatever else `PATHEXT` names (`.PY`, `.JS`) is opened by
/// another program, which only a shell looks for.
const RUN_BY_WINDOWS: [&str; 4] = ["COM", "EXE", "BAT", "CMD"];

/// The endings that a program's name is tried with, in their order; none where names have no
/// endings.
fn endings(env: &Env) -> Vec<String> {
    if !cfg!(windows) {
        return Vec::new();
    }
    endings_in(env.get("PATHEXT").unwrap_or(".COM;.EXE;.BAT;.CMD"))
}

fn endings_in(variable: &str) -> Vec<String> {
    let endings = variable
        .split(';')
        .filter_map(|ending| ending.trim().strip_prefix('.'));
    let endings = endings.map(str::to_ascii_lowercase);
    endings
        .filter(|ending| is_run(OsStr::new(ending)))
        .collect()
}

fn is_run(ending: &OsStr) -> bool {
    RUN_BY_WINDOWS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// The files that a name may mean. With endings as on Windows: as it is only if it has one of them,
/// and then with each of them behind it, whatever dots are in it: `hello.v1` is `hello.v1.exe`.
fn candidates(path: &Path, endings: &[String]) -> Vec<PathBuf> {
    if endings.is_empty() {
        return vec![path.to_owned()];
    }
    let as_it_is = path.extension().is_some_and(is_run);
    let with_ending = endings.iter().map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(ending);
        PathBuf::from(name)
    });
    as_it_is
        .then(|| path.to_owned())
        .into_iter()
        .chain(with_ending)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_put_behind_a_name_and_replace_nothing() {
        let endings = endings_in(".COM;.EXE;.BAT;.CMD;.VBS;.PY;; .cmd");
        assert_eq!(endings, ["com", "exe", "bat", "cmd", "cmd"]);
        let endings = endings_in(".EXE;.CMD");
        let of = |name: &str| {
            let found = candidates(Path::new(name), &endings);
            let shown = found.iter().map(|path| path.to_string_lossy().into_owned());
            shown.collect::<Vec<_>>()
        };
        assert_eq!(of("hello.v1"), ["hello.v1.exe", "hello.v1.cmd"]);
        // Never `cdk` itself, which npm puts there for a Unix shell.
        assert_eq!(of("cdk"), ["cdk.exe", "cdk.cmd"]);
        assert_eq!(of("aws.EXE"), ["aws.EXE", "aws.EXE.exe", "aws.EXE.cmd"]);
        assert_eq!(candidates(Path::new("a.b"), &[]), [Path::new("a.b")]);
    }
}
