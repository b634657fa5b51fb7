//! The tour: every promise kept, readable, nothing secret in full, nothing left behind.

use crate::common::{Cmd, Sandbox};

/// A run whose temporary files can be counted; the harness's sandbox only lends its environment.
fn tour(sandbox: &Sandbox) -> Cmd {
    let temporary = sandbox.home().join("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    sandbox
        .xacct(&["sandbox", "tour"])
        .env("TMPDIR", temporary)
        .env("AWS_PROFILE", "outside")
}

fn left_behind(sandbox: &Sandbox) -> usize {
    std::fs::read_dir(sandbox.home().join("tmp"))
        .unwrap()
        .count()
}

/// Downloads are called `xacct-1.2.3-linux` and the like.
#[cfg(unix)]
#[test]
fn the_program_may_be_called_otherwise() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let other = dir.path().join("xacct-of-another-name");
    std::fs::hard_link(crate::common::XACCT, &other).unwrap();
    let sandbox = Sandbox::start();
    let output = sandbox.program(&other, &["sandbox", "tour"]).run().ok();
    assert_eq!(
        output.stdout_text().lines().last(),
        Some("tour: 51 promises kept")
    );
}

#[test]
fn every_promise_is_kept() {
    let sandbox = Sandbox::start();
    let output = tour(&sandbox).run().ok();
    let text = output.stdout_text();
    assert_eq!(
        text.lines().last(),
        Some("tour: 51 promises kept"),
        "{text}"
    );
    assert_eq!(text.matches("   ok: ").count(), 51);
    for shown in [
        "\n   $ XACCT_MFA_CODE=$(xacct sandbox code) xacct assume client1 --shell sh\n",
        "\n   | export AWS_ACCOUNT_ID='222222222222';\n",
        "\n   | (word for word what it printed before)\n",
        "\n   ok: AWS was asked 2 times: GetSessionToken, AssumeRole\n",
        "\n   ok: 20 processes have the same credentials, for account 444444444444\n",
        "\n   | sh -c 'exit 3';\n",
    ] {
        assert!(text.contains(shown), "no {shown:?} in:\n{text}");
    }
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(
        widest.is_some_and(|columns| columns <= 100),
        "{widest:?} columns"
    );
    assert!(!text.contains('\u{1b}'), "colour in a pipe");
    assert_eq!(left_behind(&sandbox), 0);
    // It was played elsewhere.
    assert!(sandbox.calls().is_empty());
}

#[test]
fn secrets_are_shortened() {
    let sandbox = Sandbox::start();
    let output = tour(&sandbox).run().ok();
    let secret_of = |line: &str| {
        let (_, rest) = line.split_once("export AWS_SECRET_ACCESS_KEY='")?;
        Some(rest.trim_end_matches("';").chars().count())
    };
    let lengths: Vec<usize> = output.stdout_text().lines().filter_map(secret_of).collect();
    assert_eq!(lengths, [5], "four characters and an ellipsis");
    // A secret access key has forty characters, a session token more; arns and paths have others
    // between them.
    let base64 = |c: char| c.is_ascii_alphanumeric() || c == '+';
    let long = output
        .stdout_text()
        .split(|c| !base64(c))
        .find(|word| word.len() >= 24);
    assert_eq!(long, None);
    assert!(!output.stdout_text().contains("NotASecret"));
}

#[test]
fn it_is_through_the_sample_world_only() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["sandbox", "tour", "--world", "w.toml"])
        .run()
        .status(2)
        .stdout("")
        .stderr(
            "xacct: error: the tour is through the sample world: it takes no --world\n  \
         xacct sandbox --world FILE    opens a shell in a world of your own\n",
        );
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_it() {
    let sandbox = Sandbox::start();
    let script = format!(
        "'{}' sandbox tour 2>&1 >/dev/full | grep -c 'stdout cannot be written'",
        crate::common::XACCT
    );
    std::fs::create_dir_all(sandbox.home().join("tmp")).unwrap();
    let shell = sandbox
        .program("sh", &["-c", &script])
        .env("TMPDIR", sandbox.home().join("tmp"));
    shell.run().ok().stdout("1\n");
    assert_eq!(left_behind(&sandbox), 0);
}

#[cfg(unix)]
#[test]
fn on_a_terminal_it_is_in_colour_and_an_interrupt_leaves_nothing() {
    let sandbox = Sandbox::start();
    let temporary = sandbox.home().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let temporary = temporary.to_str().unwrap();
    let mut pty = sandbox.pty_with(
        &["sandbox", "tour"],
        &[("TMPDIR", temporary), ("TERM", "xterm")],
    );
    pty.expect("\u{1b}[1m2. the plan");
    pty.interrupt();
    let (status, screen) = pty.wait();
    assert_eq!(status, 130, "{screen}");
    assert!(screen.contains("interrupted"), "{screen}");
    assert_eq!(left_behind(&sandbox), 0);
}
