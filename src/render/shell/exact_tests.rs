//! The statements to the letter, what is refused, and which shell it is.

use super::*;

fn write(shell: Shell, change: &VariableChange<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    statements(shell, change, &mut out).unwrap();
    out
}

fn example(shell: Shell) -> String {
    let (key, profile) = (Secret::new("AKIA/+="), Secret::new("it's 5% – “x”\n"));
    let change = VariableChange {
        set: vec![("AWS_ACCESS_KEY_ID", &key), ("XACCT_PROFILE", &profile)],
        unset: vec!["A", "B"],
    };
    String::from_utf8(write(shell, &change)).unwrap()
}

#[test]
fn exact_statements() {
    let sh = "unset A B;\nexport AWS_ACCESS_KEY_ID='AKIA/+=';\n\
              export XACCT_PROFILE=\"`printf %b \
              'it\\0047s\\00405\\0045\\0040\\0342\\0200\\0223\\0040\\0342\\0200\\0234x\
              \\0342\\0200\\0235\\0012.'`\";\nexport XACCT_PROFILE=\"${XACCT_PROFILE%.}\";\n";
    for shell in [Shell::Sh, Shell::Bash, Shell::Zsh] {
        assert_eq!(example(shell), sh);
    }
    assert_eq!(
        example(Shell::Fish),
        "set -eg A B;\nset -gx AWS_ACCESS_KEY_ID 'AKIA/+=';\nset -gx XACCT_PROFILE 'it\\'s 5% – \
         “x”'\\x0a'';\ntrue;\n"
    );
    assert_eq!(
        example(Shell::Elvish),
        "unset-env A;\nunset-env B;\nset-env AWS_ACCESS_KEY_ID 'AKIA/+=';\n\
         set-env XACCT_PROFILE \"it's 5% – “x”\\u000a\";\n"
    );
    assert_eq!(
        example(Shell::PowerShell),
        "$Env:A = $null;\n$Env:B = $null;\n$Env:AWS_ACCESS_KEY_ID = 'AKIA/+=';\n\
         $Env:XACCT_PROFILE = 'it''s 5% '+[char]8211+' \
         '+[char]8220+'x'+[char]8221+''+[char]10+'';\n"
    );
    assert_eq!(
        example(Shell::Nu),
        "{\"A\":null,\"B\":null,\"AWS_ACCESS_KEY_ID\":\"AKIA/+=\",\"XACCT_PROFILE\":\"it's 5% – “x”\\n\"}\n"
    );
}

#[test]
fn exact_statements_for_cmd_and_tcsh() {
    let (key, profile) = (Secret::new("AKIA/+="), Secret::new("a & b"));
    let change = VariableChange {
        set: vec![("AWS_ACCESS_KEY_ID", &key), ("XACCT_PROFILE", &profile)],
        unset: vec!["A", "B"],
    };
    assert_eq!(
        String::from_utf8(write(Shell::Cmd, &change)).unwrap(),
        "set \"A=\"\nset \"B=\"\nset \"AWS_ACCESS_KEY_ID=AKIA/+=\"\nset \"XACCT_PROFILE=a & \
         b\"\ncmd /c exit 0\n"
    );
    assert_eq!(
        String::from_utf8(write(Shell::Tcsh, &change)).unwrap(),
        "unsetenv A;\nunsetenv B;\nsetenv AWS_ACCESS_KEY_ID 'AKIA/+=';\n\
         setenv XACCT_PROFILE \"`printf %b 'a\\0040\\0046\\0040b'`\";\n"
    );
}

#[test]
fn an_interrupt_ends_the_line_where_the_shell_can_be_told_so() {
    let change = VariableChange {
        set: Vec::new(),
        unset: vec!["AWS_PROFILE"],
    };
    for (shell, end) in [
        (Shell::Sh, "sh -c 'kill -INT $$';\n"),
        (Shell::Bash, "sh -c 'kill -INT $$';\n"),
        (Shell::Zsh, "sh -c 'kill -INT $$';\n"),
        (Shell::Fish, "sh -c 'exit 130';\n"),
        (Shell::Tcsh, "sh -c 'exit 130';\n"),
    ] {
        let mut out = Vec::new();
        interrupted(shell, &change, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("AWS_PROFILE") && text.ends_with(end),
            "{shell:?}: {text}"
        );
    }
}

