//! Commands that hints name: those of this platform. On Windows they are such as cmd and PowerShell
//! both understand, or PowerShell's own.

use super::platform::{HERE, Platform};
use super::words;

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathKind {
    File,
    Directory,
}

/// What keeps others out of a file or a directory; `shown` is the path as people write it, `path`
/// the whole of it.
pub(crate) fn restrict(shown: &str, path: &str, mode: u32, kind: PathKind) -> String {
    restrict_on(HERE, shown, path, mode, kind)
}

/// What deletes a file.
pub(crate) fn remove(shown: &str, path: &str) -> String {
    match HERE {
        Platform::Unix => format!("rm {}", path_word(HERE, shown)),
        Platform::Windows => format!("del {}", words::typed(path)),
    }
}

/// What takes variables out of the shell.
pub(crate) fn unset(names: &[&str]) -> String {
    unset_on(HERE, names)
}

/// What sets a variable for the programs that the shell starts.
pub(crate) fn export(name: &str, value: &str) -> String {
    match HERE {
        Platform::Unix => format!("export {name}={}", words::typed(value)),
        Platform::Windows => format!("$Env:{name} = \"{value}\""),
    }
}

/// What has the shell evaluate what an xacct command prints.
pub(crate) fn evaluate(command: &str) -> String {
    match HERE {
        Platform::Unix => format!("eval $({command})"),
        Platform::Windows => format!("{command} | Out-String | Invoke-Expression"),
    }
}

/// What makes a file the user's own.
pub(crate) fn own(shown: &str, path: &str) -> String {
    match HERE {
        Platform::Unix => format!("sudo chown \"$USER\" {}", path_word(HERE, shown)),
        Platform::Windows => format!("takeown /F {}", words::typed(path)),
    }
}

/// What ends a process.
pub(crate) fn end(pid: u32) -> String {
    match HERE {
        Platform::Unix => format!("kill {pid}"),
        Platform::Windows => format!("taskkill /F /PID {pid}"),
    }
}

/// What lets the user read the file again.
pub(crate) fn allow_reading(path: &str) -> String {
    match HERE {
        Platform::Unix => format!("chmod u+r {path} (and u+x on the folders above it)"),
        Platform::Windows => format!("icacls {} /grant *{OWNER}:R", words::typed(path)),
    }
}

/// What makes UTF-8 of a file with another encoding.
pub(crate) fn to_utf8(path: &str, name: &str, encoding: &str) -> Vec<String> {
    let powershell = format!("(Get-Content {path}) | Set-Content -Encoding utf8 {path}");
    let iconv =
        format!("iconv -f {encoding} -t UTF-8 {path} >{name}.utf8 && mv {name}.utf8 {path}");
    match HERE {
        Platform::Unix => vec![iconv, format!("or in PowerShell: {powershell}")],
        Platform::Windows => vec![format!("in PowerShell: {powershell}")],
    }
}

/// How a file in the encoding of an old editor is saved as UTF-8, as the end of a sentence.
pub(crate) fn from_latin1(path: &str) -> String {
    match HERE {
        Platform::Unix => format!(": iconv -f ISO-8859-1 -t UTF-8 {path}"),
        Platform::Windows => " in your editor".to_owned(),
    }
}

/// What makes lines that end with a line feed of such that end with a carriage return.
pub(crate) fn end_lines(path: &str) -> String {
    match HERE {
        Platform::Unix => format!("perl -pi -e 's/\\r/\\n/g' {path}"),
        Platform::Windows => format!(
            "in PowerShell: (Get-Content -Raw {path}) -replace \"`r\", \"`n\" | Set-Content \
             -NoNewline {path}"
        ),
    }
}

/// "Owner rights": whoever the owner is.
const OWNER: &str = "S-1-3-4";

fn restrict_on(platform: Platform, shown: &str, path: &str, mode: u32, kind: PathKind) -> String {
    match platform {
        Platform::Unix => format!("chmod {mode:03o} {}", path_word(platform, shown)),
        Platform::Windows => {
            let path = words::typed_on(platform, path);
            // What is in parentheses would be run by PowerShell, but for the quotes.
            let grant = if kind == PathKind::Directory {
                format!("\"*{OWNER}:(OI)(CI)F\"")
            } else {
                format!("*{OWNER}:F")
            };
            format!("icacls {path} /inheritance:r /grant:r {grant}")
        }
    }
}

fn unset_on(platform: Platform, names: &[&str]) -> String {
    match platform {
        Platform::Unix => format!("unset {}", names.join(" ")),
        Platform::Windows => {
            let names: Vec<String> = names.iter().map(|name| format!("Env:{name}")).collect();
            format!("Remove-Item {}", names.join(", "))
        }
    }
}

/// A path as a person types it: `~` stays what the shell makes of it.
fn path_word(platform: Platform, shown: &str) -> String {
    match shown.strip_prefix("~/") {
        Some(rest) => format!("~/{}", words::typed_on(platform, rest)),
        None => words::typed_on(platform, shown).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_has_its_commands() {
        let restrict = |platform, kind| restrict_on(platform, "~/my x", r"C:\my x", 0o600, kind);
        assert_eq!(
            restrict(Platform::Unix, PathKind::File),
            "chmod 600 ~/'my x'"
        );
        assert_eq!(
            restrict(Platform::Windows, PathKind::File),
            r#"icacls "C:\my x" /inheritance:r /grant:r *S-1-3-4:F"#
        );
        assert_eq!(
            restrict(Platform::Windows, PathKind::Directory),
            r#"icacls "C:\my x" /inheritance:r /grant:r "*S-1-3-4:(OI)(CI)F""#
        );
        let names = ["AWS_PROFILE", "AWS_REGION"];
        assert_eq!(
            unset_on(Platform::Unix, &names),
            "unset AWS_PROFILE AWS_REGION"
        );
        assert_eq!(
            unset_on(Platform::Windows, &names),
            "Remove-Item Env:AWS_PROFILE, Env:AWS_REGION"
        );
    }
}
