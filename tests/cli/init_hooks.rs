//! `init --prompt` and `init --renew`: what a prompt of the real shells shows and does, without a
//! terminal.
//!
//! The hooks are called as the shell would call them; a terminal of their own is in `init_tmux`.

#![cfg(unix)]

use std::fs;
use std::path::Path;

use crate::common::cache::now;
use crate::common::shells::{found, prepared, sandbox};
use crate::common::{Output, Sandbox};

/// A shell, and how it says a few things.
struct Way {
    program: &'static str,
    args: &'static [&'static str],
    /// Evaluates what `xacct init SHELL @` prints.
    load: &'static str,
    /// Sets the variable `@1` to the text `@2`.
    set: &'static str,
    /// What happens before a prompt.
    hook: &'static str,
    /// Prints the prompt between `<` and `>`, in which colours are as the terminal gets them.
    prompt: &'static str,
    /// Prints the variable `@` and a line end.
    get: &'static str,
    /// Defines a prompt `$ ` as a user would.
    own: &'static str,
}

const WAYS: [Way; 5] = [
    Way {
        program: "bash",
        args: &["--norc", "-uc"],
        load: "eval \"$(xacct init bash @)\"",
        set: "export @1='@2'",
        hook: "eval \"${PROMPT_COMMAND[*]}\"",
        prompt: "eval \"${PROMPT_COMMAND[*]}\"; printf '<%s>\\n' \"${PS1@P}\" | tr -d '\\001\\002'",
        get: "echo \"${@-}\"",
        own: "PS1='$ '",
    },
    BASH_LIST,
    Way {
        program: "zsh",
        args: &["-fuc"],
        load: "eval \"$(xacct init zsh @)\"",
        set: "export @1='@2'",
        hook: "for f in $precmd_functions; do $f; done",
        prompt: "for f in $precmd_functions; do $f; done; print -rP \"<$PROMPT>\"",
        get: "echo \"${@-}\"",
        own: "setopt prompt_subst; PROMPT='$ '",
    },
    Way {
        program: "fish",
        args: &["-Nc"],
        load: "xacct init fish @ | source",
        set: "set -gx @1 '@2'",
        hook: "emit fish_prompt",
        prompt: "emit fish_prompt; printf '<%s>\\n' (fish_prompt | string collect -N)",
        get: "echo $@",
        own: "function fish_prompt; printf '$ '; end",
    },
    Way {
        program: "nu",
        args: &["-n", "-c"],
        load: "source init.nu",
        set: "$env.@1 = '@2'",
        hook: "__xacct_renew",
        prompt: "__xacct_look; print $\"<(do $env.PROMPT_COMMAND)>\"",
        get: "print ($env.@? | default '')",
        own: "$env.PROMPT_COMMAND = {|| '$ '}",
    },
];

/// With `PROMPT_COMMAND` as a list.
const BASH_LIST: Way = Way {
    program: "bash",
    args: &["--norc", "-c"],
    load: "eval \"$(xacct init bash @)\"",
    set: "export @1='@2'",
    hook: "for c in \"${PROMPT_COMMAND[@]}\"; do eval \"$c\"; done",
    prompt: "for c in \"${PROMPT_COMMAND[@]}\"; do eval \"$c\"; done; printf \
             '<%s>\\n' \"${PS1@P}\" | tr -d '\\001\\002'",
    get: "echo \"${@-}\"",
    own: "PS1='$ '; PROMPT_COMMAND=(true)",
};

impl Way {
    fn load(&self, options: &str) -> String {
        self.load.replace('@', options)
    }

    fn set(&self, name: &str, value: &str) -> String {
        self.set.replace("@1", name).replace("@2", value)
    }

    fn get(&self, name: &str) -> String {
        self.get.replace('@', name)
    }

    fn run(
        &self,
        sandbox: &Sandbox,
        dir: &Path,
        options: &str,
        statements: &[String],
    ) -> Option<Output> {
        let program = found(self.program)?;
        if self.program == "nu" {
            let words: Vec<&str> = ["init", "nu"]
                .into_iter()
                .chain(options.split(' '))
                .collect();
            fs::write(
                dir.join("init.nu"),
                sandbox.xacct(&words).run().ok().stdout_text(),
            )
            .unwrap();
        }
        let script = statements.join("\n");
        let args: Vec<&str> = self.args.iter().copied().chain([script.as_str()]).collect();
        let run = prepared(sandbox.program(program, &args), dir, "/bin/false");
        Some(run.env("TERM", "xterm-256color").run())
    }
}