#[test]
fn exact_failures() {
    for (shell, wanted) in [
        (Shell::Sh, "unset A B;\nsh -c 'exit 4';\n"),
        (Shell::Bash, "unset A B;\nsh -c 'exit 4';\n"),
        (Shell::Zsh, "unset A B;\nsh -c 'exit 4';\n"),
        (Shell::Fish, "set -eg A B;\nsh -c 'exit 4';\n"),
        (Shell::Tcsh, "unsetenv A;\nunsetenv B;\nsh -c 'exit 4';\n"),
        (
            Shell::Elvish,
            "unset-env A;\nunset-env B;\ne:sh -c 'exit 4';\n",
        ),
        (Shell::Nu, "{\"A\":null,\"B\":null}\n"),
        (
            Shell::PowerShell,
            "$Env:A = $null;\n$Env:B = $null;\n$global:LASTEXITCODE = 4;\nthrow 'xacct failed with \
             exit status 4';\n",
        ),
        (Shell::Cmd, "set \"A=\"\nset \"B=\"\ncmd /c exit 4\n"),
    ] {
        let mut out = Vec::new();
        let change = VariableChange {
            set: Vec::new(),
            unset: vec!["A", "B"],
        };
        failure(shell, 4, &change, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), wanted, "{shell:?}");
    }
}

#[test]
fn what_a_shell_cannot_hold_is_refused_whole() {
    for (shell, value) in [
        (Shell::Cmd, "50%"),
        (Shell::Cmd, "a\"b"),
        (Shell::Cmd, "a!b"),
        (Shell::Cmd, "a\nb"),
        (Shell::Tcsh, "a\nb"),
        (Shell::Sh, "a\0b"),
        (Shell::Nu, "a\0b"),
    ] {
        let (fine, value) = (Secret::new("fine"), Secret::new(value));
        let change = VariableChange {
            set: vec![("A", &fine), ("XACCT_PROFILE", &value)],
            unset: vec!["B"],
        };
        let mut out = Vec::new();
        let error = statements(shell, &change, &mut out).unwrap_err();
        assert_eq!(
            (error.kind(), out.len()),
            (io::ErrorKind::InvalidInput, 0),
            "{shell:?}"
        );
        assert!(
            error.to_string().starts_with("XACCT_PROFILE would hold a"),
            "{error}"
        );
    }
}

#[test]
fn the_text_never_outgrows_its_buffer() {
    for shell in <Shell as clap::ValueEnum>::value_variants() {
        let values: Vec<Secret> = ["\u{1}\u{1}\u{1}", "é’é’", "a", "", "\n"]
            .map(Secret::new)
            .into();
        let set: Vec<_> = values
            .iter()
            .map(|value| ("XACCT_PROFILE", value))
            .collect();
        let change = VariableChange {
            set,
            unset: vec!["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"; 3],
        };
        if let Ok(text) = {
            let mut out = Vec::new();
            statements(*shell, &change, &mut out).map(|()| out)
        } {
            assert!(
                text.len() <= capacity(&change),
                "{shell:?}: {} of {}",
                text.len(),
                capacity(&change)
            );
        }
    }
}

#[test]
fn the_shell_is_found_by_its_name() {
    for (parent, variable, shell) in [
        (Some("/usr/bin/zsh"), Some("/bin/bash"), Shell::Zsh),
        (Some("-zsh"), None, Shell::Zsh),
        (Some("/usr/local/bin/zsh-5.9"), None, Shell::Zsh),
        (Some("C:\\Windows\\System32\\cmd.exe"), None, Shell::Cmd),
        (Some("PowerShell.EXE"), None, Shell::PowerShell),
        (Some("/opt/pwsh-preview"), None, Shell::PowerShell),
        (Some("make"), Some("/usr/bin/fish"), Shell::Fish),
        (Some("/usr/lib/busybox"), Some("/usr/bin/fish"), Shell::Sh),
        (Some("nu"), None, Shell::Nu),
        (Some("-csh"), None, Shell::Tcsh),
        (None, Some("/usr/bin/elvish"), Shell::Elvish),
        (None, Some("/usr/bin/bash"), Shell::Bash),
    ] {
        let parent = parent.and_then(by_name);
        let found = detect(parent, variable);
        let by_process = parent.filter(|_| cfg!(windows));
        assert_eq!(
            found,
            by_process.or((!cfg!(windows)).then_some(shell)),
            "{variable:?}"
        );
    }
    let fallback = (!cfg!(windows)).then_some(Shell::Sh);
    assert_eq!(detect(None, None), fallback);
    assert_eq!(
        detect(by_name("python3.12"), Some("/usr/bin/nosuch")),
        fallback
    );
    assert_eq!(detect(by_name(""), Some("")), fallback);
}
