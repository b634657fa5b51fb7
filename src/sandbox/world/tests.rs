use super::*;
use crate::arn;

fn refused(text: &str) -> String {
    World::parse(text, "w.toml").unwrap_err().to_string()
}

#[test]
fn the_sample_is_whole() {
    let world = World::sample().unwrap();
    let (account, user, key) = world.key("AKIARTXV5AHDTEST2YOU").unwrap();
    assert_eq!(account.user_arn(user), "arn:aws:iam::111111111111:user/you");
    assert_eq!(
        (key.id.len(), key.secret.expose().len(), key.active),
        (20, 40, true)
    );
    assert!(!world.key("AKIARTXV5AHDTESTIDLE").unwrap().2.active);
    // As AWS makes them, key ids tell their account.
    assert_eq!(
        arn::account_in_key_id(&key.id).as_deref(),
        Some("111111111111")
    );
    // Every role that the sample's config file names is there.
    let arns = world
        .files
        .config
        .lines()
        .filter_map(|line| line.strip_prefix("role_arn = "));
    let found: Vec<bool> = arns.map(|arn| world.role(arn).is_some()).collect();
    assert_eq!(found, [true; 5]);
    assert_eq!(
        world.device(None).unwrap().serial,
        "arn:aws:iam::111111111111:mfa/you"
    );
    assert!(
        world
            .device(Some("arn:aws:iam::111111111111:mfa/nobody"))
            .is_none()
    );
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    assert_eq!(
        refused("[[account]]\nid = \"1\"\nname = \"x\"\n"),
        "w.toml: account id '1' is not twelve digits"
    );
    let unknown = refused("[[account]]\nid = \"111111111111\"\nname = \"x\"\ncolour = 1\n");
    assert!(
        unknown.starts_with("w.toml:4: unknown field `colour`"),
        "{unknown}"
    );
    let account = "[[account]]\nid = \"111111111111\"\nname = \"x\"\n";
    assert_eq!(
        refused(&format!("{account}{account}")),
        "w.toml: account 111111111111 is there twice"
    );
    let role = format!("{account}[[account.role]]\nname = \"R\"\n");
    assert_eq!(
        refused(&format!("{role}max_session_duration = 60")),
        "w.toml: arn:aws:iam::111111111111:role/R: max_session_duration must be 3600 to 43200"
    );
    for trust in ["{}", "{ principals = [\"*\"], federated = \"https://x\" }"] {
        assert_eq!(
            refused(&format!("{role}trust = [{trust}]")),
            "w.toml: arn:aws:iam::111111111111:role/R: a statement of its trust needs either \
             principals or federated"
        );
    }
    assert_eq!(
        refused(&format!("{role}path = \"x\"")),
        "w.toml: arn:aws:iam::111111111111:rolexR: path 'x' must begin and end with '/'"
    );
}

#[test]
fn no_secret_is_shown_by_debug() {
    let shown = format!("{:?}", World::sample().unwrap());
    assert!(
        !shown.contains("NotASecret") && !shown.contains("PBQWGY3U"),
        "{shown}"
    );
}
