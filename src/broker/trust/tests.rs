use super::*;
use crate::cache::sample;
use crate::plan::AssumeRole;

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn role(role_arn: &str) -> AssumeRole {
    AssumeRole {
        role_arn: role_arn.to_owned(),
        role_session_name: "me".to_owned(),
        duration_seconds: 3600,
        ..AssumeRole::default()
    }
}

fn plan() -> Plan {
    Plan::of_roles(
        "client1",
        vec![role("arn:aws:iam::222222222222:role/team/Admin")],
    )
}

/// The session of `me` in the role, issued now for an hour.
fn entry() -> Entry {
    Entry {
        issued_at: at(NOW),
        confirmed_at: at(NOW),
        expires_at: at(NOW + 3600),
        user_id: Some("AROAADMIN:me".to_owned()),
        ..sample("ASIA")
    }
}

/// What one change makes of an entry that fits.
fn judged(change: impl FnOnce(&mut Entry)) -> Fit {
    let (plan, mut entry) = (plan(), entry());
    change(&mut entry);
    fit(&entry, &plan, &plan.steps[0], at(NOW))
}

#[test]
fn an_entry_fits_only_the_step_that_it_is_of() {
    assert_eq!(judged(|_| {}), Fit::Good);
    for arn in [
        "arn:aws:sts::333333333333:assumed-role/Admin/me",
        "arn:aws:sts::222222222222:assumed-role/Administrator/me",
        "arn:aws:sts::222222222222:assumed-role/team/Admin",
        "arn:aws:sts::222222222222:assumed-role/Admin/you",
        "arn:aws:sts::222222222222:assumed-role/Admin/me/too",
        "arn:aws:sts::222222222222:assumed-role/Admin",
        "arn:aws-cn:sts::222222222222:assumed-role/Admin/me",
        "arn:aws:iam::222222222222:role/team/Admin",
        "arn:aws:iam::222222222222:user/Admin/me",
        "",
    ] {
        let fit = judged(|entry| entry.arn = Some(arn.to_owned()));
        assert_eq!(fit, Fit::Wrong(format!("are for {arn}")), "{arn}");
    }
    assert_eq!(
        judged(|entry| entry.arn = None),
        Fit::Wrong("are for another role".to_owned())
    );
    let other_account = judged(|entry| entry.account_id = Some("333333333333".to_owned()));
    assert_eq!(
        other_account,
        Fit::Wrong("are for account 333333333333".to_owned())
    );
    for action in ["GetSessionToken", "Source", "assumerole", ""] {
        let fit = judged(|entry| entry.action = action.to_owned());
        assert!(matches!(fit, Fit::Wrong(_)), "{action}: {fit:?}");
    }
}

#[test]
fn times_that_cannot_be_are_doubtful() {
    let future = Fit::Doubtful("were issued in the future, by this computer's clock".to_owned());
    for (issued, lasts, expected) in [
        (0, 3600, Fit::Good),
        (-86_400, 3600, Fit::Good),
        // Clocks differ by that much, and are set.
        (FUTURE, 3600, Fit::Good),
        (0, 3600 + CLOCKS, Fit::Good),
        (0, -3 * 86_400, Fit::Good),
        (FUTURE + 1, 3600, future),
        (
            0,
            3601 + CLOCKS,
            Fit::Doubtful("claim to last 25h".to_owned()),
        ),
        (
            0,
            10 * 365 * 86_400,
            Fit::Doubtful("claim to last 87600h".to_owned()),
        ),
    ] {
        let fit = judged(|entry| {
            entry.issued_at = at(NOW + issued);
            entry.expires_at = at(NOW + issued + lasts);
        });
        assert_eq!(fit, expected, "{issued} {lasts}");
    }
}

#[test]
fn what_aws_has_confirmed_gets_times_that_can_be() {
    let (plan, now) = (plan(), at(NOW));
    let corrected = |entry: &Entry| {
        let entry = corrected(entry, &plan.steps[0], now);
        assert_eq!(fit(&entry, &plan, &plan.steps[0], now), Fit::Good);
        (
            entry.issued_at.timestamp() - NOW,
            entry.expires_at.timestamp() - NOW,
        )
    };
    assert_eq!(corrected(&entry()), (0, 3600));
    let future = Entry {
        issued_at: at(NOW + 7200),
        expires_at: at(NOW + 10_800),
        ..entry()
    };
    assert_eq!(corrected(&future), (0, 10_800));
    let absurd = Entry {
        expires_at: at(NOW + 1_000_000),
        ..entry()
    };
    assert_eq!(corrected(&absurd), (0, 3600));
}

