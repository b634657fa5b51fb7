//! What only Windows has: programs found by their endings, lines for cmd, three shells to tell
//! apart, and access control lists.

#![cfg(windows)]

use std::fs;
use std::os::windows::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use windows_permissions::constants::{SeObjectType, SecurityInformation};
use windows_permissions::wrappers::SetNamedSecurityInfo;
use windows_permissions::{LocalBox, SecurityDescriptor};

use crate::common::{Cmd, Running, Sandbox, XACCT, outer_env};

/// A batch file in a directory with a blank in its name.
fn batch(sandbox: &Sandbox, name: &str, lines: &[&str]) -> PathBuf {
    let dir = sandbox.home().join("my tools");
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join(name);
    let text: String = ["@echo off"]
        .iter()
        .chain(lines)
        .fold(String::new(), |text, line| text + line + "\r\n");
    fs::write(&path, text).unwrap();
    path
}

/// `Path` as Windows spells it, with the directory of the batch files first.
fn path(sandbox: &Sandbox) -> String {
    let outer = outer_env("Path").unwrap();
    format!("{};{outer}", sandbox.home().join("my tools").display())
}

/// A line for cmd, as somebody types it.
fn cmd(sandbox: &Sandbox, line: &str) -> Cmd {
    let mut command = Command::new("cmd.exe");
    command.raw_arg(format!("/D /S /C \"{line}\""));
    command.envs(sandbox.env());
    Cmd::new(command, Some(sandbox.endpoint().to_owned()))
}

fn open_to_everyone(path: &Path) {
    let list: LocalBox<SecurityDescriptor> = "D:P(A;;FA;;;WD)".parse().unwrap();
    let what = SecurityInformation::Dacl | SecurityInformation::ProtectedDacl;
    let object = SeObjectType::SE_FILE_OBJECT;
    SetNamedSecurityInfo(
        path.as_os_str(),
        object,
        what,
        None,
        None,
        list.dacl(),
        None,
    )
    .unwrap();
}

#[test]
fn a_command_is_found_by_its_ending_and_keeps_its_status() {
    let sandbox = Sandbox::start_plain();
    batch(
        &sandbox,
        "tool.cmd",
        &["echo [%~1] %AWS_ACCESS_KEY_ID:~0,4%", "exit /b 7"],
    );
    batch(&sandbox, "hello.bat", &["echo another program"]);
    // As npm puts one beside the `.cmd`, for a Unix shell.
    fs::write(sandbox.home().join("my tools/tool"), "#!/bin/sh\n").unwrap();
    sandbox
        .xacct(&["exec", "plain", "--", "tool", "a b"])
        .env("Path", path(&sandbox))
        .run()
        .status(7)
        .stdout("[a b] ASIA\r\n");
    sandbox
        .xacct(&["exec", "plain", "--", "hello.v1"])
        .env("Path", path(&sandbox))
        .run()
        .status(127)
        .stderr("xacct: error: hello.v1: command not found\n");
    sandbox
        .xacct(&["each", "plain", "--", "tool", "x y"])
        .env("Path", path(&sandbox))
        .run()
        .status(1)
        .stdout_contains("[x y] ASIA");
}

#[test]
fn a_credential_process_may_have_blanks_in_its_path_and_its_arguments() {
    let sandbox = Sandbox::start_plain();
    let json = r#"{"Version": 1, "AccessKeyId": "AKIARTXV5AHDTEST2YOU", "SecretAccessKey": "NotASecret/xacct/sandbox/hub/you/EXAMPLE"}"#;
    let program = batch(
        &sandbox,
        "cred.cmd",
        &[
            "if not \"%~1\"==\"of me\" exit /b 1",
            &format!("echo {json}"),
        ],
    );
    let by_xacct = format!("\"{XACCT}\" credential-process plain");
    sandbox.add_config(&format!(
        "\n[profile proc]\ncredential_process = \"{}\" \"of me\"\nregion = eu-west-1\n\
         \n[profile again]\ncredential_process = {by_xacct}\nregion = eu-west-1\n",
        program.display()
    ));
    assert_eq!(sandbox.key_id("proc"), "AKIARTXV5AHDTEST2YOU");
    assert_eq!(sandbox.key_id("again"), sandbox.key_id("plain"));
}

