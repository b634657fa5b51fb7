//! The line by which a profile gets its credentials from xacct: `credential_process = …/xacct
//! credential-process NAME`. Writing it so that every SDK reads it alike, and knowing it again.

use super::words;

/// The command for the profile. `program` is the absolute path of xacct.
///
/// Some SDKs split the line as `shlex` does and some hand it to a shell, and all of them take it
/// from a file in which a comment may follow (docs/aws.md A4). Quotes only where they are needed,
/// and single ones: Go's older SDK takes double ones off a value that begins with them.
///
/// Errors: the path or the name cannot be written so that everybody reads it alike.
pub(crate) fn command(program: &str, profile: &str) -> Result<String, String> {
    if profile.starts_with('-') {
        return Err(format!(
            "the name '{profile}' begins with '-', and would be taken for an option"
        ));
    }
    Ok(format!(
        "{} credential-process {}",
        quoted(program)?,
        quoted(profile)?
    ))
}

fn quoted(word: &str) -> Result<String, String> {
    if word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-/.@:+,=".contains(c))
    {
        return Ok(word.to_owned());
    }
    let begins_comment = word.contains(" #") || word.contains(" ;");
    let fits = !begins_comment && !word.chars().any(char::is_control);
    // Windows' shell has no single quotes, and there a backslash is nothing special.
    if fits && cfg!(not(windows)) && !word.contains('\'') {
        return Ok(format!("'{word}'"));
    }
    if fits && !word.contains(['"', '$', '`']) && (cfg!(windows) || !word.contains('\\')) {
        return Ok(format!("\"{word}\""));
    }
    // Whoever shows it makes control characters visible.
    Err(format!(
        "'{word}' cannot be written in a credential_process that every SDK reads alike"
    ))
}

/// Whether the command's program is xacct.
pub(crate) fn is_xacct(command: &str) -> bool {
    let program = words::readable(command)
        .into_iter()
        .next()
        .unwrap_or_default();
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    name == "xacct" || name == "xacct.exe"
}

/// Whether the command is xacct's own `credential-process` for this very profile.
pub(crate) fn asks_xacct_for(command: &str, profile: &str) -> bool {
    let words: Vec<String> = words::readable(command);
    let is_xacct = is_xacct(command);
    let at = words
        .iter()
        .position(|word| word == "credential-process" || word == "credential_process");
    is_xacct && at.is_some_and(|at| words[at + 1..].iter().any(|word| word == profile))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const PROGRAM: &str = "/opt/x y/xacct";

    #[test]
    fn quotes_are_there_where_they_are_needed() {
        for (profile, wanted) in [
            ("client1", "client1"),
            ("team/prod.eu@x+1", "team/prod.eu@x+1"),
            ("my client", "'my client'"),
            ("client#1", "'client#1'"),
            ("it's", "\"it's\""),
            ("a$b", "'a$b'"),
            ("a\"b`c\\", "'a\"b`c\\'"),
        ] {
            let command = command(PROGRAM, profile).unwrap();
            assert_eq!(
                command,
                format!("'/opt/x y/xacct' credential-process {wanted}")
            );
            assert!(asks_xacct_for(&command, profile));
        }
        for profile in ["a #b", "a$'b", "-x", "a\nb"] {
            assert!(command(PROGRAM, profile).is_err(), "{profile}");
        }
        assert!(command("/a$'b/xacct", "x").is_err());
    }

    proptest::proptest! {
        #[test]
        fn shlex_and_the_shell_read_the_same_words(profile in "[ -~é]{1,12}", dir in "[ -~]{0,8}") {
            let program = format!("/{dir}/xacct");
            if let Ok(command) = command(&program, &profile) {
                let words = [program, "credential-process".to_owned(), profile];
                proptest::prop_assert_eq!(shlex::split(&command).unwrap(), words.clone());
                let script = format!("printf '%s\\n' {command}");
                let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
                proptest::prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), words.join("\n") + "\n");
            }
        }
    }
}
