//! What guards a profile and cannot be read: a name with something invisible in it, a header that
//! is not quite one, a source that assumes no role. The profile is refused, and never wider.

use crate::common::Sandbox;

const X: &str = "[profile x]\nrole_arn = arn:aws:iam::333333333333:role/partners/Operations\n\
                 source_profile = keys\nregion = us-east-1\n";

/// The profile is refused with these words, and nothing was sent.
#[track_caller]
fn refused(sandbox: &Sandbox, profile: &str, words: &str) {
    let run = sandbox.xacct(&["credential-process", profile]).run();
    run.status(3).stdout("").stderr_contains(words);
    assert_eq!(sandbox.calls(), [""; 0], "{words}");
}

fn read(sandbox: &Sandbox, file: &str) -> String {
    std::fs::read_to_string(sandbox.home().join(".aws").join(file)).unwrap()
}

#[test]
fn what_nobody_sees_in_a_name_takes_no_guard_away() {
    let sandbox = Sandbox::start_plain();
    let config = read(&sandbox, "config");
    for (lines, key) in [
        ("\u{a0}read_only = true", "read_only"),
        ("\u{200b}confirm = true", "confirm"),
        ("\u{feff}external_id = x1", "external_id"),
        ("mfa_\u{ad}serial = x", "mfa_serial"),
        ("\u{200b}readonly = true", "read_only"),
        ("session\u{2060}_policy_arns = x", "session_policy_arns"),
        ("\u{a0}source_identity: me", "source_identity"),
        ("\"read_only\" = true", "read_only"),
        ("read only = true", "read_only"),
        ("- confirm = true", "confirm"),
        ("read-only: true", "read_only"),
        ("junk\n  read_only = true", "read_only"),
        ("two words = 1\n  confirm = true", "confirm"),
    ] {
        sandbox.write_config(&format!("{config}{X}{lines}\n"));
        let words = format!("the line cannot be read, and it seems to set {key}\n");
        refused(&sandbox, "x", &words);
    }
    sandbox.write_config(&format!(
        "{config}{X}output = json\n  \u{200b}read_only = true\n"
    ));
    refused(&sandbox, "x", "and one of them sets read_only");
}

#[test]
fn a_header_that_is_nearly_the_profiles_takes_no_guard_away() {
    let sandbox = Sandbox::start_plain();
    let config = read(&sandbox, "config");
    for (header, key) in [
        ("[profile x", "read_only"),
        ("[profile x # mine", "read_only"),
        ("[profile x]]", "confirm"),
        ("[[profile x]]", "confirm"),
        ("[x]", "external_id"),
        ("[\"x\"]", "external_id"),
        ("[Profile x]", "session_policy_arns"),
        ("[PROFILE X]", "read_only"),
        ("[profiles x]", "source_identity"),
        ("[profile.x]", "mfa_serial"),
        ("[Profile:x]", "role_arn"),
        ("\u{a0}[profile x]", "read_only"),
        ("> [profile x]", "read_only"),
        ("profile x]", "confirm"),
        ("[profile\u{a0}x]", "readonly"),
        ("[profile x\u{200b}]", "confirm"),
        ("[profile \u{ad}x]", "read_only"),
        ("[profile \"x \"]", "external_id"),
    ] {
        sandbox.write_config(&format!("{config}{X}{header}\n{key} = true\n"));
        let key = if key == "readonly" { "read_only" } else { key };
        let words = format!("{key} is not read: the header in line ");
        refused(&sandbox, "x", &words);
    }
    sandbox.write_config(&format!("{config}{X}[profile x] read_only = true\n"));
    refused(&sandbox, "x", "and it seems to set read_only");
    // Replaced, as in the SDKs, by the other header of the same profile.
    let default = X.replace("[profile x]", "[profile default]");
    sandbox.write_config(&format!("{default}[default]\nread_only = true\n"));
    refused(
        &sandbox,
        "default",
        "read_only is not read: the header in line 5 ",
    );
    // In the other file, where AWS reads neither.
    sandbox.write_config(&format!("{config}{X}"));
    let credentials = read(&sandbox, "credentials");
    for header in ["[profile x]", "[Profile x]", "[x"] {
        sandbox.write_credentials(&format!("{credentials}{header}\nread_only = true\n"));
        refused(&sandbox, "x", "credentials:");
    }
}

