//! pinentry, the program by which `GnuPG` asks for passphrases: what it is told, and what it says.
//!
//! Source: "Using pinentry" in its manual, and the Assuan protocol, one line for each command and at
//! least one for its answer.

use std::path::Path;

use tokio::process::Command;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Of an error's number, the part that says what it is; the rest says of which program.
const CODE: u32 = 0xffff;
/// `GPG_ERR_TIMEOUT`, `GPG_ERR_CANCELED` and `GPG_ERR_FULLY_CANCELED` of libgpg-error.
const WITHOUT_ANSWER: [u32; 3] = [62, 99, 198];
/// Longer lines are no Assuan.
const LONGEST: usize = 900;

/// Why there is no PIN.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoPin {
    /// It was closed, or its own time was up.
    Closed,
    /// What pinentry said.
    Failed(String),
}

pub(super) fn command(program: &Path) -> Command {
    Command::new(program)
}

/// All that pinentry is told, in one go: it takes one line after the other.
pub(super) fn conversation(text: &str, tty: Option<&str>) -> String {
    let mut lines = Vec::new();
    if let Some(tty) = tty {
        lines.push(format!("OPTION ttyname={tty}"));
    }
    lines.push("OPTION no-grab".to_owned());
    lines.push("SETTITLE xacct".to_owned());
    lines.push(format!("SETDESC {}", escaped(text)));
    lines.push("SETPROMPT MFA code:".to_owned());
    lines.push("GETPIN".to_owned());
    lines.push("BYE".to_owned());
    lines.join("\n") + "\n"
}

/// The PIN in what pinentry printed: in the answer to the last line but one.
pub(super) fn pin(output: &[u8], conversation: &str) -> Result<Secret, NoPin> {
    let output = Zeroizing::new(String::from_utf8_lossy(output).into_owned());
    // The greeting is an answer too.
    let wanted = conversation.lines().count() - 1;
    let mut answered = 0;
    let mut typed = Secret::new(String::new());
    for line in output.lines() {
        if let Some(data) = line.strip_prefix("D ") {
            typed = Secret::new(unescaped(data));
        } else if line == "OK" || line.starts_with("OK ") || line.starts_with("ERR ") {
            if answered == wanted {
                return answer(line, typed);
            }
            answered += 1;
        }
    }
    Err(NoPin::Failed("it ended too early".to_owned()))
}

fn answer(line: &str, typed: Secret) -> Result<Secret, NoPin> {
    let Some(error) = line.strip_prefix("ERR ") else {
        return Ok(typed);
    };
    let (number, words) = error.split_once(' ').unwrap_or((error, ""));
    let code = number.parse::<u32>().unwrap_or_default() & CODE;
    if WITHOUT_ANSWER.contains(&code) {
        return Err(NoPin::Closed);
    }
    Err(NoPin::Failed(words.to_owned()))
}

/// `%XX` for what would end the line or begin such an escape.
fn escaped(text: &str) -> String {
    let mut line = String::new();
    for character in text.chars() {
        match character {
            '%' => line.push_str("%25"),
            '\n' => line.push_str("%0A"),
            '\r' => line.push_str("%0D"),
            other => line.push(other),
        }
        if line.len() > LONGEST {
            break;
        }
    }
    line
}

fn unescaped(data: &str) -> String {
    let mut bytes = Zeroizing::new(Vec::with_capacity(data.len()));
    let mut rest = data.as_bytes();
    while let [first, after @ ..] = rest {
        let escape = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(escape.unwrap_or(*first));
        rest = if escape.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "OPTION ttyname=/dev/tty\nOPTION no-grab\nSETTITLE xacct\nSETDESC 100%25 \
                        sure%0AMFA code\nSETPROMPT MFA code:\nGETPIN\nBYE\n";

    #[test]
    fn a_line_is_a_command() {
        let told = conversation("100% sure\nMFA code", Some("/dev/tty"));
        assert_eq!(told, TOLD);
        let long = conversation(&"é".repeat(2000), None);
        assert!(long.lines().all(|line| line.len() < 1000));
    }

    #[test]
    fn the_pin_is_what_answers_getpin() {
        let said = |last: &str| {
            format!("OK Pleased to meet you\nOK\nERR 83886254 Unknown option\nOK\nOK\nOK\n{last}")
        };
        for (last, pin_or_why) in [
            ("D 123456\nOK\nOK closing connection\n", Ok("123456")),
            (
                "# a remark\nS PIN_REPEATED\nD 12%25 3%0A\nOK\nOK\n",
                Ok("12% 3\n"),
            ),
            ("OK\nOK closing\n", Ok("")),
            (
                "ERR 83886179 Operation cancelled <Pinentry>\nOK\n",
                Err(NoPin::Closed),
            ),
            ("ERR 83886142 Timeout\nOK\n", Err(NoPin::Closed)),
            (
                "ERR 83918950 Inappropriate ioctl for device\nOK\n",
                Err(NoPin::Failed("Inappropriate ioctl for device".to_owned())),
            ),
            ("", Err(NoPin::Failed("it ended too early".to_owned()))),
        ] {
            let found = pin(said(last).as_bytes(), TOLD);
            let found = found.as_ref().map(Secret::expose);
            assert_eq!(found, pin_or_why.as_ref().map(|pin| *pin), "{last}");
        }
        let nothing = pin(b"", TOLD);
        assert_eq!(
            nothing.err(),
            Some(NoPin::Failed("it ended too early".to_owned()))
        );
    }
}
