//! How MFA codes are asked for: what the settings file and a profile say of it, and the short forms
//! of `mfa_process`.

use std::borrow::Cow;

/// `mfa.prompt`, `mfa.echo` and `mfa.pinentry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MfaSettings {
    pub(crate) prompt: MfaPrompt,
    /// Whether the code is seen while it is typed.
    pub(crate) is_echoed: bool,
    /// The pinentry program, by its name or path.
    pub(crate) pinentry: String,
}

impl Default for MfaSettings {
    fn default() -> MfaSettings {
        MfaSettings {
            prompt: MfaPrompt::Auto,
            is_echoed: false,
            pinentry: "pinentry".to_owned(),
        }
    }
}

/// `mfa.prompt = "auto"`, or `mfa_prompt = auto` in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MfaPrompt {
    /// The terminal; without one, a dialog on the desktop, if there is a desktop.
    Auto,
    Terminal,
    /// The program that `GnuPG` asks for passphrases with.
    Pinentry,
    Dialog,
    /// Nobody is asked.
    None,
}

impl MfaPrompt {
    const ALL: [(&'static str, MfaPrompt); 5] = [
        ("auto", MfaPrompt::Auto),
        ("terminal", MfaPrompt::Terminal),
        ("pinentry", MfaPrompt::Pinentry),
        ("dialog", MfaPrompt::Dialog),
        ("none", MfaPrompt::None),
    ];

    /// Errors: the words that are accepted, as the end of a sentence.
    pub(crate) fn parse(text: &str) -> Result<MfaPrompt, String> {
        let found = MfaPrompt::ALL.iter().find(|(name, _)| *name == text.trim());
        found.map(|(_, prompt)| *prompt).ok_or_else(|| {
            let names = MfaPrompt::ALL.map(|(name, _)| name);
            format!("accepted are {}", names.join(", "))
        })
    }
}

/// The programs with a short form: its name, and the command, in which `{}` is the item.
const PRESETS: [(&str, &str); 6] = [
    ("ykman", "ykman oath accounts code --single {}"),
    ("op", "op item get {} --otp"),
    ("bw", "bw get totp {}"),
    ("pass-otp", "pass otp {}"),
    ("gopass", "gopass otp --password {}"),
    ("oathtool", "oathtool --totp --base32 @{}"),
];

/// The command that an `mfa_process` runs: `op:AWS work` is short for `op item get 'AWS work' --otp`.
/// What is no short form is a command already.
pub(crate) fn code_command(text: &str) -> Cow<'_, str> {
    let preset = text.split_once(':').and_then(|(name, item)| {
        let (_, command) = PRESETS.iter().find(|(known, _)| *known == name)?;
        (!item.trim().is_empty()).then(|| command.replace("{}", &quoted(item.trim())))
    });
    preset.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// One word for the shell that runs it; `~/` stays what it is to a shell.
fn quoted(item: &str) -> String {
    if cfg!(windows) {
        return format!("\"{}\"", item.replace(['"', '%'], ""));
    }
    match item.strip_prefix("~/") {
        Some(rest) => format!("\"$HOME\"/{}", in_single_quotes(rest)),
        None => in_single_quotes(item).into_owned(),
    }
}

fn in_single_quotes(text: &str) -> Cow<'_, str> {
    shlex::try_quote(text).unwrap_or(Cow::Borrowed("''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words() {
        for (name, prompt) in MfaPrompt::ALL {
            assert_eq!(MfaPrompt::parse(name), Ok(prompt));
        }
        assert_eq!(
            MfaPrompt::parse("tty"),
            Err("accepted are auto, terminal, pinentry, dialog, none".to_owned())
        );
    }

    #[test]
    #[cfg(unix)]
    fn short_forms() {
        for (text, command) in [
            (
                "ykman:aws-work",
                "ykman oath accounts code --single aws-work",
            ),
            (
                "ykman: AWS:me@example ",
                "ykman oath accounts code --single AWS:me@example",
            ),
            ("op:AWS work", "op item get 'AWS work' --otp"),
            ("bw:it's", "bw get totp \"it's\""),
            ("pass-otp:$(id)", "pass otp '$(id)'"),
            ("gopass:aws/otp", "gopass otp --password aws/otp"),
            (
                "oathtool:~/.aws/a seed",
                "oathtool --totp --base32 @\"$HOME\"/'.aws/a seed'",
            ),
            // Commands, as they are.
            ("op item get x --otp", "op item get x --otp"),
            ("ykman", "ykman"),
            ("op:", "op:"),
            ("/usr/bin/op:x", "/usr/bin/op:x"),
        ] {
            assert_eq!(code_command(text), command, "{text}");
        }
    }
}
