//! Words of commands: splitting a line as this platform's programs do, and quoting one for a hint.
//!
//! On Unix the rules are those of POSIX shells (`shlex`). On Windows every program splits its own
//! command line, nearly always with the rules of the C runtime (`CommandLineToArgvW`), which
//! botocore follows too. Both sets of rules are values, so that both are tested everywhere.

use std::borrow::Cow;

use super::platform::{HERE, Platform};

/// The words of a command; `None` if a quote is open.
pub(crate) fn split(command: &str) -> Option<Vec<String>> {
    split_on(HERE, command)
}

/// The words of a command as far as they can be read: up to a quote that is open.
pub(crate) fn readable(command: &str) -> Vec<String> {
    match HERE {
        Platform::Unix => shlex::Shlex::new(command).collect(),
        Platform::Windows => split_on(HERE, command).unwrap_or_default(),
    }
}

/// The word as you type it in a shell of this platform. On Windows cmd and PowerShell both
/// understand double quotes.
pub(crate) fn typed(word: &str) -> Cow<'_, str> {
    typed_on(HERE, word)
}

fn split_on(platform: Platform, command: &str) -> Option<Vec<String>> {
    match platform {
        Platform::Unix => shlex::split(command),
        Platform::Windows => split_windows(command),
    }
}

pub(super) fn typed_on(platform: Platform, word: &str) -> Cow<'_, str> {
    if platform == Platform::Unix {
        return shlex::try_quote(word).unwrap_or_default();
    }
    let is_plain = |c: char| c.is_alphanumeric() || r"_-./\:+=@~".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    let mut text = String::with_capacity(word.len() + 2);
    text.push('"');
    let mut backslashes = 0;
    for character in word.chars() {
        match character {
            '\\' => backslashes += 1,
            '"' => {
                // Twice those before a quote, and one for the quote itself.
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        text.push(character);
    }
    text.extend(std::iter::repeat_n('\\', backslashes));
    text.push('"');
    Cow::Owned(text)
}

/// Blanks and tabs separate words outside of double quotes. Backslashes are ordinary characters,
/// except before a double quote: two stand for one, and an odd one makes the quote ordinary.
fn split_windows(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    // `None` between words: `""` is a word without characters.
    let mut word: Option<String> = None;
    let (mut is_quoted, mut backslashes) = (false, 0_usize);
    for character in command.chars() {
        if character == '\\' {
            backslashes += 1;
            continue;
        }
        let pending = std::mem::take(&mut backslashes);
        if character == '"' {
            let text = word.get_or_insert_default();
            text.extend(std::iter::repeat_n('\\', pending / 2));
            if pending % 2 == 1 {
                text.push('"');
            } else {
                is_quoted = !is_quoted;
            }
            continue;
        }
        if pending > 0 {
            let text = word.get_or_insert_default();
            text.extend(std::iter::repeat_n('\\', pending));
        }
        if !is_quoted && matches!(character, ' ' | '\t') {
            words.extend(word.take());
        } else {
            word.get_or_insert_default().push(character);
        }
    }
    if backslashes > 0 {
        let text = word.get_or_insert_default();
        text.extend(std::iter::repeat_n('\\', backslashes));
    }
    words.extend(word);
    (!is_quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn windows_splits_as_its_c_runtime() {
        for (command, words) in [
            (r"C:\t\mfa.bat", &[r"C:\t\mfa.bat"][..]),
            (
                r#""C:\Program Files\x\cred.exe" --name "my client""#,
                &[r"C:\Program Files\x\cred.exe", "--name", "my client"],
            ),
            (r#"a\\b "c\\d""#, &[r"a\\b", r"c\\d"]),
            (r#""C:\dir\\" x"#, &[r"C:\dir\", "x"]),
            (
                r#"say \"hi\" 'there you'"#,
                &["say", "\"hi\"", "'there", "you'"],
            ),
            (r#"--profile="x y"z"#, &["--profile=x yz"]),
            ("a \"\"\tb  ", &["a", "", "b"]),
            (r"end\", &[r"end\"]),
            ("", &[]),
        ] {
            assert_eq!(split_windows(command).unwrap(), words, "{command}");
        }
        assert_eq!(split_windows(r#"C:\x "open"#), None);
        assert_eq!(split_windows(r#""C:\dir\" x"#), None);
    }

    #[test]
    fn hints_quote_for_the_shells_that_are_there() {
        for (platform, word, shown) in [
            (Platform::Unix, "my client", "'my client'"),
            (Platform::Windows, "my client", "\"my client\""),
            (Platform::Windows, r"C:\Users\me\.aws", r"C:\Users\me\.aws"),
            (Platform::Windows, r"C:\My Files\", r#""C:\My Files\\""#),
            (Platform::Windows, "", "\"\""),
        ] {
            assert_eq!(typed_on(platform, word), shown);
        }
    }

    proptest! {
        #[test]
        fn what_is_typed_is_one_word(word in "[ -~é]{0,12}") {
            for platform in [Platform::Unix, Platform::Windows] {
                let command = typed_on(platform, &word);
                prop_assert_eq!(split_on(platform, &command).unwrap(), vec![word.clone()]);
            }
        }
    }
}
