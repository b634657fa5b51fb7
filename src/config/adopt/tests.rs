//! What adopting does to made-up files: every profile says what it said, and the way back is found
//! again.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

const PROGRAM: &str = "/usr/bin/xacct";

fn paths() -> Paths {
    Paths {
        config: PathBuf::from("/h/.aws/config"),
        credentials: PathBuf::from("/h/.aws/credentials"),
        settings: PathBuf::from("/h/x.toml"),
        keys: PathBuf::new(),
        home: Some(PathBuf::from("/h")),
    }
}

fn raw(config: &str, settings: &str) -> Texts {
    let text = |text: &str| (!text.is_empty()).then(|| Zeroizing::new(text.to_owned()));
    Texts {
        config: text(config),
        settings: text(settings),
        ..Texts::default()
    }
}

fn read(raw: &Texts) -> Config {
    Config::new(paths(), raw.clone().without_marks()).unwrap()
}

/// What every profile says in the end, but for the process.
fn meaning(raw: &Texts) -> BTreeMap<String, BTreeMap<String, String>> {
    let said = |profile: Profile| {
        let set = profile.iter().filter(|(key, _)| *key != PROCESS);
        (
            profile.name.clone(),
            set.map(|(key, setting)| (key.to_owned(), setting.value.trim().to_owned()))
                .collect(),
        )
    };
    read(raw).profiles().into_iter().map(said).collect()
}

#[cfg(unix)]
#[test]
fn a_policy_is_named_from_where_it_was() {
    for (written, wanted) in [
        ("audit.json", "/h/.aws/audit.json"),
        ("/etc/audit.json", "/etc/audit.json"),
        ("~/audit.json", "~/audit.json"),
        ("{}", "{}"),
    ] {
        let before = raw(
            &format!("[profile a]\nrole_arn=x\nsession_policy={written}\n"),
            "",
        );
        let after = adopt(&read(&before), &before, &["a".to_owned()], PROGRAM).unwrap();
        assert_eq!(
            *after.settings.unwrap(),
            format!("[profile.a]\nrole_arn = \"x\"\nsession_policy = \"{wanted}\"\n")
        );
    }
}

#[test]
fn what_the_settings_say_already_stays() {
    let before = raw(
        "[profile a]\nrole_arn=x\nexternal_id=old\nregion=r\nmfa_serial=\n",
        "[profile.a] # mine\nexternal_id = 'new'\n",
    );
    let after = adopt(&read(&before), &before, &["a".to_owned()], PROGRAM).unwrap();
    assert_eq!(
        (
            after.config.as_ref().unwrap().as_str(),
            after.settings.as_ref().unwrap().as_str()
        ),
        (
            "[profile a]\ncredential_process = /usr/bin/xacct credential-process \
             a\nregion=r\nmfa_serial=\n",
            "[profile.a] # mine\nrole_arn = \"x\"\nexternal_id = 'new'\n"
        )
    );
    assert!(matches!(state(&read(&after), "a"), Adoption::Adopted));
    assert!(made(&before, &after, &paths(), &["a".to_owned()]));
    let other = raw("[profile a]\nrole_arn=y\n", "");
    assert!(!made(&other, &after, &paths(), &["a".to_owned()]));
    assert!(!made(&after, &after, &paths(), &["a".to_owned()]));
}

#[test]
fn a_key_that_came_later_is_moved_too() {
    let text = "[profile a]\ncredential_process = /usr/bin/xacct credential-process a\n";
    let before = raw(
        &format!("{text}external_id = e\n"),
        "[profile.a]\nrole_arn = 'x'\n",
    );
    assert!(matches!(state(&read(&before), "a"), Adoption::Role));
    let after = adopt(&read(&before), &before, &["a".to_owned()], PROGRAM).unwrap();
    assert_eq!(after.config.as_ref().unwrap().as_str(), text);
    assert_eq!(
        after.settings.unwrap().as_str(),
        "[profile.a]\nexternal_id = \"e\"\nrole_arn = 'x'\n"
    );
}

fn role_file() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        2 => Just("role_arn = arn:x"), 2 => Just("source_profile=b # keys"), 1 => Just("External_ID = e"),
        1 => Just("external_id = f"), 1 => Just("duration_seconds = 3600"), 1 => Just("read_only = \
             true"),
        1 => Just("tags = a,\n  b"), 1 => Just("session_policy = {\n  \"a\": 1\n  }"), 1 => Just("region = r"),
        1 => Just("s3 =\n  role_arn = n\n  # in"), 1 => Just("# c"), 1 => Just(""), 1 => Just("rubbish"),
        1 => Just("[profile b]"), 1 => Just("[profile a]"), 1 => Just("[profile \"c d\"]\nrole_arn \
             = y"),
    ];
    let lines = proptest::collection::vec(line, 0..14);
    (lines, prop_oneof![Just("\n"), Just("\r\n")], any::<bool>()).prop_map(|(lines, end, ended)| {
        let text = format!(
            "[profile a]\n{}{}",
            lines.join("\n"),
            if ended { "\n" } else { "" }
        );
        text.replace('\n', end)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_profile_says_what_it_said(config in role_file(), settings in prop_oneof![Just(""), Just("# c\n[profile.a]\nconfirm = true")]) {
        let before = raw(&config, settings);
        let config = read(&before);
        let names: Vec<String> = config.profile_names().into_iter().filter(|name| matches!(state(&config, name), Adoption::Role)).collect();
        let after = adopt(&config, &before, &names, PROGRAM).unwrap();
        prop_assert_eq!(meaning(&after), meaning(&before));
        let adopted = read(&after);
        for name in &names {
            prop_assert!(matches!(state(&adopted, name), Adoption::Adopted));
            let profile = adopted.profile(name).unwrap().unwrap();
            let command = &profile.named(PROCESS).unwrap().value;
            prop_assert!(process::asks_xacct_for(command, name));
        }
        prop_assert!(names.is_empty() || made(&before, &after, &paths(), &names));
        let back = give_back(&adopted, &after, &names).unwrap();
        prop_assert_eq!(meaning(&back), meaning(&before));
        let config = read(&back);
        prop_assert!(names.iter().all(|name| matches!(state(&config, name), Adoption::Role)));
    }
}
