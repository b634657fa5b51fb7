//! What a plan says of who calls, and with what.

use super::*;
use crate::plan::{AssumeRole, Plan};

fn role(name: &str) -> AssumeRole {
    AssumeRole {
        role_arn: format!("arn:aws-cn:iam::222222222222:role/team/{name}"),
        duration_seconds: 900,
        ..AssumeRole::default()
    }
}

fn text(document: &Tree) -> String {
    serde_json::to_string(document).unwrap()
}

#[test]
fn a_chain_hands_down_tags_and_identity_but_no_mfa() {
    let pair = |key: &str| (key.to_owned(), "v".to_owned());
    let first = AssumeRole {
        serial_number: Some("arn:aws-cn:iam::111111111111:mfa/you".to_owned()),
        source_identity: Some("you".to_owned()),
        tags: vec![pair("team"), pair("note")],
        transitive_tag_keys: vec!["team".to_owned()],
        ..role("First")
    };
    let last = AssumeRole {
        tags: vec![pair("own")],
        ..role("Last")
    };
    let plan = Plan::of_roles("chained", vec![first.clone(), last]);
    let hop = Hop::of(&plan).unwrap();
    assert_eq!(hop.caller, Caller::Role(first.role_arn.clone()));
    assert_eq!(
        (hop.mfa, hop.source_identity, hop.max_session_duration()),
        (false, true, 3600)
    );
    assert_eq!(hop.tag_keys, ["own", "team"]);
    assert_eq!(
        text(&caller_policy(&hop)),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"AllowAssumeRole","Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":"arn:aws-cn:iam::222222222222:role/team/Last"}]}"#
    );
    let plan = Plan::of_roles(
        "first",
        vec![AssumeRole {
            duration_seconds: 7200,
            ..first
        }],
    );
    let hop = Hop::of(&plan).unwrap();
    assert_eq!((hop.mfa, hop.max_session_duration()), (true, 7200));
    assert_eq!(hop.caller, Caller::Unknown { account_id: None });
}

#[test]
fn who_the_caller_is_by_what_sts_says() {
    let of = |arn: &str| Caller::of_identity("111111111111", arn);
    let account_id = || "111111111111".to_owned();
    let user = "arn:aws:iam::111111111111:user/team/you";
    assert_eq!(of(user), Some(Caller::User(user.to_owned())));
    assert_eq!(
        of("arn:aws:iam::111111111111:root"),
        Some(Caller::Root {
            account_id: account_id()
        })
    );
    assert_eq!(
        of("arn:aws:sts::111111111111:assumed-role/Deploy/i-1"),
        Some(Caller::PathlessRole {
            account_id: account_id(),
            role_name: "Deploy".to_owned()
        })
    );
    assert_eq!(of("arn:aws:sts::111111111111:federated-user/you"), None);
    assert_eq!(of("nonsense"), None);
}

#[test]
fn a_principal_is_what_the_caller_is() {
    let plan = Plan::of_roles("x", vec![role("X")]);
    let named = |caller: &Caller, principal| {
        let hop = Hop {
            caller: caller.clone(),
            ..Hop::of(&plan).unwrap()
        };
        trust_policy(&hop, principal, "111111111111", None).map(|document| text(&document))
    };
    let pathless = Caller::PathlessRole {
        account_id: "111111111111".to_owned(),
        role_name: "Deploy".to_owned(),
    };
    let account = named(&pathless, Principal::Account).unwrap();
    // The partition is the role's: nobody assumes a role from one to another.
    assert!(account.contains(
        r#""Principal":{"AWS":"arn:aws-cn:iam::111111111111:root"},"Action":"sts:AssumeRole"}]}"#
    ));
    let patterns = r#""ArnLike":{"aws:PrincipalArn":["arn:aws-cn:iam::111111111111:role/Deploy","arn:aws-cn:iam::111111111111:role/*/Deploy"]}"#;
    let role = named(&pathless, Principal::Role).unwrap();
    assert!(role.contains(patterns), "{role}");
    let error = named(&pathless, Principal::User).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("role/team/X is assumed by a role, Deploy"),
        "{error}"
    );
    let user = Caller::User("arn:aws-cn:iam::111111111111:user/you".to_owned());
    assert!(
        named(&user, Principal::User)
            .unwrap()
            .contains(r#"{"AWS":"arn:aws-cn:iam::111111111111:user/you"}"#)
    );
    assert!(named(&user, Principal::Role).is_err());
}
