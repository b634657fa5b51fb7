//! What goes into a session beside the role: its name, its policies, its identity and tags, and who
//! must say yes.

use std::path::Path;

use super::*;

/// The `AssumeRole` requests, in order.
fn requests(plan: Plan) -> Vec<AssumeRole> {
    let role = |step: Step| match step.action {
        Action::AssumeRole(role) => Some(role),
        Action::Source | Action::GetSessionToken { .. } => None,
    };
    plan.steps.into_iter().filter_map(role).collect()
}

/// `hub` → `first` → `second`, with these lines.
fn chain(first: &str, second: &str) -> String {
    role("first", &format!("source_profile = hub\n{first}"))
        + &format!(
            "[profile second]\nrole_arn = arn:aws:iam::333333333333:role/second\nsource_profile = \
             first\n{second}\n"
        )
}

#[test]
fn the_session_name_comes_from_profile_then_setting() {
    let name = |line: &str, settings: &str| {
        let text = role("a", &format!("source_profile = hub\n{line}"));
        requests(settled(&text, settings, "a").unwrap())
            .remove(0)
            .role_session_name
    };
    assert_eq!(name("", ""), "xacct-alice");
    assert_eq!(
        name("", "session_name = \"{user}@{host}.{profile}\""),
        "alice@desk.a"
    );
    assert_eq!(
        name("role_session_name = me", "session_name = \"{user}\""),
        "me"
    );
}

#[test]
fn a_source_identity_is_sent_once() {
    let identities = |first: &str, second: &str| {
        let roles = requests(plan_of(&chain(first, second), "second"));
        roles
            .into_iter()
            .map(|role| role.source_identity)
            .collect::<Vec<_>>()
    };
    let alice = Some("alice".to_owned());
    assert_eq!(
        identities("source_identity = alice", ""),
        [alice.clone(), None]
    );
    assert_eq!(
        identities("source_identity = alice", "source_identity = alice"),
        [alice.clone(), None]
    );
    assert_eq!(identities("", "source_identity = alice"), [None, alice]);
    assert_eq!(
        error_of(
            &chain("source_identity = alice", "source_identity = bob"),
            "second"
        ),
        "~/.aws/config:11: source_identity is 'bob', but profile 'first', by which this role is \
         assumed, sets 'alice', and AWS keeps the first"
    );
}

#[test]
fn a_transitive_tag_is_sent_once() {
    let first = "session_tags = Team=x,Env=y\ntransitive_session_tags = Team";
    let second = "session_tags = team=x,Env=z\ntransitive_session_tags = team,Env";
    let roles = requests(plan_of(&chain(first, second), "second"));
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(roles[0].tags, [tag("Team", "x"), tag("Env", "y")]);
    assert_eq!(
        (
            roles[1].tags.as_slice(),
            roles[1].transitive_tag_keys.as_slice()
        ),
        (&[tag("Env", "z")][..], &["Env".to_owned()][..])
    );
    assert_eq!(
        error_of(&chain(first, "session_tags = Team=other"), "second"),
        "~/.aws/config:12: session_tags sets 'Team' to 'other', but profile 'first', by which this \
         role is assumed, passes on 'x', and AWS keeps the first"
    );
}

#[test]
fn policy_files_are_found_from_where_they_are_named() {
    for (written, path) in [
        ("policies/a.json", "/home/you/.aws/policies/a.json"),
        ("~/a.json", "/home/you/a.json"),
        ("/etc/a.json", "/etc/a.json"),
    ] {
        let text = role(
            "a",
            &format!("source_profile = hub\nsession_policy = {written}"),
        );
        let (config, request, env) = (config(&text), named("a"), Env::of(&[]));
        let files = draft(&config, &request, &env).unwrap().policy_files();
        let wanted = PolicyFile {
            path: Path::new(path).to_owned(),
            place: "~/.aws/config:7".to_owned(),
        };
        assert_eq!(files, std::slice::from_ref(&wanted));
        let with = |file: &PolicyFile, text: &str| {
            let policies = vec![(file.clone(), text.to_owned())];
            draft(&config, &request, &env).unwrap().plan(&Read {
                policies,
                ..Read::default()
            })
        };
        let key = |text: &str| {
            let plan = with(&wanted, text);
            let step = plan.unwrap().steps.remove(0);
            let Action::AssumeRole(role) = step.action else {
                panic!()
            };
            (role.policy.unwrap(), step.key)
        };
        let (policy, first) = key("{\n  \"Version\": \"2012-10-17\"\n}\n");
        assert_eq!(policy, "{\"Version\":\"2012-10-17\"}");
        assert_eq!(
            first,
            key("{\"Version\":\"2012-10-17\"}").1,
            "how it is laid out does not count"
        );
        assert_ne!(
            first,
            key("{\"Version\":\"2008-10-17\"}").1,
            "what stands in it is in the key"
        );
        let wrong = with(&wanted, "{\n\n  x");
        assert_eq!(
            wrong.unwrap_err().to_string(),
            "~/.aws/config:7: session_policy is not a JSON object: key must be a string at line 3 \
             column 3"
        );
    }
}

