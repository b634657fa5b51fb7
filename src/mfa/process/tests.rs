use std::fs;
use std::path::PathBuf;

use super::*;
use crate::error::Kind;

const DEVICE: Device<'_> = Device { serial: "arn:aws:iam::111111111111:mfa/you", profile: "client1" };
const MINUTE: Duration = Duration::from_mins(1);

/// A script in a folder with a space in its name, run by `sh`: a fresh executable could still be open for writing
/// in a process that another test has just forked.
struct Script {
    dir: tempfile::TempDir,
}

impl Script {
    fn new(text: &str) -> Script {
        let dir = tempfile::Builder::new().prefix("mfa process").tempdir().unwrap();
        fs::write(dir.path().join("code.sh"), text).unwrap();
        Script { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, arguments: &str) -> String {
        format!("sh '{}' {arguments}", self.path("code.sh").display())
    }

    async fn run(&self, arguments: &str) -> Result<Code> {
        run(&self.command(arguments), &DEVICE, MINUTE).await
    }

    async fn error(&self, arguments: &str) -> Error {
        self.run(arguments).await.unwrap_err()
    }
}

#[tokio::test]
async fn the_first_line_of_six_digits_is_the_code() {
    for (output, expected) in [
        ("123456", "123456"),
        ("  123 456 \r\n", "123456"),
        ("touch the key\n123456\n654321\n", "123456"),
        ("1234567\n012345\n", "012345"),
    ] {
        let script = Script::new("printf '%b' \"$1\"");
        let code = script.run(&shlex::try_quote(output).unwrap()).await.unwrap();
        assert_eq!(code.expose(), expected, "{output:?}");
    }
}

#[tokio::test]
async fn no_shell_touches_the_words() {
    let script = Script::new("for word; do echo \"$word\"; done > \"${0%.sh}.out\"\necho 123456");
    script.run("$HOME '~' ~ '|' wc `id` \"two words\" a\\ b > x").await.unwrap();
    let seen = fs::read_to_string(script.path("code.out")).unwrap();
    assert_eq!(seen, "$HOME\n~\n~\n|\nwc\n`id`\ntwo words\na b\n>\nx\n");
}

#[tokio::test]
async fn stdin_is_empty() {
    let script = Script::new("if read -r line; then echo no; else echo 123456; fi");
    assert_eq!(script.run("").await.unwrap().expose(), "123456");
}

#[tokio::test]
async fn failures_name_the_profile_and_the_program_but_no_argument() {
    for (text, message) in [
        ("echo 123456; exit 7", "failed: exit status: 7"),
        ("kill -9 $$", "failed: signal: 9 (SIGKILL)"),
        ("", "printed no line of six digits"),
        ("echo 12345; echo 12x456", "printed no line of six digits"),
        ("printf '\\377123456\\n'", "printed no line of six digits"),
    ] {
        let error = Script::new(text).error("--token hunter2").await;
        assert_eq!(error.message, format!("mfa_process of profile 'client1' (sh) {message}"));
        assert_eq!((error.kind, error.hints.len()), (Kind::Other, 0));
    }
}

#[tokio::test]
async fn endless_output_is_not_waited_for() {
    let error = Script::new("while :; do echo 123456; done").error("").await;
    let expected = "mfa_process of profile 'client1' (sh) printed more than a code: 4096 bytes and on";
    assert_eq!(error.message, expected);
}

#[tokio::test]
async fn one_that_takes_too_long_is_stopped() {
    let script = Script::new("exec sleep 1000");
    let error = run(&script.command("--token hunter2"), &DEVICE, Duration::from_millis(1)).await.unwrap_err();
    assert_eq!(error.message, "mfa_process of profile 'client1' (sh) took longer than 0 s and was stopped");
    assert_eq!(error.kind, Kind::Other);
}

#[tokio::test]
async fn what_cannot_be_run_is_a_matter_of_configuration() {
    for (command, message) in [
        ("", "of profile 'client1' is not a command: a quote is open, or it is empty"),
        ("  ", "of profile 'client1' is not a command: a quote is open, or it is empty"),
        ("oathtool 'hunter2", "of profile 'client1' is not a command: a quote is open, or it is empty"),
        (
            "/nowhere/mfa --token hunter2",
            "of profile 'client1' (mfa) cannot be run: No such file or directory (os error 2)",
        ),
        (
            "TOKEN=hunter/2 oathtool",
            "of profile 'client1' (TOKEN) cannot be run: No such file or directory (os error 2)",
        ),
    ] {
        let error = run(command, &DEVICE, MINUTE).await.unwrap_err();
        assert_eq!(error.message, format!("mfa_process {message}"));
        assert_eq!(error.kind, Kind::Config);
    }
}
