//! What must hold for every text, however broken.

use zeroize::Zeroizing;

use super::edit;
use super::finding::{Finding, Repair, TextEdit};
use super::{catalog, check_text};
use crate::config::{Config, FileKind, Paths, Texts};

fn found(text: &str) -> Vec<Finding> {
    [FileKind::Config, FileKind::Credentials]
        .into_iter()
        .flat_map(|file| check_text(file, "x", text))
        .collect()
}

#[test]
fn ids_are_unique_words_and_messages_read_on() {
    let mut ids: Vec<&str> = catalog::ALL.iter().map(|kind| kind.id).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    for kind in catalog::ALL {
        assert!(
            kind.id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{}",
            kind.id
        );
        assert!(kind.about.ends_with('.'), "{}", kind.id);
    }
}

#[test]
fn what_may_be_a_secret_is_not_shown() {
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    for line in [
        SECRET.to_owned(),
        format!("{SECRET}="),
        format!("{SECRET}: x"),
        format!("{SECRET} = # x"),
        format!("{SECRET} x = \"y\""),
        format!("aws_secret_access_key: {SECRET}"),
        format!("aws_secret_access_key = \"{SECRET}\" # {SECRET}"),
        format!("region =\n  {SECRET}"),
    ] {
        let findings = found(&format!("[profile a]\n{line}\n[a]\n{line}\n"));
        assert!(!findings.is_empty(), "{line}");
        let shown = format!("{findings:?}").to_lowercase();
        assert!(
            !shown.contains(&SECRET[..8].to_lowercase()),
            "{line}: {shown}"
        );
    }
    let finding = Finding::new(
        &catalog::VALUE_REFUSED,
        format!("region 'x\naws_secret_access_key = {SECRET}' is none"),
    );
    assert_eq!(finding.message, "region 'x …' is none");
}

/// Lines as people write and break them.
const LINES: [&str; 20] = [
    "[profile a]",
    "[profile b] x",
    " [profile c]",
    "[default]",
    "[x",
    "k = v",
    "region = eu-west-1 # c",
    "  # c",
    "  k2 = v",
    "s3 =",
    "  a = b",
    "\tx",
    "k: v",
    "= v",
    "",
    "# c",
    "  = d",
    "[]",
    "[my client]",
    "my key = v",
];

proptest::proptest! {
    #[test]
    fn no_text_is_too_broken(text in ".{0,200}", lines in "([\\[\\]#;=: \t\r\n'\"a-c\u{feff}\u{a0}]{0,12}\n){0,12}") {
        found(&text);
        found(&lines);
    }

    /// What xacct itself does not use, and says so elsewhere, is found here too.
    #[test]
    fn no_problem_of_the_parser_is_left_out(picked in proptest::collection::vec(0..LINES.len(), 0..14)) {
        let lines: Vec<&str> = picked.iter().map(|at| LINES[*at]).collect();
        let text = lines.join("\n");
        for file in [FileKind::Config, FileKind::Credentials] {
            let own = Some(Zeroizing::new(text.clone()));
            let texts = match file {
                FileKind::Config => Texts { config: own, ..Texts::default() },
                _ => Texts { credentials: own, ..Texts::default() },
            };
            let found = check_text(file, "x", &text);
            for problem in Config::without_settings(Paths::default(), texts).problems() {
                let line = Some(problem.origin.line);
                proptest::prop_assert!(found.iter().any(|finding| finding.line == line), "{text:?}: {problem}");
            }
        }
    }

    #[test]
    fn mending_keeps_what_the_profiles_say(picked in proptest::collection::vec(0..LINES.len(), 0..14), marked: bool) {
        let mark = if marked { "\u{feff}" } else { "" };
        let lines: Vec<&str> = picked.iter().map(|at| LINES[*at]).collect();
        let text = format!("{mark}{}\n", lines.join("\n"));
        let findings = check_text(FileKind::Config, "x", &text);
        let edits: Vec<&TextEdit> = findings
            .iter()
            .filter_map(|finding| match &finding.repair {
                Some(Repair::Edit { edit, .. }) => Some(edit),
                _ => None,
            })
            .collect();
        let mended = edit::apply(FileKind::Config, &text, &edits).unwrap();
        let config = |text: &str| {
            let texts = Texts { config: Some(Zeroizing::new(text.to_owned())), ..Texts::default() };
            Config::without_settings(Paths::default(), texts.without_marks())
        };
        proptest::prop_assert!(edit::holds(&config(&text), &config(&mended), &edits), "{text:?} \
             {:?}", &*mended);
        let left = check_text(FileKind::Config, "x", &mended);
        proptest::prop_assert!(left.iter().all(|finding| finding.repair.is_none()), "{left:?}");
    }
}
