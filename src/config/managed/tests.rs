//! Blocks to the byte, and made-up files of which nothing is lost outside them.

use proptest::prelude::*;

use super::*;

const ACME: BlockSource<'_> = BlockSource::Sso { session: "acme" };
const BEGINS: &str =
    "# xacct sync sso acme: begin (kept by xacct: profiles of your own stand outside)\n";
const ENDS: &str = "# xacct sync sso acme: end\n";

pub(in crate::config) fn synced(name: &str, account_id: &str, role: &str) -> Synced {
    let keys = vec![
        (Key::SsoSession, "acme".to_owned()),
        (Key::SsoAccountId, account_id.to_owned()),
        (Key::SsoRoleName, role.to_owned()),
    ];
    let identity = AccountRole {
        account_id: account_id.to_owned(),
        role: role.to_owned(),
    };
    Synced {
        name: name.to_owned(),
        identity,
        keys,
        region: Some("eu-central-1".to_owned()),
    }
}

/// As xacct writes it.
fn section(name: &str, account_id: &str) -> String {
    format!(
        "[profile {name}]\nsso_session = acme\nsso_account_id = {account_id}\nsso_role_name = \
         R\nregion = eu-central-1\n"
    )
}

#[track_caller]
fn written(text: &str, profiles: &[(&str, &str)], prune: bool) -> BlockUpdate {
    let profiles: Vec<Synced> = profiles
        .iter()
        .map(|(name, id)| synced(name, id, "R"))
        .collect();
    let wish = Wish {
        profiles: &profiles,
        left: &HashSet::new(),
        prune,
        set_region: false,
    };
    let outcome = Block::find(text, ACME).unwrap().write(&wish).unwrap();
    // Once more changes nothing.
    let again = Block::find(&outcome.text, ACME)
        .unwrap()
        .write(&wish)
        .unwrap();
    assert_eq!((&again.text, again.is_same()), (&outcome.text, true));
    outcome
}

#[test]
fn a_block_comes_at_the_end_and_goes_again() {
    let block = format!("{BEGINS}{}\n{}{ENDS}", section("a", "1"), section("b", "2"));
    for (text, before) in [
        ("", ""),
        ("[default]\nregion = x\n", "[default]\nregion = x\n\n"),
        ("[default]\nregion = x", "[default]\nregion = x\n\n"),
        ("[default]\n\n", "[default]\n\n"),
        ("\u{feff}[default]\n", "\u{feff}[default]\n\n"),
        ("\u{feff}", "\u{feff}"),
    ] {
        let outcome = written(text, &[("b", "2"), ("a", "1")], false);
        assert_eq!(outcome.text, format!("{before}{block}"), "{text:?}");
        assert_eq!((outcome.added, outcome.changed), (2, 0));
        let without = written(&outcome.text, &[], true);
        assert_eq!(without.gone, ["a", "b"]);
        // What ends a line stays.
        let blank = if text.ends_with("\n\n") { "\n" } else { "\n\n" };
        assert_eq!(
            without.text.trim_end_matches('\n'),
            text.trim_end_matches('\n'),
            "{text:?}"
        );
        assert!(
            !without.text.ends_with(blank) || text.ends_with(blank),
            "{:?}",
            without.text
        );
    }
}

#[test]
fn carriage_returns_stay_and_come_along() {
    let text = "[default]\r\nregion = x\r\n";
    let block = format!(
        "\n{BEGINS}{}\n{}{ENDS}",
        section("a", "1"),
        section("b", "2")
    )
    .replace('\n', "\r\n");
    let outcome = written(text, &[("a", "1"), ("b", "2")], false);
    assert_eq!(outcome.text, format!("{text}{block}"));
    let more = written(&outcome.text, &[("a", "1"), ("aa", "3"), ("b", "2")], false);
    let between = format!("{}\n[profile b]", section("aa", "3")).replace('\n', "\r\n");
    assert_eq!(more.text, outcome.text.replace("[profile b]", &between));
    assert_eq!(written(&more.text, &[], true).text, text);
}