#[test]
fn an_mfa_process_is_a_path_with_backslashes() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let program = batch(&sandbox, "mfa.cmd", &[&format!("echo {code}")]);
    sandbox.write_settings(&format!(
        "[profile.hub]\nmfa_process = '\"{}\"'\n",
        program.display()
    ));
    sandbox.xacct(&["login", "client1", "-q"]).run().ok();
}

#[test]
fn cmd_evaluates_what_it_is_told_and_nobody_else_is_told_anything() {
    let sandbox = Sandbox::start_plain();
    // As the help says, and as a batch file spells it.
    let line = format!(
        "(for /f \"delims=\" %i in ('\"\"{XACCT}\" assume plain\"') do @%i) & call echo %^AWS_REGION% %^XACCT_PROFILE%"
    );
    cmd(&sandbox, &line)
        .run()
        .ok()
        .stdout("eu-west-1 plain\r\n");
    if outer_env("WINEPREFIX").is_none() {
        eprintln!("skipped: a shell may have started this test");
        return;
    }
    sandbox.clear_log();
    sandbox
        .xacct(&["assume", "plain"])
        .env("SHELL", "/usr/bin/bash")
        .run()
        .status(2)
        .stdout("")
        .stderr(
            "xacct: error: cannot detect your shell; use --shell\n  for example --shell \
             powershell, --shell cmd or --shell bash\n  or use a format for programs: --format \
             json\n",
        );
    sandbox.asked(&[]);
    sandbox
        .xacct(&["assume", "plain", "--shell", "powershell"])
        .run()
        .ok()
        .stdout_contains("$Env:AWS_ACCESS_KEY_ID = 'ASIA");
}

#[test]
fn what_others_can_read_is_not_used_and_doctor_closes_it() {
    let sandbox = Sandbox::start_plain();
    let key = sandbox.key_id("plain");
    let entry = sandbox.entry("plain");
    sandbox.clear_log();
    open_to_everyone(&entry);
    sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(0)
        .stderr_contains("others have access to it (Everyone)");
    assert_ne!(sandbox.key_id("plain"), key);
    sandbox.asked(&["AssumeRole"]);
    let credentials = sandbox.home().join(".aws").join("credentials");
    open_to_everyone(&credentials);
    let doctor = |args: &[&str]| {
        sandbox
            .xacct(&[&["doctor", "--offline"], args].concat())
            .run()
    };
    let found = doctor(&[]);
    assert!(
        found
            .stdout_text()
            .contains("other users can get at the keys in it (Everyone)")
            && found.stdout_text().contains("icacls ")
            && found
                .stdout_text()
                .contains("/inheritance:r /grant:r *S-1-3-4:F"),
        "{}",
        found.stdout_text()
    );
    doctor(&["--fix"]).stderr_contains("icacls ");
    assert!(!doctor(&[]).stdout_text().contains("Everyone"));
}

#[test]
fn processes_that_renew_at_once_all_write_what_the_others_read() {
    let sandbox = Sandbox::start_plain();
    let before = sandbox.key_id("plain");
    let renew = |_| {
        sandbox
            .xacct(&["credential-process", "plain", "--refresh", "-q"])
            .spawn()
    };
    let read = |_| {
        sandbox
            .xacct(&["credential-process", "plain", "-q"])
            .spawn()
    };
    let running: Vec<Running> = (0..6).map(renew).chain((0..6).map(read)).collect();
    for run in running {
        run.wait().ok();
    }
    assert_ne!(sandbox.key_id("plain"), before);
    assert_eq!(sandbox.entries().len(), 1);
    let left: Vec<_> = fs::read_dir(sandbox.cache_dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".tmp"))
        .collect();
    assert_eq!(left, [""; 0]);
}
