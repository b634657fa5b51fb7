//! One value in each shell's language, so that evaluating it gives exactly its bytes and runs
//! nothing.
//!
//! `eval $(xacct …)` without quotes splits the statements at blanks, may take words with `*`, `?`
//! or `[` for file names, and joins the words with single spaces. So a value that has anything but
//! the plain characters below is written without blanks and without anything that a pattern or `!`
//! could be made of.

use std::fmt::Write as _;
use std::io;

use super::Shell;

/// Characters that no shell here does anything with inside single quotes, split and joined or not.
/// All that AWS's keys, tokens, timestamps, regions and ARNs are made of.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:=+@,-".contains(&byte)
}

/// Refuses what this shell cannot hold, rather than setting something else.
///
/// Errors: `InvalidInput`; the sentence names the variable and the way out, and shows no value.
pub(super) fn check(shell: Shell, name: &str, value: &str) -> io::Result<()> {
    let what = match shell {
        _ if value.contains('\0') => "a NUL byte, which no environment can hold",
        // Its backquotes break words at line ends even inside double quotes.
        Shell::Tcsh if value.contains('\n') => "a line break, which tcsh cannot be given",
        // A quote would end the assignment, `%` and `!` are replaced even inside it, and a line is
        // a command.
        Shell::Cmd if value.contains(|c: char| matches!(c, '"' | '%' | '!') || c.is_control()) => {
            "a character (\" % ! or a control character) that cmd cannot be given safely"
        }
        _ => return Ok(()),
    };
    let message = format!("{name} would hold {what}: use 'xacct exec' instead");
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// sh and everything that descends from it. `printf` is a builtin there, so nothing appears in a
/// process list. Backquotes, because zsh with `GLOB_SUBST` would take the parentheses of `$(` for a
/// pattern.
pub(super) fn sh(name: &str, value: &str, text: &mut String) {
    for part in ["export ", name, "="] {
        text.push_str(part);
    }
    word(value, text);
    if value.ends_with('\n') {
        // The substitution drops line ends; a full stop behind them keeps them, and goes
        // afterwards.
        text.truncate(text.len() - 3);
        let _ = write!(text, ".'`\";\nexport {name}=\"${{{name}%.}}\"");
    }
    text.push_str(";\n");
}

/// csh and tcsh, whose `printf` is the one in /usr/bin: fit for profile names, and keys are plain
/// anyway.
pub(super) fn tcsh(name: &str, value: &str, text: &mut String) {
    for part in ["setenv ", name, " "] {
        text.push_str(part);
    }
    word(value, text);
    text.push_str(";\n");
}

/// Quoted as it is where it is plain, else as the octal escapes that `printf %b` reads: `\0` and
/// three digits.
fn word(value: &str, text: &mut String) {
    let plain = value.bytes().all(is_plain);
    text.push_str(if plain { "'" } else { "\"`printf %b '" });
    for byte in value.bytes() {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "\\0{byte:03o}");
        }
    }
    text.push_str(if plain { "'" } else { "'`\"" });
}

/// fish splits a substitution at line ends only and expands nothing in it; control characters have
/// escapes outside of quotes.
pub(super) fn fish(value: &str, text: &mut String) {
    text.push('\'');
    for character in value.chars() {
        match character {
            '\\' | '\'' => {
                text.push('\\');
                text.push(character);
            }
            '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(text, "'\\x{:02x}'", u32::from(character));
            }
            _ => text.push(character),
        }
    }
    text.push('\'');
}

/// elvish: `''` is a quote within quotes; control characters have escapes in double quotes.
pub(super) fn elvish(value: &str, text: &mut String) {
    if !value.contains(char::is_control) {
        let _ = write!(text, "'{}'", value.replace('\'', "''"));
        return;
    }
    text.push('"');
    for character in value.chars() {
        match character {
            '\\' | '"' => {
                text.push('\\');
                text.push(character);
            }
            _ if character.is_control() => {
                let _ = write!(text, "\\u{:04x}", u32::from(character));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}

/// PowerShell reads a program's output line by line in the console's code page, and takes
/// typographic quotes for quotes: so only printable ASCII stands as it is, the rest as UTF-16 code
/// units.
pub(super) fn powershell(value: &str, text: &mut String) {
    text.push('\'');
    let mut units = [0_u16; 2];
    for character in value.chars() {
        match character {
            '\'' => text.push_str("''"),
            ' '..='~' => text.push(character),
            _ => {
                for unit in character.encode_utf16(&mut units) {
                    let _ = write!(text, "'+[char]{unit}+'");
                }
            }
        }
    }
    text.push('\'');
}

/// A text as one word of a script that is evaluated as it stands, line by line: a program's path.
///
/// In double quotes for bash and zsh, since zsh's `RC_QUOTES` changes what single ones mean.
pub(crate) fn quoted(shell: Shell, text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 2);
    match shell {
        Shell::Fish => fish(text, &mut word),
        Shell::PowerShell => powershell(text, &mut word),
        Shell::Elvish => elvish(text, &mut word),
        // The escapes of JSON are nu's.
        Shell::Nu => word = serde_json::Value::from(text).to_string(),
        Shell::Sh | Shell::Bash | Shell::Zsh | Shell::Cmd | Shell::Tcsh => {
            word.push('"');
            for character in text.chars() {
                if matches!(character, '"' | '\\' | '$' | '`') {
                    word.push('\\');
                }
                word.push(character);
            }
            word.push('"');
        }
    }
    word
}

/// A word as you would type it at this shell's prompt.
pub(crate) fn typed(shell: Shell, text: &str) -> String {
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    match shell {
        Shell::Sh | Shell::Bash | Shell::Zsh => format!("'{}'", text.replace('\'', "'\\''")),
        Shell::Tcsh => format!("'{}'", text.replace('\'', "'\\''").replace('!', "\\!")),
        Shell::Cmd => format!("\"{text}\""),
        Shell::Fish | Shell::PowerShell | Shell::Elvish | Shell::Nu => quoted(shell, text),
    }
}