#[test]
fn what_stands_outside_or_was_added_inside_stays() {
    let text = format!(
        "# mine\n[profile b]\nregion = z\n{BEGINS}# about them all\n\n# about a\n[profile a] # \
         a\nsso_session=acme\n\
         sso_account_id = 1\n  # why\noutput = json\nsso_role_name = R\nregion = us-east-1\n\n\n# \
         about c\n\
         [profile c]\nsso_session = acme\nsso_account_id = 3\nsso_role_name = R\n\n[profile \
         own]\nregion = y\n{ENDS}\n# mine too\n\
         [profile d]\nregion = w"
    );
    let same = written(&text, &[("a", "1")], false);
    assert_eq!(
        (same.is_same(), &same.text, &same.kept),
        (true, &text, &vec!["c".to_owned()])
    );
    let outcome = written(&text, &[("a", "1"), ("b2", "2")], true);
    let wanted = text
        .replace(
            "# about c\n[profile c]\nsso_session = acme\nsso_account_id = 3\nsso_role_name = R\n",
            &section("b2", "2"),
        )
        .replace("us-east-1\n\n\n", "us-east-1\n\n");
    assert_eq!(outcome.text, wanted);
    assert_eq!((outcome.gone, outcome.kept), (vec!["c".to_owned()], vec![]));
}

#[test]
fn the_source_has_its_say_in_its_own_keys_only() {
    let text = format!(
        "{BEGINS}{}{ENDS}",
        section("a", "1").replace("region = eu-central-1", "region = mine")
    );
    let mut profile = synced("a", "1", "R");
    profile
        .keys
        .push((Key::SsoStartUrl, "https://x".to_owned()));
    let left = HashSet::new();
    let wish = |set_region| Wish {
        profiles: std::slice::from_ref(&profile),
        left: &left,
        prune: false,
        set_region,
    };
    let outcome = Block::find(&text, ACME)
        .unwrap()
        .write(&wish(false))
        .unwrap();
    assert_eq!(
        outcome.text,
        text.replace("= mine\n", "= mine\nsso_start_url = https://x\n")
    );
    let outcome = Block::find(&text, ACME)
        .unwrap()
        .write(&wish(true))
        .unwrap();
    assert_eq!(
        outcome.text,
        text.replace("= mine\n", "= eu-central-1\nsso_start_url = https://x\n")
    );
    assert_eq!(outcome.changed, 1);
}

#[test]
fn sources_have_a_block_each() {
    let other = BlockSource::Sso { session: "acme 2" };
    let first = written("", &[("a", "1")], false).text;
    let mut profile = synced("b", "2", "R");
    profile.keys[0].1 = "acme 2".to_owned();
    let wish = Wish {
        profiles: &[profile],
        left: &HashSet::new(),
        prune: true,
        set_region: false,
    };
    let outcome = Block::find(&first, other).unwrap().write(&wish).unwrap();
    assert!(
        outcome
            .text
            .starts_with(&format!("{first}\n# xacct sync sso acme 2: begin (")),
        "{}",
        outcome.text
    );
    assert_eq!(outcome.gone, [""; 0]);
    let block = Block::find(&outcome.text, ACME).unwrap();
    assert_eq!(
        (block.has_line(1), block.has_line(7), block.has_line(8)),
        (true, true, false)
    );
    // A profile that says another session is not of this one.
    let odd = first.replace("sso_session = acme\n", "sso_session = other\n");
    assert_eq!(Block::find(&odd, ACME).unwrap().identity("a"), None);
    assert_eq!(written(&odd, &[], true).text, odd);
}

