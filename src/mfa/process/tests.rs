use std::fs;
use std::path::PathBuf;

use super::*;
use crate::error::Kind;

const DEVICE: MfaDevice<'_> = MfaDevice {
    serial: "arn:aws:iam::111111111111:mfa/you",
    profile: "client1",
};
const MINUTE: Duration = Duration::from_mins(1);

/// A script in a folder with a space in its name, run by `sh`: a fresh executable could still be
/// open for writing in a process that another test has just forked.
struct Script {
    dir: tempfile::TempDir,
}

impl Script {
    fn new(text: &str) -> Script {
        let dir = tempfile::Builder::new()
            .prefix("mfa process")
            .tempdir()
            .unwrap();
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
        run(&self.command(arguments), &DEVICE, MINUTE, None).await
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
        let code = script
            .run(&shlex::try_quote(output).unwrap())
            .await
            .unwrap();
        assert_eq!(code.expose(), expected, "{output:?}");
    }
}

#[tokio::test]
async fn the_shell_runs_it() {
    let script = Script::new("printf '%s\\n' \"$CODE\" \"$@\" > \"${0%.sh}.out\"\necho 123456");
    let command = format!(
        "CODE='a b' {} | tr -d '6\\n'; echo 7",
        script.command("$((6*7)) \"two words\" a\\ b")
    );
    assert_eq!(
        run(&command, &DEVICE, MINUTE, None).await.unwrap().expose(),
        "123457"
    );
    let seen = fs::read_to_string(script.path("code.out")).unwrap();
    assert_eq!(seen, "a b\n42\ntwo words\na b\n");
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
        ("", "printed no line of six digits"),
        ("echo 12345; echo 12x456", "printed no line of six digits"),
        ("printf '\\377123456\\n'", "printed no line of six digits"),
    ] {
        let error = Script::new(text).error("--token hunter2").await;
        assert_eq!(
            error.to_string(),
            format!("mfa_process of profile 'client1' (sh) {message}")
        );
        assert_eq!((error.kind, error.hint_texts().len()), (Kind::Other, 0));
    }
}

#[tokio::test]
async fn endless_output_is_not_waited_for() {
    let error = Script::new("while :; do echo 123456; done").error("").await;
    let expected =
        "mfa_process of profile 'client1' (sh) printed more than a code: 4096 bytes and on";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn one_that_takes_too_long_is_stopped() {
    let script = Script::new("exec sleep 1000");
    let error = run(
        &script.command("--token hunter2"),
        &DEVICE,
        Duration::from_millis(1),
        None,
    )
    .await
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "mfa_process of profile 'client1' (sh) took longer than 0 s and was stopped"
    );
    assert_eq!(error.kind, Kind::Other);
}

#[tokio::test]
async fn what_cannot_be_run_is_a_matter_of_configuration() {
    for (command, message) in [
        (
            "",
            "of profile 'client1' is not a command: a quote is open, or it is empty",
        ),
        (
            "  ",
            "of profile 'client1' is not a command: a quote is open, or it is empty",
        ),
        (
            "oathtool 'hunter2",
            "of profile 'client1' is not a command: a quote is open, or it is empty",
        ),
        (
            "/nowhere/mfa --token hunter2 2>&-",
            "of profile 'client1' (mfa) cannot be run: exit status: 127",
        ),
        (
            "TOKEN=hunter/2 none-such 2>&-",
            "of profile 'client1' (none-such) cannot be run: exit status: 127",
        ),
        (
            "TOKEN=hunter/2",
            "of profile 'client1' (TOKEN) printed no line of six digits",
        ),
        (
            "/ --token hunter2 2>&-",
            "of profile 'client1' () cannot be run: exit status: 126",
        ),
    ] {
        let error = run(command, &DEVICE, MINUTE, None).await.unwrap_err();
        assert_eq!(error.to_string(), format!("mfa_process {message}"));
        let is_run = message.contains("printed");
        assert_eq!(
            error.kind,
            if is_run { Kind::Other } else { Kind::Config },
            "{command}"
        );
    }
}
