//! `xacct clear`: what is forgotten, and what stays.

use crate::common::Sandbox;
use serde_json::json;

fn with_sessions() -> Sandbox {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id_by_code("client2");
    sandbox.key_id("client1");
    sandbox.key_id("plain");
    sandbox.clear_log();
    sandbox
}

#[test]
fn a_profiles_own_entry_goes_and_the_shared_session_stays() {
    let sandbox = with_sessions();
    sandbox
        .xacct(&["clear", "client2", "plain"])
        .run()
        .status(0)
        .stdout("")
        .stderr(
            "xacct: forgot 1 entry of 'client2'\nxacct: kept the MFA session of 'hub': xacct clear \
         hub\nxacct: forgot 1 entry of 'plain'\n",
        );
    assert_eq!(sandbox.entries().len(), 2);
    sandbox.key_id("client2");
    sandbox.asked(&["AssumeRole"]);
    // What was got with it goes along.
    sandbox
        .xacct(&["clear", "hub"])
        .run()
        .status(0)
        .stderr("xacct: forgot 3 entries of 'hub'\n");
    sandbox
        .xacct(&["clear", "client2"])
        .run()
        .status(0)
        .stderr("xacct: forgot nothing of 'client2'\n");
    sandbox
        .xacct(&["credential-process", "client2"])
        .run()
        .status(5);
    sandbox.asked(&[]);
}

#[test]
fn all_of_it() {
    let sandbox = with_sessions();
    sandbox
        .xacct(&["clear", "--all"])
        .run()
        .status(0)
        .stdout("")
        .stderr("xacct: forgot 4 entries\n");
    assert!(sandbox.entries().is_empty());
    sandbox
        .xacct(&["clear", "--all", "-q"])
        .run()
        .ok()
        .stdout("");
}

#[test]
fn a_used_code_is_not_forgotten() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    sandbox
        .xacct(&["credential-process", "client2", "--mfa-code", &code])
        .run()
        .ok();
    sandbox.xacct(&["clear", "--all", "-q"]).run().ok();
    sandbox.clear_log();
    let run = sandbox
        .xacct(&["credential-process", "client2", "--mfa-code", &code])
        .run();
    run.status(4)
        .stderr_contains("this MFA code was already used");
    sandbox.asked(&[]);
}

#[test]
fn a_typo_removes_nothing() {
    let sandbox = with_sessions();
    sandbox
        .xacct(&["clear", "plain", "nobody"])
        .run()
        .status(3)
        .stderr_contains("no profile 'nobody'");
    assert_eq!(sandbox.entries().len(), 4);
    sandbox
        .xacct(&["clear"])
        .run()
        .status(2)
        .stdout("")
        .stderr_contains("PROFILE");
}

/// What is being confirmed is not written back once it was forgotten.
#[test]
fn what_is_forgotten_stays_forgotten() {
    for args in [&["clear", "plain"][..], &["clear", "--all"]] {
        let sandbox = Sandbox::start_plain();
        sandbox.key_id("plain");
        sandbox.confirmed("plain", 3_000);
        sandbox.clear_log();
        sandbox.fault(&json!({"kind": "delay", "milliseconds": 600}));
        let run = sandbox.xacct(&["credential-process", "plain"]).spawn();
        while sandbox.log().is_empty() {
            std::thread::yield_now();
        }
        let cleared = sandbox.xacct(args).run().status(0);
        cleared.stderr_contains("xacct: forgot 1 entry");
        run.wait().ok();
        sandbox.asked(&["GetCallerIdentity"]);
        assert!(sandbox.entries().is_empty(), "{args:?}");
    }
}