#[test]
fn an_identity_is_held_to_all_that_is_known() {
    let plan = plan();
    let (account, arn, id) = (
        "222222222222",
        "arn:aws:sts::222222222222:assumed-role/Admin/me",
        "AROAADMIN:me",
    );
    let judged = |account_id: &str, arn: &str, user_id: &str, entry: &Entry| {
        let [account_id, arn, user_id] = [account_id, arn, user_id].map(str::to_owned);
        stranger(
            &Identity {
                account_id,
                arn,
                user_id,
            },
            entry,
            &plan,
            &plan.steps[0],
        )
    };
    assert_eq!(judged(account, arn, id, &entry()), None);
    // Not known yet, and an answer without an id, which is not AWS's.
    let young = Entry {
        account_id: None,
        arn: None,
        user_id: None,
        ..entry()
    };
    assert_eq!(judged(account, arn, id, &young), None);
    assert_eq!(judged(account, arn, "", &entry()), None);
    let others = [
        (
            "333333333333",
            "arn:aws:sts::333333333333:assumed-role/Admin/me",
        ),
        ("333333333333", arn),
        (account, "arn:aws:sts::222222222222:assumed-role/Other/me"),
        (account, "arn:aws:sts::222222222222:assumed-role/Admin/you"),
        (account, "arn:aws:iam::222222222222:user/me"),
    ];
    for (account, other) in others {
        for entry in [&entry(), &young] {
            assert_eq!(
                judged(account, other, id, entry).as_deref(),
                Some(other),
                "{account}"
            );
        }
    }
    let again = judged(account, arn, "AROAOTHER:me", &entry());
    let said = format!("{arn} with the id AROAOTHER:me, which was AROAADMIN:me before");
    assert_eq!(again, Some(said));
}

fn sso() -> Sso {
    Sso {
        profile: "acme".to_owned(),
        session: Some("acme".to_owned()),
        region: "eu-central-1".to_owned(),
        start_url: "https://acme.awsapps.com/start".to_owned(),
        account_id: Some("111111111111".to_owned()),
        role_name: Some("Read_Only".to_owned()),
        scopes: None,
        known_sessions: [].into(),
    }
}

#[test]
fn a_permission_set_is_one_role_of_one_account() {
    let is_of = |account: &str, role: &str| {
        is_of_permission_set(
            &format!("arn:aws:sts::{account}:assumed-role/{role}/alice"),
            &sso(),
        )
    };
    assert!(is_of(
        "111111111111",
        "AWSReservedSSO_Read_Only_0123456789abcdef"
    ));
    for (account, role) in [
        ("222222222222", "AWSReservedSSO_Read_Only_0123456789abcdef"),
        ("111111111111", "AWSReservedSSO_Read_0123456789abcdef"),
        (
            "111111111111",
            "AWSReservedSSO_Read_Only_Too_0123456789abcdef",
        ),
        ("111111111111", "AWSReservedSSO_Read_Only"),
        ("111111111111", "Read_Only_0123456789abcdef"),
    ] {
        assert!(!is_of(account, role), "{account} {role}");
    }
}

#[test]
fn a_login_is_of_whom_it_names() {
    for (arn, named) in [
        (
            "arn:aws:iam::111111111111:user/team/alice",
            "arn:aws:iam::111111111111:user/team/alice",
        ),
        (
            "arn:aws:iam::111111111111:root",
            " arn:aws:iam::111111111111:root\n",
        ),
        (
            "arn:aws:sts::111111111111:assumed-role/A/b",
            "arn:aws:sts::111111111111:assumed-role/A/b",
        ),
        ("arn:aws:iam::111111111111:user/alice", "a name"),
    ] {
        assert!(is_of_login(arn, named), "{arn} {named}");
    }
    for (arn, named) in [
        (
            "arn:aws:iam::111111111111:user/bob",
            "arn:aws:iam::111111111111:user/alice",
        ),
        (
            "arn:aws:iam::222222222222:user/alice",
            "arn:aws:iam::111111111111:user/alice",
        ),
        (
            "arn:aws:iam::111111111111:user/alice",
            "arn:aws:iam::111111111111:root",
        ),
        (
            "arn:aws-cn:iam::111111111111:user/alice",
            "arn:aws:iam::111111111111:user/alice",
        ),
        (
            "arn:aws:sts::111111111111:assumed-role/A/c",
            "arn:aws:sts::111111111111:assumed-role/A/b",
        ),
    ] {
        assert!(!is_of_login(arn, named), "{arn} {named}");
    }
}
