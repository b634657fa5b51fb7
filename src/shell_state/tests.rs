use super::*;

/// The shell after these changes.
fn apply(shell: &Env, changes: &[Variable<'_>]) -> Env {
    let mut shell = shell.clone();
    for (name, value) in changes {
        shell.set(name, value.as_ref().map(|value| value.expose().into()));
    }
    shell
}

fn assume(shell: &Env, id: &str, region: &str) -> Env {
    let some = |text: &str| Some(Secret::new(text));
    let state = ShellState::of(shell);
    let variables = [
        ("AWS_ACCESS_KEY_ID", some(id)),
        ("AWS_SECRET_ACCESS_KEY", some("role-secret")),
        ("AWS_SESSION_TOKEN", some("role-token")),
        ("AWS_ACCOUNT_ID", None),
        ("AWS_REGION", some(region)),
        ("XACCT_PROFILE", some("client1")),
    ];
    apply(shell, &state.assumed(&variables))
}

fn unset(shell: &Env) -> Env {
    apply(shell, &ShellState::of(shell).unset())
}

fn fail(shell: &Env) -> Env {
    apply(shell, &ShellState::of(shell).failed())
}

fn shown(env: &Env) -> Vec<(String, String)> {
    env.vars()
        .map(|(name, value)| {
            (
                name.to_string_lossy().into(),
                value.to_string_lossy().into(),
            )
        })
        .collect()
}

#[track_caller]
fn same(left: &Env, right: &Env) {
    assert_eq!(shown(left), shown(right));
}

fn users() -> Env {
    Env::of(&[
        ("AWS_ACCESS_KEY_ID", "AKIAOWN"),
        ("AWS_SECRET_ACCESS_KEY", "own-secret"),
        ("AWS_REGION", "eu-north-1"),
        ("AWS_PROFILE", "prod"),
        ("AWS_CONFIG_FILE", ""),
        ("HOME", "/home/ada"),
    ])
}

#[test]
fn unset_is_the_inverse_of_whatever_came_before() {
    let before = users();
    let (one, typo) = (assume(&before, "ASIA1", "us-east-1"), fail(&before));
    assert_eq!(one.get("AWS_PROFILE"), None);
    for shell in [
        unset(&before),
        unset(&one),
        unset(&unset(&one)),
        unset(&assume(&one, "ASIA2", "eu-west-1")),
        unset(&fail(&one)),
        unset(&typo),
        unset(&assume(&typo, "ASIA1", "us-east-1")),
    ] {
        same(&shell, &before);
    }
}

#[test]
fn planning_sees_the_users_own_environment() {
    let shell = assume(&users(), "ASIA1", "us-east-1");
    let state = ShellState::of(&shell);
    let own = state.users();
    assert_eq!(
        (own.get("AWS_REGION"), own.get("AWS_PROFILE")),
        (Some("eu-north-1"), Some("prod"))
    );
    assert_eq!(
        (own.get("AWS_ACCESS_KEY_ID"), own.get("AWS_SESSION_TOKEN")),
        (Some("AKIAOWN"), None)
    );
    assert_eq!(
        (own.get("XACCT_PROFILE"), own.get(SHELL_STATE)),
        (Some("client1"), None)
    );
}

#[test]
fn what_the_user_exports_later_stays() {
    let mut shell = assume(&users(), "ASIA1", "us-east-1");
    shell.set("AWS_REGION", Some("eu-west-3".into()));
    assert_eq!(
        ShellState::of(&shell).users().get("AWS_REGION"),
        Some("eu-west-3")
    );
    assert_eq!(fail(&shell).get("AWS_REGION"), Some("eu-west-3"));
    assert_eq!(unset(&shell).get("AWS_REGION"), Some("eu-west-3"));
    let state = ShellState::of(&shell);
    let renewed = state.renewed(&[("AWS_REGION", Some(Secret::new("us-east-1")))]);
    assert_eq!(apply(&shell, &renewed).get("AWS_REGION"), Some("eu-west-3"));
}

#[test]
fn a_failure_leaves_no_account_and_no_region_of_one() {
    let mut before = users();
    let competing = COMPETING.map(|name| (name, "x"));
    for (name, value) in competing {
        before.set(name, Some(value.into()));
    }
    for shell in [fail(&before), fail(&assume(&before, "ASIA1", "us-east-1"))] {
        assert!(
            identity().all(|name| shell.raw(name).is_none()),
            "{:?}",
            shown(&shell)
        );
        assert_eq!(shell.get("AWS_REGION"), Some("eu-north-1"));
        same(&unset(&shell), &before);
    }
    assert!(
        fail(&Env::of(&[("AWS_REGION", "x")]))
            .raw(SHELL_STATE)
            .is_none()
    );
}

#[test]
fn a_setting_of_the_profile_before_goes_with_it() {
    let before = users();
    let state = ShellState::of(&before);
    let variables = [
        ("AWS_ENDPOINT_URL_S3", Some(Secret::new("https://s3"))),
        ("AWS_CONFIG_FILE", Some(Secret::new("/cache/x"))),
        ("XACCT_PROFILE", Some(Secret::new("a"))),
    ];
    let one = apply(&before, &state.assumed(&variables));
    assert_eq!(
        ShellState::of(&one).users().raw("AWS_CONFIG_FILE"),
        before.raw("AWS_CONFIG_FILE")
    );
    for shell in [assume(&one, "ASIA2", "us-east-1"), fail(&one), unset(&one)] {
        assert_eq!(shell.get("AWS_ENDPOINT_URL_S3"), None);
        assert_eq!(shell.raw("AWS_CONFIG_FILE"), before.raw("AWS_CONFIG_FILE"));
    }
}

#[test]
fn a_new_key_pair_does_not_get_the_old_ones_token() {
    let mut before = users();
    before.set("AWS_SESSION_TOKEN", Some("own-token".into()));
    let mut shell = assume(&before, "ASIA1", "us-east-1");
    shell.set("AWS_ACCESS_KEY_ID", Some("AKIANEW".into()));
    shell.set("AWS_SECRET_ACCESS_KEY", Some("new-secret".into()));
    let state = ShellState::of(&shell);
    assert_eq!(state.users().get("AWS_ACCESS_KEY_ID"), Some("AKIANEW"));
    assert_eq!(state.users().get("AWS_SESSION_TOKEN"), None);
    assert_eq!(unset(&shell).get("AWS_SESSION_TOKEN"), None);
}

/// As when the shell's function took them out, because the program was not found.
#[test]
fn credentials_that_are_gone_are_still_given_back() {
    let before = users();
    let mut shell = assume(&before, "ASIA1", "us-east-1");
    identity().for_each(|name| shell.set(name, None));
    same(&unset(&shell), &before);
}

#[test]
fn a_record_that_is_not_whole_counts_as_absent() {
    let shell = assume(&users(), "ASIA1", "us-east-1");
    let text = shell.get(SHELL_STATE).unwrap().to_owned();
    let cut = (0..text.len()).map(|end| text[..end].to_owned());
    let changed = (0..text.len()).map(|at| {
        let other = if &text[at..=at] == "0" { "1" } else { "0" };
        format!("{}{other}{}", &text[..at], &text[at + 1..])
    });
    let foreign = ["direnv", "1.", "1.7b7d", "2.7b7d.00000000", "1.é"].map(str::to_owned);
    for text in cut.chain(changed).chain(foreign) {
        let mut shell = shell.clone();
        shell.set(SHELL_STATE, Some(text.clone().into()));
        let state = ShellState::of(&shell);
        assert_eq!(state.users().get("AWS_ACCESS_KEY_ID"), None, "{text}");
        let after = apply(&shell, &state.unset());
        assert!(
            SET_BY_XACCT.iter().all(|name| after.raw(name).is_none()),
            "{text}"
        );
    }
}

#[test]
fn a_record_brings_no_other_variable_in() {
    for name in ["LD_PRELOAD", "PATH", "AWS_X; touch x", "XACCT_CONFIG"] {
        let entry = SavedVariable {
            left: None,
            was: Some(Secret::new("x")),
        };
        let text = encode(&Record::from([(name.to_owned(), entry)]));
        assert!(parse(text.expose()).is_none(), "{name}");
    }
}

#[test]
fn a_command_gets_none_of_the_users_own_credentials() {
    let before = users();
    let state = ShellState::of(&before);
    let some = |text: &str| Some(Secret::new(text));
    let variables = [
        ("AWS_ACCESS_KEY_ID", some("ASIA1")),
        ("AWS_REGION", some("us-east-1")),
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            some("http://127.0.0.1"),
        ),
        ("XACCT_PROFILE", some("client1")),
    ];
    let mut child = Env::of(&[("HOME", "/home/ada")]);
    for (name, value) in &variables {
        child.set(name, value.as_ref().map(|value| value.expose().into()));
    }
    let record = state.for_child(&variables);
    child.set(SHELL_STATE, Some(record.expose().into()));
    same(
        &unset(&child),
        &Env::of(&[("HOME", "/home/ada"), ("AWS_REGION", "eu-north-1")]),
    );
    assert_eq!(
        ShellState::of(&child).users().get("AWS_ACCESS_KEY_ID"),
        None
    );
    let held = hex::decode(record.expose().split('.').nth(1).unwrap()).unwrap();
    assert!(!String::from_utf8(held).unwrap().contains("own"));
}
