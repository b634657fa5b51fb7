//! Scenes of our own, without programs: what breaks a promise, and how things are shown.

use super::*;

fn played(
    shown: &mut Vec<u8>,
    act: impl FnOnce(&mut TourStage<'_, Vec<u8>>),
) -> (String, Result<()>) {
    let mut stage = TourStage::new(shown, false, BTreeMap::new(), "http://127.0.0.1:1");
    act(&mut stage);
    let result = stage.end();
    (String::from_utf8(shown.clone()).unwrap(), result)
}

#[test]
fn a_broken_promise_is_named_and_fails() {
    let (text, result) = played(&mut Vec::new(), |stage| {
        stage.scene("one", "look").unwrap();
        stage.promise("kept", true).unwrap();
        stage
            .succeeded(&Played::default(), &["AssumeRole"])
            .unwrap();
    });
    assert_eq!(
        text,
        "\n1. one\n   look\n   ok: kept\n   ok: exit status 0\n   BROKEN: AWS was asked once: \
         AssumeRole\n\n\
         tour: 2 promises kept, 1 broken\n"
    );
    let error = result.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the tour broke a promise: scene 1: AWS was asked once: AssumeRole"
    );
    assert_eq!(error.kind.status(), 1);
}

#[test]
fn every_way_to_break_a_promise_is_seen() {
    let request =
        serde_json::json!({ "action": "AssumeRole", "params": { "TokenCode": "123456" } });
    let noisy = Played {
        stderr: "oh".into(),
        ..Played::default()
    };
    let failed = Played {
        status: 3,
        requests: vec![request],
        ..Played::default()
    };
    assert_eq!(
        (failed.actions(), failed.codes()),
        (vec!["AssumeRole"], vec![true])
    );
    let (_, result) = played(&mut Vec::new(), |stage| {
        stage.succeeded(&noisy, &[]).unwrap();
        stage.succeeded(&failed, &[]).unwrap();
        stage
            .refused(&failed, 4, &["GetSessionToken"], "why")
            .unwrap();
    });
    let message = result.unwrap_err().to_string();
    assert_eq!(message.matches("scene 0: ").count(), 6, "{message}");
}

#[test]
fn secrets_are_shortened_and_long_lines_broken() {
    let (text, result) = played(&mut Vec::new(), |stage| {
        stage.secrets = vec!["NotASecret/xacct".to_owned()];
        let stdout = format!(
            "key=NotASecret/xacct\u{1b}\n{} {}\n",
            "a".repeat(60),
            "b".repeat(60)
        );
        stage
            .show(&Played {
                stdout: stdout.clone(),
                ..Played::default()
            })
            .unwrap();
        stage
            .show(&Played {
                stdout,
                ..Played::default()
            })
            .unwrap();
    });
    let (a, b) = ("a".repeat(60), "b".repeat(60));
    assert_eq!(
        text,
        format!(
            "   | key=NotA…\\u{{1b}}\n   | {a}\n   |   {b}\n   | (word for word what it printed \
             before)\n\n\
             tour: 0 promises kept\n"
        )
    );
    assert!(result.is_ok());
}
