//! What is said at the end: one line where all went well, else who did not, and why.

use anstyle::AnsiColor;

use super::outcome::{Outcome, Status, took};
use super::output::NamedTarget;
use crate::render::table::{Cell, table};
use crate::say::Voice;

/// `xacct: 12 ok in 3.1s`, below the table of those that are not.
pub(super) fn say(
    voice: Voice,
    names: &[NamedTarget],
    outcomes: &[Outcome],
    milliseconds: u64,
    width: Option<usize>,
) {
    let wrong: Vec<(&NamedTarget, &Outcome)> = names
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| outcome.status != Status::Ok)
        .collect();
    if !wrong.is_empty() {
        let header = ["PROFILE", "ACCOUNT", "REGION", "STATUS", "EXIT", "WHY"];
        let rows: Vec<Vec<Cell>> = wrong
            .iter()
            .map(|(named, outcome)| row(named, outcome))
            .collect();
        let mut text = Vec::new();
        if table(&header, &rows, voice.color, width, &mut text).is_ok() {
            voice.show(&String::from_utf8_lossy(&text));
        }
    }
    voice.note(&format!("{} in {}", counts(outcomes), took(milliseconds)));
    let shortened = wrong
        .iter()
        .filter(|(_, outcome)| outcome.aws_code.is_some())
        .count();
    if voice.verbose == 0 && shortened > 1 {
        voice.show("  -v says each refusal in full, and so does --output json");
    }
    if !wrong.is_empty() {
        voice.show("  xacct each --retry-failed    runs it again where it did not end well");
    }
}

fn row(named: &NamedTarget, outcome: &Outcome) -> Vec<Cell> {
    let color = match outcome.status {
        Status::Skipped | Status::Ok => AnsiColor::BrightBlack,
        Status::Failed | Status::Denied | Status::Timeout => AnsiColor::Red,
    };
    let style = named
        .color
        .map(crate::config::ProfileColor::style)
        .unwrap_or_default();
    let code = outcome
        .exit_code
        .map(|code| code.to_string())
        .unwrap_or_default();
    vec![
        Cell::new(&named.profile).styled(style),
        Cell::new(outcome.account_id.as_deref().unwrap_or_default()),
        Cell::new(&named.region),
        Cell::new(outcome.status.word()).styled(color.on_default()),
        Cell::new(&code),
        Cell::new(&why(outcome)),
    ]
}

/// Up to AWS's code: who may not do what to which resource takes lines of a narrow column, and was
/// said in full where it happened first.
fn why(outcome: &Outcome) -> String {
    match &outcome.aws_code {
        Some(code) => format!("AWS refused it: {code}"),
        None => outcome.error.clone().unwrap_or_default(),
    }
}

/// `8 ok, 1 failed, 1 denied of 10`
fn counts(outcomes: &[Outcome]) -> String {
    const WORDS: [(Status, &str); 5] = [
        (Status::Ok, "ok"),
        (Status::Failed, "failed"),
        (Status::Denied, "denied"),
        (Status::Timeout, "timed out"),
        (Status::Skipped, "skipped"),
    ];
    let mut parts = Vec::new();
    for (status, word) in WORDS {
        let of_status = outcomes.iter().filter(|outcome| outcome.status == status);
        let count = of_status.count();
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    match parts.as_slice() {
        [one] => one.clone(),
        parts => format!("{} of {}", parts.join(", "), outcomes.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_short_and_the_rest_as_it_is() {
        let error = "AWS refused arn:aws:iam::1:role/R (profile 'no'): AccessDenied: User: arn: x";
        let outcome = Outcome::failed(Status::Denied, error);
        assert_eq!(why(&outcome), error);
        let refused = Outcome {
            aws_code: Some("AccessDenied".into()),
            ..outcome
        };
        assert_eq!(why(&refused), "AWS refused it: AccessDenied");
    }

    #[test]
    fn the_counts_read_well() {
        let ok = Outcome {
            status: Status::Ok,
            error: None,
            ..Outcome::skipped()
        };
        let denied = Outcome::failed(Status::Denied, "no");
        assert_eq!(counts(&[ok.clone(), ok.clone()]), "2 ok");
        assert_eq!(
            counts(&[denied.clone(), ok, Outcome::skipped()]),
            "1 ok, 1 denied, 1 skipped of 3"
        );
        assert_eq!(counts(&[denied]), "1 denied");
    }
}