#[test]
fn the_error_names_both_lines_and_doctor_knows_it() {
    let sandbox = Sandbox::start_plain();
    sandbox.write_config(&format!("{X}[x]\nread_only = true\n"));
    let run = sandbox.xacct(&["credential-process", "x"]).run().status(3);
    run.stderr(
        "xacct: error: ~/.aws/config:6: read_only is not read: the header in line 5 seems to mean \
         profile 'x', and is none of it\n  ~/.aws/config:5: [x] is ignored: in this file a profile \
         is written [profile x]\n  correct the header, or delete the section\n",
    );
    // One that guards nothing, or says what the profile says itself, is only told of.
    for line in [
        "output = json",
        "region = us-east-1",
        "source_profile = keys",
    ] {
        sandbox.write_config(&format!("{X}[x]\n{line}\n"));
        let run = sandbox.xacct(&["explain", "x"]).run().ok();
        run.stdout_contains("~/.aws/config:5: [x] is ignored: in this file a profile is written");
    }
    // Of another profile.
    for header in ["[y]", "[profile y", "[sso_session y]"] {
        sandbox.write_config(&format!(
            "{X}[profile y]\nregion = us-east-1\n{header}\nread_only = true\n"
        ));
        let run = sandbox.xacct(&["explain", "x"]).run().ok();
        assert!(!run.stdout_text().contains("ignored"), "{header}");
    }
}

#[test]
fn what_stands_below_no_header_is_nobodys() {
    let sandbox = Sandbox::start_plain();
    for line in ["{profile y}", "profile y", "(y)", "<profile y>"] {
        sandbox.write_config(&format!(
            "{X}{line}\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\n"
        ));
        let words = "~/.aws/config:5: the line seems to be the header of a section, and it is none";
        refused(&sandbox, "x", words);
    }
}

#[test]
fn what_a_source_says_of_a_role_is_refused() {
    let sandbox = Sandbox::start_plain();
    let config = read(&sandbox, "config");
    let sources = [
        "",
        "credential_source = Environment\n",
        "credential_process = true\n",
    ];
    for (line, key) in [
        ("read_only = true", "read_only"),
        ("session_policy = {}", "session_policy"),
        (
            "session_policy_arns = arn:aws:iam::aws:policy/X",
            "session_policy_arns",
        ),
        ("external_id = x1", "external_id"),
        ("source_identity = me", "source_identity"),
        ("session_tags = a=b", "session_tags"),
        ("transitive_session_tags = a", "transitive_session_tags"),
    ] {
        for source in sources {
            let base = if source.is_empty() { "keys" } else { "other" };
            let role = X.replace("keys", base);
            let base = format!("[profile {base}]\n{source}{line}\n");
            sandbox.write_config(&format!("{config}{role}{base}"));
            let words =
                format!(": {key} is for a role that is assumed (AssumeRole), and profile '");
            let run = sandbox
                .xacct(&["credential-process", "x"])
                .env("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTEST2YOU")
                .env("AWS_SECRET_ACCESS_KEY", "x")
                .run();
            run.status(3).stdout("").stderr_contains(&words);
        }
    }
    assert_eq!(sandbox.calls(), [""; 0]);
    // What does not narrow is told of, and what is off is nothing.
    sandbox.write_config(&format!("{config}{X}[profile keys]\nread_only = false\n"));
    sandbox.xacct(&["explain", "x"]).run().ok().stderr("");
    sandbox.write_config(&format!(
        "{config}{X}[profile keys]\nduration_seconds = 900\n"
    ));
    let run = sandbox.xacct(&["explain", "x"]).run().ok();
    run.stdout_contains("duration_seconds is ignored: profile 'keys' assumes no role itself");
}

/// A source and the role above it may have their settings from one place: what the role sends is
/// not lost.
#[test]
fn what_the_role_sends_too_may_stand_in_its_source() {
    let sandbox = Sandbox::start_plain();
    let config = read(&sandbox, "config");
    let shared = "[profile shared]\nexternal_id = client1-7731\nsession_tags = Team=a\n\
                  [profile key]\ninclude_profile = shared\nsource_profile = keys\n";
    let keys = read(&sandbox, "credentials").replace("[keys]", "[key]");
    std::fs::write(sandbox.home().join(".aws/credentials"), keys).unwrap();
    let role = "[profile y]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\n\
                source_profile = key\nregion = us-east-1\n";
    sandbox.write_config(&format!("{config}{shared}{role}include_profile = shared\n"));
    sandbox.xacct(&["explain", "y"]).run().status(0);
    sandbox.write_config(&format!(
        "{config}{shared}{role}external_id = client1-7731\n"
    ));
    refused(
        &sandbox,
        "y",
        "session_tags is for a role that is assumed (AssumeRole)",
    );
    sandbox.write_config(&format!(
        "{config}{shared}{role}external_id = other\nsession_tags = Team=a\n"
    ));
    refused(
        &sandbox,
        "y",
        "external_id is for a role that is assumed (AssumeRole)",
    );
}

#[test]
fn an_empty_policy_arn_that_was_typed_is_not_the_profiles() {
    let sandbox = Sandbox::start_plain();
    let arns = "session_policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess\n";
    for config in [format!("{X}{arns}"), X.to_owned()] {
        sandbox.write_config(&config);
        for arn in ["", " "] {
            let words = ["explain", "x", "--policy-arn", arn];
            sandbox.xacct(&words).run().status(3).stdout("").stderr(
                "xacct: error: --policy-arn is empty\n  give --policy-arn a value, or leave it \
                 out\n",
            );
        }
    }
}