/// Whatever options the sessions were made with.
#[cfg(unix)]
#[test]
fn everything_of_a_profile_goes() {
    let sandbox = with_sessions();
    let role = "arn:aws:iam::222222222222:role/PartnerAdmin";
    let external = ["--external-id", "client1-7731"];
    let ways: [&[&str]; 5] = [
        &["exec", "plain", "--duration", "15m", "--", "true"],
        &["exec", "plain", "--session-name", "other", "--", "true"],
        &["exec", "plain", "--read-only", "--", "true"],
        &["each", "plain", "--session-name", "each", "--", "true"],
        &[
            "credential-process",
            "plain",
            "--policy-arn",
            "arn:aws:iam::aws:policy/AdministratorAccess",
        ],
    ];
    for way in ways {
        sandbox.xacct(way).run().status(0);
    }
    // Where STS is at one address for all regions, a region makes no other session.
    let elsewhere = sandbox.endpoint().replace("127.0.0.1", "localhost");
    sandbox
        .xacct(&["credential-process", "plain"])
        .env("AWS_ENDPOINT_URL_STS", elsewhere)
        .run()
        .ok();
    assert_eq!(sandbox.entries().len(), 10);
    sandbox
        .xacct(&["clear", "plain"])
        .run()
        .status(0)
        .stderr("xacct: forgot 7 entries of 'plain'\n");
    assert_eq!(sandbox.entries().len(), 3);
    // A role without a profile is of the one that it is assumed from.
    let typed = [
        "credential-process",
        role,
        "--source-profile",
        "keys",
        "--region",
        "eu-west-1",
    ];
    let typed = [&typed[..], &external].concat();
    sandbox.xacct(&typed).run().ok();
    let typed = [&[
        "credential-process",
        "plain",
        "--role-arn",
        role,
        "--duration",
        "20m",
    ][..]]
    .concat();
    sandbox.xacct(&typed).run().ok();
    let said = sandbox.xacct(&["clear", "plain"]).run().status(0);
    said.stderr("xacct: forgot 2 entries of 'plain'\n");
    sandbox.xacct(&typed).run().ok();
    let said = sandbox.xacct(&["clear", "keys"]).run().status(0);
    assert!(sandbox.entries().is_empty(), "{}", said.stderr_text());
}

#[test]
fn a_role_that_no_profile_names_is_forgotten_by_its_arn() {
    let sandbox = Sandbox::start_plain();
    let role = "arn:aws:iam::222222222222:role/PartnerAdmin";
    let clear = || {
        sandbox
            .xacct(&["clear", role])
            .run()
            .status(0)
            .stderr_text()
            .to_owned()
    };
    assert_eq!(clear(), format!("xacct: forgot nothing of '{role}'\n"));
    let typed = [
        "--source-profile",
        "keys",
        "--external-id",
        "client1-7731",
        "--region",
        "eu-west-1",
    ];
    let typed = [&["credential-process", role][..], &typed].concat();
    sandbox.xacct(&typed).run().ok();
    assert_eq!(clear(), format!("xacct: forgot 1 entry of '{role}'\n"));
    assert!(sandbox.entries().is_empty());
}

#[test]
fn what_two_profiles_share_goes_with_either() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "\n[profile twin]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile \
         = keys\n\
         external_id = client1-7731\nregion = eu-west-1\n",
    );
    for options in [&[][..], &["--duration", "15m"]] {
        let key = |profile| {
            let asked = [&["credential-process", profile][..], options].concat();
            sandbox.xacct(&asked).run().ok().key_id()
        };
        assert_eq!(key("plain"), key("twin"));
    }
    sandbox
        .xacct(&["clear", "twin"])
        .run()
        .status(0)
        .stderr("xacct: forgot 2 entries of 'twin'\n");
    assert!(sandbox.entries().is_empty());
}

#[test]
fn a_profile_that_is_no_more_can_be_cleared() {
    let sandbox = with_sessions();
    sandbox.edit_config("[profile plain]", "[profile renamed]");
    sandbox
        .xacct(&["clear", "plain"])
        .run()
        .status(0)
        .stderr("xacct: forgot 1 entry of 'plain'\n");
    sandbox
        .xacct(&["clear", "plain"])
        .run()
        .status(3)
        .stderr_contains("no profile 'plain'");
    // Broken, and with a chain that ends nowhere.
    sandbox.edit_config(
        "role_arn = arn:aws:iam::333333333333:role/partners/Operations",
        "role_arn = nonsense",
    );
    sandbox
        .xacct(&["clear", "client2"])
        .run()
        .status(0)
        .stderr("xacct: forgot 1 entry of 'client2'\n");
}