#[test]
fn the_options_policy_comes_instead_of_the_profiles() {
    let text = role(
        "a",
        "source_profile = hub\nsession_policy = gone.json\nread_only = true",
    );
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let request = Request {
        role: SessionOptions {
            policy: Some("{ }".to_owned()),
            policy_arns: vec![arn.to_owned()],
            ..SessionOptions::default()
        }
        .into(),
        ..named("a")
    };
    let config = config(&text);
    let env = Env::of(&[]);
    assert_eq!(draft(&config, &request, &env).unwrap().policy_files(), []);
    let sent = requests(plan_in(&text, &request, &[]).unwrap()).remove(0);
    assert_eq!(
        (sent.policy.as_deref(), sent.policy_arns),
        (Some("{}"), vec![arn.to_owned()])
    );
    let wrong = Request {
        role: SessionOptions {
            policy: Some("[]".to_owned()),
            ..SessionOptions::default()
        }
        .into(),
        ..named("a")
    };
    let message = plan_in(&text, &wrong, &[]).unwrap_err().to_string();
    assert!(
        message.starts_with("--policy: session_policy is not a JSON object"),
        "{message}"
    );
}

#[test]
fn keys_are_not_handed_out_where_less_was_asked_for() {
    let keys = |line: &str| format!("{HUB}{line}\n");
    for (line, what) in [
        ("read_only = true", "~/.aws/config:4: read_only"),
        ("session_policy = {}", "~/.aws/config:4: session_policy"),
        (
            "session_policy_arns = arn:aws:iam::aws:policy/x",
            "~/.aws/config:4: session_policy_arns",
        ),
    ] {
        assert_eq!(
            error_of(&keys(line), "hub"),
            format!(
                "{what} narrows a role that is assumed (AssumeRole), and profile 'hub' gets its \
                 credentials another way"
            )
        );
    }
    let request = Request {
        role: SessionOptions {
            read_only: true,
            ..SessionOptions::default()
        }
        .into(),
        ..named("hub")
    };
    let message = plan_in(HUB, &request, &[]).unwrap_err().to_string();
    assert!(
        message.starts_with("--read-only narrows a role"),
        "{message}"
    );
    assert!(plan_of(&keys("read_only = false"), "hub").steps.is_empty());
    // As a source the keys only sign: what the line narrows is not what is asked for.
    let text = role("a", "source_profile = hub").replace("= s\n", "= s\nread_only = true\n");
    assert_eq!(
        error_of(&text, "a"),
        "~/.aws/config:4: read_only is for a role that is assumed (AssumeRole), and profile 'hub' \
         is only the source of 'a'"
    );
}

#[test]
fn a_guard_is_on_or_off_and_nothing_between() {
    for key in ["confirm", "read_only"] {
        assert_eq!(
            error_of(
                &role("a", &format!("source_profile = hub\n{key} = yes")),
                "a"
            ),
            format!("~/.aws/config:7: {key} is true or false, and nothing else")
        );
    }
    let confirm = |line: &str| {
        plan_of(&role("a", &format!("source_profile = hub\n{line}")), "a")
            .confirm
            .map(|confirm| confirm.place)
    };
    assert_eq!(
        confirm("confirm = True").as_deref(),
        Some("~/.aws/config:7")
    );
    assert_eq!((confirm("confirm = false"), confirm("")), (None, None));
    // A guard on the way counts, and is asked for once.
    for second in ["", "confirm = false"] {
        let confirm = plan_of(&chain("confirm = true", second), "second").confirm;
        assert_eq!(
            confirm.map(|confirm| confirm.profile).as_deref(),
            Some("first"),
            "{second}"
        );
    }
}

#[test]
fn a_wrong_colour_is_a_warning() {
    let text = role(
        "a",
        "source_profile = hub\nregion = eu-west-1\ncolor = reddish",
    );
    assert_eq!(
        plan_of(&text, "a").warnings,
        ["~/.aws/config:8: color: 'reddish' is not a valid colour; did you mean 'red'?"]
    );
}

#[test]
fn too_many_policies_are_refused_where_they_stand() {
    let arns = ["arn:aws:iam::aws:policy/x"; 11].join(",");
    let text = role(
        "a",
        &format!("source_profile = hub\nsession_policy_arns = {arns}"),
    );
    assert_eq!(
        error_of(&text, "a"),
        "~/.aws/config:7: session_policy_arns names 11 policies; AWS takes at most 10"
    );
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(2042));
    let text = role(
        "a",
        &format!("source_profile = hub\nsession_policy = {long}"),
    );
    assert_eq!(
        error_of(&text, "a"),
        "~/.aws/config:7: session_policy has 2050 characters with its ARNs; AWS takes at most 2048"
    );
}
