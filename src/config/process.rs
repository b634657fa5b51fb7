//! The line by which a profile gets its credentials from xacct: `credential_process = "…/xacct" credential-process NAME`.
//! Writing it so that every SDK reads it alike, and knowing it again.

/// The command for the profile. `program` is the absolute path of xacct.
///
/// Some SDKs split the line as `shlex` does and some hand it to a shell, and all of them take it from a file in which
/// a comment may follow (AWS.md A4). Double quotes are the documented form; where a name has characters that mean
/// something there, single quotes do.
///
/// Errors: the path or the name cannot be written so that everybody reads it alike.
pub(crate) fn command(program: &str, profile: &str) -> Result<String, String> {
    if profile.starts_with('-') {
        return Err(format!("the name '{profile}' begins with '-', and would be taken for an option"));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-/.@:+,=".contains(c);
    let name = if profile.chars().all(plain) { profile.to_owned() } else { quoted(profile)? };
    Ok(format!("{} credential-process {name}", quoted(program)?))
}

fn quoted(word: &str) -> Result<String, String> {
    let begins_comment = [" #", " ;", "\t#", "\t;"].iter().any(|mark| word.contains(mark));
    if begins_comment || word.chars().any(char::is_control) {
        return Err(format!(
            "'{}' cannot be written in a credential_process that every SDK reads alike",
            word.escape_debug()
        ));
    }
    // Windows has no single quotes, and a backslash there is the separator of a path.
    if !word.contains(['"', '$', '`']) && (cfg!(windows) || !word.contains('\\')) {
        return Ok(format!("\"{word}\""));
    }
    if word.contains('\'') || cfg!(windows) {
        return Err(format!("'{word}' cannot be written in a credential_process that every SDK reads alike"));
    }
    Ok(format!("'{word}'"))
}

/// Whether the command is xacct's own `credential-process` for this very profile.
pub(crate) fn asks_xacct_for(command: &str, profile: &str) -> bool {
    let words: Vec<String> = shlex::Shlex::new(command).collect();
    let program = words.first().map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word));
    let is_xacct = program.is_some_and(|name| name == "xacct" || name == "xacct.exe");
    let at = words.iter().position(|word| word == "credential-process" || word == "credential_process");
    is_xacct && at.is_some_and(|at| words[at + 1..].iter().any(|word| word == profile))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const PROGRAM: &str = "/opt/x y/xacct";

    #[test]
    fn the_documented_form_where_it_will_do() {
        for (profile, wanted) in [
            ("client1", "client1"),
            ("team/prod.eu@x+1", "team/prod.eu@x+1"),
            ("my client", "\"my client\""),
            ("client#1", "\"client#1\""),
            ("it's", "\"it's\""),
            ("a$b", "'a$b'"),
            ("a\"b`c\\", "'a\"b`c\\'"),
        ] {
            let command = command(PROGRAM, profile).unwrap();
            assert_eq!(command, format!("\"/opt/x y/xacct\" credential-process {wanted}"));
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