#[test]
fn markers_that_do_not_belong_together() {
    let (begin, end) = (
        "# xacct sync sso acme: begin\n",
        "# xacct sync sso acme: end\n",
    );
    let (other, section) = (
        "# xacct sync sso b: begin (x)\n",
        "[profile a]\nregion = x\n",
    );
    for (text, line, message) in [
        (
            format!("\n{begin}{section}"),
            2,
            "the block of 'xacct sync sso acme' begins here and ends nowhere",
        ),
        (
            format!("{begin}{begin}{end}"),
            1,
            "the block of 'xacct sync sso acme' begins here and ends nowhere",
        ),
        (
            format!("{begin}{other}{end}"),
            1,
            "the block of 'xacct sync sso acme' begins here and ends nowhere",
        ),
        (
            format!("{other}{end}"),
            1,
            "the block of 'xacct sync sso b' begins here and ends nowhere",
        ),
        (
            format!("{section}{end}"),
            3,
            "the block of 'xacct sync sso acme' ends here and begins nowhere",
        ),
        (
            format!("{begin}{end}{begin}{end}"),
            3,
            "there is a block of 'xacct sync sso acme' already, further up",
        ),
        (
            format!("{begin}{section}{end}# fine\n\noutput = json\n[profile b]\n"),
            7,
            "this line stands after the block of 'xacct sync sso acme' and has no profile",
        ),
    ] {
        let broken = Block::find(&text, ACME).err().unwrap();
        assert_eq!(
            (broken.line, broken.message.as_str()),
            (line, message),
            "{text}"
        );
    }
    assert!(Block::find(&format!("{begin}{end}output = json\n"), ACME).is_ok());
}

#[test]
fn a_pruned_name_that_another_account_takes_is_a_new_profile() {
    let text = written("", &[("prod", "1")], false)
        .text
        .replace("region = eu-central-1", "confirm = true");
    let outcome = written(&text, &[("prod", "2")], true);
    assert_eq!(
        (outcome.text, outcome.gone),
        (
            written("", &[("prod", "2")], false).text,
            vec!["prod".to_owned()]
        )
    );
}

proptest! {
    #[test]
    fn nothing_outside_is_lost(
        before in "(\\[profile [xyz]\\]|k = v|# c|  # d| v|)(\n(\\[profile [xyz]\\]|k = v|# \
                   c|)){0,5}\n?",
        first in "[a-f]{0,6}",
        second in "[a-f]{0,6}",
        prune: bool,
    ) {
        let profiles = |names: &str| -> Vec<(String, String)> {
            let mut names: Vec<char> = names.chars().collect();
            names.sort_unstable();
            names.dedup();
            names.into_iter().map(|name| (name.to_string(), (name as u32).to_string())).collect()
        };
        let (first, second) = (profiles(&first), profiles(&second));
        let refs = |profiles: &[(String, String)]| -> Vec<Synced> {
            profiles.iter().map(|(name, id)| synced(name, id, "R")).collect()
        };
        let write = |text: &str, profiles: &[Synced], prune: bool| {
            let wish = Wish { profiles, left: &HashSet::new(), prune, set_region: false };
            Block::find(text, ACME).unwrap().write(&wish).unwrap()
        };
        let one = write(&before, &refs(&first), prune);
        prop_assert!(one.text.starts_with(&before));
        // Somebody writes below it.
        let below = format!("{}\n[profile below]\nk = v", one.text);
        let two = write(&below, &refs(&second), prune);
        prop_assert!(two.text.starts_with(before.trim_end_matches('\n')), "{}", two.text);
        prop_assert!(two.text.contains("\n[profile below]\nk = v"), "{}", two.text);
        let names = |text: &str| -> Vec<String> {
            let sections = index::sections(text, FileKind::Config);
            sections.iter().map(|section| section.name(text).to_owned()).filter(|name| name.len() == 1 && name.as_str() < "x").collect()
        };
        let mut wanted: Vec<String> = second.iter().map(|(name, _)| name.clone()).collect();
        if !prune {
            wanted.extend(first.iter().map(|(name, _)| name.clone()));
        }
        wanted.sort();
        wanted.dedup();
        prop_assert_eq!(names(&two.text), wanted);
        prop_assert_eq!(write(&two.text, &refs(&second), prune).text, two.text);
    }
}