/// `AWS_CREDENTIAL_EXPIRATION` in this many seconds.
fn in_seconds(seconds: i64) -> String {
    let at = chrono_like(now() + seconds);
    format!("{at}Z")
}

/// `date`, so that the arithmetic of the shells is held to somebody else's.
fn chrono_like(at: i64) -> String {
    let date = std::process::Command::new("date")
        .args(["-u", "-d", &format!("@{at}"), "+%Y-%m-%dT%H:%M:%S"])
        .output()
        .unwrap();
    String::from_utf8(date.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_segment_shows_profile_and_time_left_and_the_own_prompt_goes_on() {
    let sandbox = sandbox();
    sandbox.write_settings(
        "[profile.client1]\ncolor = \"orange\"\n[profile.\"a%b\\u001b[31m$(touch ran)`touch \
         ran`\"]\n",
    );
    let (orange, red, off) = ("\u{1b}[38;5;208m", "\u{1b}[31m", "\u{1b}[0m");
    for way in &WAYS {
        let dir = tempfile::tempdir().unwrap();
        let at = |seconds: i64| way.set("AWS_CREDENTIAL_EXPIRATION", &in_seconds(seconds));
        let statements = [
            way.own.to_owned(),
            way.load("--prompt"),
            way.prompt.to_owned(),
            way.set("XACCT_PROFILE", "client1"),
            way.prompt.to_owned(),
            at(2 * 3600 + 330),
            way.prompt.to_owned(),
            at(2970),
            way.prompt.to_owned(),
            at(270),
            way.prompt.to_owned(),
            at(-5),
            way.prompt.to_owned(),
            way.set("AWS_CREDENTIAL_EXPIRATION", "a[$(touch ran)]"),
            way.prompt.to_owned(),
            at(2970),
            way.set("XACCT_PROFILE", "a%b\u{1b}[31m$(touch ran)`touch ran`"),
            way.prompt.to_owned(),
            way.set("NO_COLOR", "1"),
            way.set("XACCT_PROFILE", "client1"),
            way.prompt.to_owned(),
            way.set("XACCT_PROFILE", ""),
            way.prompt.to_owned(),
        ];
        let Some(output) = way.run(&sandbox, dir.path(), "--prompt", &statements) else {
            continue;
        };
        let output = output.ok();
        // zsh says the same in other bytes.
        let text = output.stdout_text().replace("\u{1b}[00m", off);
        let wanted = [
            "<$ >".to_owned(),
            format!("<{orange}(client1){off} $ >"),
            format!("<{orange}(client1 2h5m){off} $ >"),
            format!("<{orange}(client1 49m){off} $ >"),
            format!("<{red}(client1 4m){off} $ >"),
            format!("<{red}(client1 expired){off} $ >"),
            format!("<{orange}(client1){off} $ >"),
            "<(a%b?[31m$(touch ran)`touch ran` 49m) $ >".to_owned(),
            "<(client1 49m) $ >".to_owned(),
            "<$ >".to_owned(),
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), wanted, "{}", way.program);
        assert!(
            !dir.path().join("ran").exists(),
            "{}: something ran",
            way.program
        );
    }
}

#[test]
fn loading_twice_shows_it_once() {
    let sandbox = sandbox();
    for way in &WAYS {
        let dir = tempfile::tempdir().unwrap();
        let statements = [
            way.own.to_owned(),
            way.load("--prompt --renew"),
            way.load("--prompt --renew"),
            way.set("XACCT_PROFILE", "client1"),
            way.prompt.to_owned(),
            way.load("--prompt --renew"),
            way.prompt.to_owned(),
        ];
        let Some(output) = way.run(&sandbox, dir.path(), "--prompt --renew", &statements) else {
            continue;
        };
        output.ok().stdout("<(client1) $ >\n<(client1) $ >\n");
    }
}

/// What others set in the prompt stays, in whatever order they come: a theme that sets it anew each
/// time, and virtualenv's `activate`, which puts its own before it.
#[test]
fn a_prompt_that_others_change_stays_theirs() {
    let sandbox = sandbox();
    for (way, theme, activate) in [
        (
            &WAYS[0],
            "theme() { PS1='theme> '; }; PROMPT_COMMAND='theme;'",
            "PS1=\"(venv) ${PS1-}\"",
        ),
        (
            &WAYS[2],
            "theme() { PROMPT='theme> ' }; precmd_functions=(theme)",
            "PROMPT=\"(venv) $PROMPT\"",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let statements = [
            theme,
            &way.load("--prompt"),
            &way.set("XACCT_PROFILE", "client1"),
            way.prompt,
            way.prompt,
        ];
        let statements = statements.map(str::to_owned);
        let Some(output) = way.run(&sandbox, dir.path(), "", &statements) else {
            continue;
        };
        output
            .ok()
            .stdout("<(client1) theme> >\n<(client1) theme> >\n");
        let statements = [
            way.own,
            &way.load("--prompt"),
            &way.set("XACCT_PROFILE", "client1"),
            way.prompt,
            activate,
            way.prompt,
            way.prompt,
        ];
        let statements = statements.map(str::to_owned);
        let output = way.run(&sandbox, dir.path(), "", &statements).unwrap().ok();
        let lines: Vec<&str> = output.stdout_text().lines().collect();
        assert_eq!(lines[1], lines[2]);
        assert_eq!(lines[1].matches("client1").count(), 1, "{lines:?}");
        assert!(
            lines[1].contains("(venv) ") && lines[1].ends_with("$ >"),
            "{lines:?}"
        );
    }
}

/// The status of the command before, which many prompts show.
#[test]
fn the_prompt_still_sees_the_status() {
    let sandbox = sandbox();
    for (way, own, prompt) in [
        (
            &WAYS[0],
            "PS1='$? $ '",
            "(exit 7); eval \"$PROMPT_COMMAND\"; printf '%s\\n' \"${PS1@P}\"",
        ),
        (
            &WAYS[3],
            "function fish_prompt; printf '%s %s $ ' $status \"$pipestatus\"; end",
            "emit fish_prompt; sh -c 'exit 3' | sh -c 'exit 7'; fish_prompt; echo",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let statements = [own, &way.load("--prompt --renew"), prompt].map(str::to_owned);
        let Some(output) = way.run(&sandbox, dir.path(), "", &statements) else {
            continue;
        };
        output.ok().stdout(if way.program == "fish" {
            "7 3 7 $ \n"
        } else {
            "7 $ \n"
        });
    }
}

#[test]
fn credentials_are_renewed_ahead_of_time_and_not_all_the_time() {
    for way in &WAYS {
        let sandbox = sandbox();
        let id = |name: &str| {
            format!(
                "{}{}",
                way.get("AWS_ACCESS_KEY_ID"),
                if name.is_empty() { "" } else { name }
            )
        };
        let dir = tempfile::tempdir().unwrap();
        sandbox
            .xacct(&["assume", "client1", "--format", "json"])
            .run()
            .ok();
        sandbox.leave("client1", 1000);
        sandbox.clear_log();
        let statements = [
            way.load("--renew=20m"),
            "xacct assume client1 --refresh".to_owned(),
            id(""),
            // An hour is left.
            way.hook.to_owned(),
            id(""),
            way.set("AWS_CREDENTIAL_EXPIRATION", &in_seconds(1190)),
            // The cache has better ones; then it has not, and a minute is not over.
            way.hook.to_owned(),
            id(""),
            way.set("AWS_CREDENTIAL_EXPIRATION", &in_seconds(-5)),
            way.hook.to_owned(),
            way.get("AWS_CREDENTIAL_EXPIRATION"),
        ];
        let Some(output) = way.run(&sandbox, dir.path(), "--renew=20m", &statements) else {
            continue;
        };
        let output = output.ok();
        let lines: Vec<&str> = output.stdout_text().lines().collect();
        assert_eq!(
            (lines[0], lines[1]),
            (lines[0], lines[0]),
            "{}",
            way.program
        );
        assert_eq!(
            lines[2], lines[0],
            "{}: the same, from the cache",
            way.program
        );
        assert!(
            lines[3] < chrono_like(now()).as_str(),
            "{}: asked again within a minute",
            way.program
        );
        sandbox.asked(&["AssumeRole"]);
    }
}

#[test]
fn a_renewal_gets_new_ones_for_the_same_words() {
    for way in &WAYS {
        let sandbox = sandbox();
        let dir = tempfile::tempdir().unwrap();
        let statements = [
            way.load("--renew"),
            "xacct assume client1 --region us-west-1 --external-id client1-7731".to_owned(),
            way.get("AWS_ACCESS_KEY_ID"),
            way.set("AWS_CREDENTIAL_EXPIRATION", &in_seconds(500)),
            // As if the time had passed for the cache too.
            "xacct clear client1 --quiet".to_owned(),
            way.hook.to_owned(),
            way.get("AWS_ACCESS_KEY_ID"),
            way.get("AWS_REGION"),
        ];
        let Some(output) = way.run(&sandbox, dir.path(), "--renew", &statements) else {
            continue;
        };
        let output = output.ok();
        let lines: Vec<&str> = output.stdout_text().lines().collect();
        assert_ne!(lines[0], lines[1], "{}", way.program);
        assert_eq!(lines[2], "us-west-1", "{}", way.program);
        sandbox.asked(&["AssumeRole", "AssumeRole"]);
    }
}

#[test]
fn where_a_person_is_needed_it_says_so_once() {
    for way in &WAYS {
        let sandbox = sandbox();
        let dir = tempfile::tempdir().unwrap();
        let again = if way.program == "nu" {
            "$env.__xacct_kept.tried = 1970-01-01"
        } else if way.program == "fish" {
            "set -g __xacct_tried 0"
        } else {
            "__xacct_tried=0"
        };
        let code = sandbox.fresh_code();
        let statements = [
            way.load("--renew"),
            format!("xacct assume --mfa-code {code} client2"),
            way.get("AWS_ACCESS_KEY_ID"),
            way.set("AWS_CREDENTIAL_EXPIRATION", &in_seconds(500)),
            "xacct clear --all --quiet".to_owned(),
            way.hook.to_owned(),
            again.to_owned(),
            way.hook.to_owned(),
            way.get("AWS_ACCESS_KEY_ID"),
        ];
        let Some(output) = way.run(&sandbox, dir.path(), "--renew", &statements) else {
            continue;
        };
        let output = output.status(0).stderr(
            "xacct: these credentials end soon, and somebody is needed to renew them: xacct assume \
             client2\n",
        );
        let lines: Vec<&str> = output.stdout_text().lines().collect();
        assert_eq!(lines[0], lines[1], "{}: what was there stays", way.program);
    }
}

#[test]
fn nothing_else_is_renewed_than_what_was_assumed_and_as_it_was() {
    let other = "[profile client1]\nrole_arn = \
                 arn:aws:iam::333333333333:role/partners/Operations\nsource_profile = hub\n\
                 external_id = client2-8842\nrole_session_name = you\n[profile hub]\nregion = \
                 eu-central-1\n";
    for way in &WAYS {
        for case in [
            "other account",
            "other keys",
            "other variables",
            "unset",
            "refused",
        ] {
            let sandbox = sandbox();
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join("other"), other).unwrap();
            let change = match case {
                "other account" => "cp other ~/.aws/config".to_owned(),
                "other keys" => way.set("AWS_ACCESS_KEY_ID", "AKIAOTHER"),
                "other variables" => way.set("XACCT_READ_ONLY", ""),
                "unset" => "xacct unset".to_owned(),
                _ => "rm -r ~/.aws/credentials".to_owned(),
            };
            let statements = [
                way.load("--renew"),
                way.set("XACCT_READ_ONLY", "true"),
                "xacct assume client1".to_owned(),
                "xacct clear client1 --quiet".to_owned(),
                change,
                way.get("AWS_ACCESS_KEY_ID"),
                way.set("AWS_CREDENTIAL_EXPIRATION", &in_seconds(500)),
                way.hook.to_owned(),
                way.get("AWS_ACCESS_KEY_ID"),
            ];
            let Some(output) = way.run(&sandbox, dir.path(), "--renew", &statements) else {
                continue;
            };
            let output = output.ok();
            let lines: Vec<&str> = output.stdout_text().lines().collect();
            assert_eq!(lines[0], lines[1], "{} {case}", way.program);
        }
    }
}
