//! What is filled in, what is left out, and that a path says nothing but itself.

use super::*;

const SHELLS: [Shell; 5] = [
    Shell::Bash,
    Shell::Zsh,
    Shell::Fish,
    Shell::Nu,
    Shell::PowerShell,
];

fn of(shell: Shell, prompt: bool, renew: Option<u64>) -> String {
    script(
        shell,
        &InitParts {
            program: "/opt/it's/xacct",
            completion: "COMPLETION",
            prompt,
            renew,
        },
    )
    .unwrap()
}

#[test]
fn parts_are_there_when_they_are_wanted() {
    for shell in SHELLS {
        let (plain, both) = (of(shell, false, None), of(shell, true, Some(600)));
        assert!(plain.len() < both.len());
        for (text, prompt, renew) in [
            (&plain, false, false),
            (&of(shell, true, None), true, false),
            (&of(shell, false, Some(600)), false, true),
            (&both, true, true),
        ] {
            assert_eq!(text.contains("color-of="), prompt, "{shell:?}\n{text}");
            assert_eq!(text.contains("XACCT_MIN_TTL"), renew, "{shell:?}\n{text}");
            assert!(!text.contains("#:"), "{shell:?}\n{text}");
            for name in ["program", "shell", "subshell", "renew", "completion"] {
                assert!(
                    !text.contains(&format!("@{name}@")),
                    "{shell:?} @{name}@\n{text}"
                );
            }
        }
    }
}

#[test]
fn no_word_of_a_part_is_misspelt() {
    for template in [
        include_str!("bash_zsh.sh"),
        include_str!("fish.fish"),
        include_str!("nu.nu"),
        include_str!("powershell.ps1"),
    ] {
        for words in template
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("#: "))
        {
            for word in words.split(' ') {
                let known = ["all", "prompt", "noprompt", "renew", "hook", "bash", "zsh"];
                assert!(known.contains(&word), "{word}");
            }
        }
    }
}

#[test]
fn shells_that_have_none() {
    let parts = InitParts {
        program: "/x",
        completion: "",
        prompt: false,
        renew: None,
    };
    assert!(script(Shell::Cmd, &parts).is_none());
    for shell in [Shell::Sh, Shell::Tcsh, Shell::Elvish] {
        let text = script(shell, &parts).unwrap();
        assert!(text.contains("/x") && !text.contains("@p"), "{text}");
        assert!(!has_hooks(shell));
    }
}

#[test]
fn what_is_filled_in_is_not_filled_again() {
    let program = "/a@shell@/b@c";
    let parts = InitParts {
        program,
        completion: "",
        prompt: false,
        renew: None,
    };
    assert!(
        script(Shell::Bash, &parts)
            .unwrap()
            .contains("    \"/a@shell@/b@c\" \"$@\"\n")
    );
}

#[test]
fn what_acts_on_the_shell() {
    for (line, wanted) in [
        ("assume c", true),
        ("--color never -v assume c --duration 1h", true),
        ("unset", true),
        ("assume -- --print", true),
        ("unset --print", true),
        ("", false),
        ("--color assume", false),
        ("list assume", false),
        ("assume c --print", false),
        ("assume c --format=json", false),
        ("assume c --shell fish", false),
        ("unset --shell=sh", false),
        ("assume -qh", false),
        ("-h assume", false),
    ] {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        assert_eq!(acts(&words), wanted, "{line}");
    }
}

#[test]
fn the_line_that_tcsh_evaluates() {
    let line = "assume \"my own\"";
    let wanted = "unsetenv XACCT_TYPED; eval `env XACCT_SHELL=tcsh '/a b/x' assume \"my own\"`\n";
    assert_eq!(tcsh_line("/a b/x", line), wanted);
    assert_eq!(
        tcsh_line("/x", "list > out"),
        "unsetenv XACCT_TYPED; /x list > out\n"
    );
    let parts = InitParts {
        program: "/a b/x",
        completion: "",
        prompt: false,
        renew: None,
    };
    assert!(
        script(Shell::Tcsh, &parts)
            .unwrap()
            .contains("`env xacct init tcsh --line`")
    );
}