/// The shell keeps what it has: it is told so, and how to be rid of it.
#[cfg(unix)]
#[test]
fn a_shell_that_still_has_them_is_told() {
    let still = |name: &str| {
        format!(
            "xacct: this shell still has the credentials of '{name}', which AWS takes until they \
             expire\nxacct: to take them out, type: eval \"$(xacct unset)\"\n"
        )
    };
    let sandbox = with_sessions();
    let in_shell = |args: &[&str], profile: &str, key: &str| {
        let run = sandbox
            .xacct(args)
            .env("XACCT_PROFILE", profile)
            .env("AWS_ACCESS_KEY_ID", key);
        run.env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("SHELL", "/bin/bash")
            .run()
            .status(0)
    };
    let key = sandbox.key_id("plain");
    in_shell(&["clear", "plain"], "plain", &key).stderr(&format!(
        "xacct: forgot 1 entry of 'plain'\n{}",
        still("plain")
    ));
    // What the shell has may have been replaced in the cache since, or be of another profile.
    sandbox.key_id("plain");
    in_shell(&["clear", "plain"], "plain", "ASIAOLDERONESSESSION").stderr(&format!(
        "xacct: forgot 1 entry of 'plain'\n{}",
        still("plain")
    ));
    in_shell(&["clear", "plain"], "client2", "ASIAOLDERONESSESSION")
        .stderr("xacct: forgot nothing of 'plain'\n");
    // What came from the profile is the profile's.
    in_shell(&["clear", "hub"], "client2", "ASIAOLDERONESSESSION").stderr(&format!(
        "xacct: forgot 3 entries of 'hub'\n{}",
        still("client2")
    ));
    sandbox.key_id("plain");
    in_shell(&["clear", "--all"], "plain", "ASIAOLDERONESSESSION")
        .stderr(&format!("xacct: forgot 1 entry\n{}", still("plain")));
    in_shell(&["logout", "--all"], "plain", "ASIAOLDERONESSESSION")
        .stderr_contains(&still("plain"));
    // The user's own keys are nobody's business, and neither is a shell without any.
    sandbox.key_id("plain");
    sandbox
        .xacct(&["clear", "--all"])
        .env("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTEST2YOU")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .run()
        .status(0)
        .stderr("xacct: forgot 1 entry\n");
    // Put there by other means than assume: there is nothing that unset would know of.
    let key = sandbox.key_id("plain");
    sandbox
        .xacct(&["clear", "plain"])
        .env("AWS_ACCESS_KEY_ID", &key)
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .run()
        .status(0)
        .stderr_contains("type: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n");
}

#[cfg(unix)]
#[test]
fn logging_out_tells_the_shell_too() {
    let sandbox = Sandbox::signed_in();
    let key = sandbox.key_id("acme-client1");
    let run = sandbox
        .xacct(&["logout", "acme"])
        .env("SHELL", "/usr/bin/fish")
        .env("AWS_ACCESS_KEY_ID", key);
    run.env("AWS_SECRET_ACCESS_KEY", "secret").env("XACCT_PROFILE", "acme-client1").run().status(0).stderr_contains(
        "xacct: forgot 2 entries\nxacct: this shell still has the credentials of 'acme-client1', \
         which AWS takes until they expire\nxacct: to take them out, type: ",
    );
}

/// Forgetting needs no plan: what is there goes, whatever is wrong with the profile.
#[test]
fn a_profile_with_a_wrong_value_is_forgotten_all_the_same() {
    for line in [
        "read_only = maybe",
        "source_identity =",
        "confrim = true",
        "session_tags = Team",
    ] {
        let sandbox = Sandbox::start_plain();
        sandbox.key_id("plain");
        sandbox.edit_config("[profile plain]\n", &format!("[profile plain]\n{line}\n"));
        let run = sandbox.xacct(&["credential-process", "plain"]).run();
        let key = line.split(' ').next().unwrap();
        run.status(3).stdout("").stderr_contains(key);
        for forgot in ["1 entry", "nothing"] {
            let run = sandbox.xacct(&["clear", "plain"]).run().status(0);
            run.stderr(&format!("xacct: forgot {forgot} of 'plain'\n"));
        }
    }
    // Neither does it need the files: without them, only what is cached is known.
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    sandbox.write_settings("[broken");
    for status in [0, 3] {
        let run = sandbox.xacct(&["clear", "plain"]).run().status(status);
        run.stderr_contains(if status == 0 {
            "xacct: forgot 1 entry of 'plain'\n"
        } else {
            "~/.config/xacct/config.toml:1"
        });
    }
}
