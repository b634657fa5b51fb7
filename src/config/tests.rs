//! Profiles put together: which file wins, what is included, what is wrong, and that an index loses
//! nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;

pub(super) fn load(config: &str, credentials: &str, settings: &str) -> Config {
    let paths = Paths {
        config: PathBuf::from("/h/.aws/config"),
        credentials: PathBuf::from("/h/.aws/credentials"),
        settings: PathBuf::from("/h/x.toml"),
        keys: PathBuf::new(),
        home: Some(PathBuf::from("/h")),
    };
    let text = |text: &str| (!text.is_empty()).then(|| Zeroizing::new(text.to_owned()));
    let texts = Texts {
        config: text(config),
        credentials: text(credentials),
        settings: text(settings),
        keys: None,
    };
    Config::new(paths, texts).unwrap()
}

fn settings_of(profile: &Profile) -> Vec<String> {
    profile
        .iter()
        .map(|(key, setting)| format!("{key}={} {}", *setting.value, setting.origin))
        .collect()
}

fn settings(config: &Config, name: &str) -> Vec<String> {
    settings_of(&config.profile(name).unwrap().unwrap())
}

fn problems(config: &Config) -> Vec<String> {
    config.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn credentials_win_over_config_and_settings_over_both() {
    let config = load(
        "[profile a]\nk1=c\nk2=c\nregion=c\n",
        "[a]\nregion=s\nk2=s\nk3=s\n",
        "[profile.a]\nregion='t'\noutput='t'\n[profile.b]\nregion='t'\n",
    );
    assert_eq!(
        settings(&config, "a"),
        [
            "k1=c ~/.aws/config:2",
            "k2=s ~/.aws/credentials:3",
            "region=t ~/x.toml:2",
            "k3=s ~/.aws/credentials:4",
            "output=t ~/x.toml:3",
        ]
    );
    assert_eq!(settings(&config, "b"), ["region=t ~/x.toml:5"]);
    assert_eq!(
        config.profile("a").unwrap().unwrap().origin.to_string(),
        "~/.aws/config:1"
    );
    assert_eq!(config.profile_names(), ["a", "b"]);
    assert!(config.profile("c").unwrap().is_none());
}

#[test]
fn names_come_in_order_of_appearance() {
    let config = load(
        "[sso-session s]\n[profile b]\n[default]\n[profile a]\n[profile b]\n[services \
         v]\n[sso-session r]\n[sso-session s]",
        "[z]\n[a]\n",
        "[profile.y]\n[profile.b]\n",
    );
    assert_eq!(config.profile_names(), ["b", "default", "a", "z", "y"]);
    assert_eq!(config.sso_session_names(), ["s", "r"]);
    assert_eq!(config.services_names(), ["v"]);
}

#[test]
fn duplicates_merge_and_the_last_wins() {
    let config = load(
        "[profile a]\nx=1\ny=1\n[profile b]\nx=0\n[profile a]\nx=2\nX=3\n",
        "",
        "",
    );
    assert_eq!(
        settings(&config, "a"),
        ["x=3 ~/.aws/config:8", "y=1 ~/.aws/config:3"]
    );
}

#[test]
fn the_prefixed_default_replaces_the_other() {
    for (text, plain, prefixed) in [
        ("[default]\nx=1\n[profile default]\ny=2\n", 1, 3),
        ("[profile default]\ny=2\n[default]\nx=1\n", 3, 1),
    ] {
        let config = load(text, "[default]\nz=3\n", "");
        let profile = config.profile("default").unwrap().unwrap();
        assert_eq!(
            settings_of(&profile),
            [
                format!("y=2 ~/.aws/config:{}", prefixed + 1),
                "z=3 ~/.aws/credentials:2".to_owned()
            ]
        );
        let problem = format!(
            "~/.aws/config:{plain}: [default] is ignored: [profile default] in line {prefixed} \
             replaces it"
        );
        assert_eq!(profile.problems[0].to_string(), problem);
        assert_eq!(problems(&config), [problem]);
    }
}

#[test]
fn nothing_is_inherited_from_default() {
    let config = load(
        "[DEFAULT]\nmfa_serial=1\n[default]\nmfa_serial=2\n[profile a]\nx=1\n",
        "",
        "",
    );
    assert_eq!(settings(&config, "a"), ["x=1 ~/.aws/config:6"]);
}

#[test]
fn a_name_with_blanks_needs_its_quotes_in_one_file() {
    let credentials = "[my client]\naws_access_key_id=AKIA\n";
    let config = load("[profile \"my client\"]\nregion=x\n", credentials, "");
    assert_eq!(
        settings(&config, "my client"),
        [
            "region=x ~/.aws/config:2",
            "aws_access_key_id=AKIA ~/.aws/credentials:2"
        ]
    );
    assert_eq!(problems(&config), Vec::<String>::new());

    let alone = load("", credentials, "");
    assert!(alone.profile("my client").unwrap().is_none());
    assert_eq!(alone.profile_names(), Vec::<String>::new());
    assert_eq!(alone.problems().len(), 1);
    assert_eq!(
        alone.problems()[0].origin.to_string(),
        "~/.aws/credentials:1"
    );
}

#[test]
fn nothing_below_an_unused_header_reaches_the_profile_above() {
    let config = load(
        "[profile a]\nrole_arn=1\n  [profile b\nrole_arn=2\n[Profile c]\nrole_arn=3\n",
        "",
        "",
    );
    assert_eq!(settings(&config, "a"), ["role_arn=1 ~/.aws/config:2"]);
    assert_eq!(config.problems().len(), 2);
}

#[test]
fn nested_blocks_and_their_lines() {
    let config = load(
        "[services v]\nsts =\n  endpoint_url = http://a # c\n\n  Endpoint_URL = http://b\n",
        "",
        "",
    );
    let services = config.services("v").unwrap();
    let sts = services.named("sts").unwrap();
    assert_eq!(sts.sub("endpoint_url").as_deref(), Some("http://b"));
    assert_eq!(sts.sub("other"), None);
    let lines: Vec<String> = sts
        .subs()
        .map(|sub| format!("{} {}", sub.value, sub.origin))
        .collect();
    assert_eq!(
        lines,
        ["http://a ~/.aws/config:3", "http://b ~/.aws/config:5"]
    );
    let text = load("[profile a]\nx = 1\n  y = 2\n", "", "")
        .profile("a")
        .unwrap()
        .unwrap();
    assert_eq!(text.named("x").unwrap().subs().count(), 0);
}

#[test]
fn includes_fill_in_what_is_not_set() {
    let config = load(
        "[profile a]\ninclude_profile=b\nregion=a\nexternal_id=\n[profile \
         b]\ninclude_profile=c\nregion=b\nexternal_id=b\nmfa_serial=b\n[profile \
         c]\noutput=c\nmfa_serial=c\n",
        "[c]\naws_access_key_id=AKIA\naws_secret_access_key=s\naws_session_token=t\naws_security_token=t\n",
        "",
    );
    assert_eq!(
        settings(&config, "a"),
        [
            "include_profile=b ~/.aws/config:2",
            "region=a ~/.aws/config:3",
            "external_id= ~/.aws/config:4",
            "mfa_serial=b ~/.aws/config:9",
            "output=c ~/.aws/config:11",
        ]
    );
    assert_eq!(settings(&config, "c").len(), 6);
}

#[test]
fn a_circle_of_includes_is_an_error_that_prints_it() {
    let config = load(
        "[profile a]\ninclude_profile=b\nx=1\n[profile b]\ninclude_profile=c\n[profile \
         c]\ninclude_profile=b\n",
        "",
        "",
    );
    let error = config.profile("a").unwrap_err();
    assert_eq!(
        error.to_string(),
        "~/.aws/config:7: include_profile goes in a circle: a -> b -> c -> b"
    );
    assert_eq!(
        error.hint_texts(),
        ["remove the include_profile in ~/.aws/config:7"]
    );
    assert_eq!(error.kind.status(), 3);
    let shown = config.profiles();
    assert_eq!(shown[0].problems[0].to_string(), error.to_string());
    assert!(shown[0].named("x").is_some());

    let itself = load("[profile a]\ninclude_profile=a\n", "", "");
    assert_eq!(
        itself.profile("a").unwrap_err().to_string(),
        "~/.aws/config:2: include_profile goes in a circle: a -> a"
    );
}

#[test]
fn an_include_that_leads_nowhere_is_an_error() {
    let config = load(
        "[profile a]\ninclude_profile=bsae\n[profile base]\n",
        "",
        "",
    );
    let error = config.profile("a").unwrap_err();
    assert_eq!(
        error.to_string(),
        "~/.aws/config:2: include_profile names 'bsae', which does not exist"
    );
    assert_eq!(error.hint_texts(), ["did you mean 'base'?"]);
    assert_eq!(problems(&config), [error.to_string()]);
}

#[test]
fn problems_come_by_file_and_line_and_only_with_their_profile() {
    let config = load(
        "junk\n[profile a]\nbad\n[x]\nbad\n[profile b] junk\nincluded bad\n[profile \
         c]\ninclude_profile=b\n",
        "[profile a]\nbad\n[a]\nbad\n",
        "",
    );
    let at = |problems: &[Problem]| {
        problems
            .iter()
            .map(|problem| problem.origin.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        at(&config.problems()),
        [
            "~/.aws/config:1",
            "~/.aws/config:3",
            "~/.aws/config:4",
            "~/.aws/config:6",
            "~/.aws/config:7",
            "~/.aws/credentials:1",
            "~/.aws/credentials:4",
        ]
    );
    let of = |name| at(&config.profile(name).unwrap().unwrap().problems);
    assert_eq!(
        of("a"),
        [
            "~/.aws/config:3",
            "~/.aws/credentials:4",
            "~/.aws/credentials:1"
        ]
    );
    assert_eq!(of("c"), ["~/.aws/config:6", "~/.aws/config:7"]);
}

#[test]
fn debug_shows_no_value() {
    let config = load("", "[a]\naws_secret_access_key=wJalr\n", "");
    let shown = format!("{:?}", config.profile("a").unwrap());
    assert!(shown.contains("Setting(~/.aws/credentials:2)"), "{shown}");
    assert!(!shown.contains("wJalr"), "{shown}");
}

/// Five thousand profiles, each including another: the whole file, in time linear but for the
/// lookups.
#[test]
fn large_files_are_read_whole() {
    let profile = |n: usize| format!("[profile p{n}]\nregion = r{n}\ninclude_profile = base\n\n");
    let text: String = (0..5000).map(profile).collect();
    let config = load(&format!("{text}[profile base]\nmfa_serial = m\n"), "", "");
    let profiles = config.profiles();
    assert_eq!(profiles.len(), 5001);
    assert_eq!(
        settings_of(&profiles[4999]),
        [
            "region=r4999 ~/.aws/config:19998",
            "include_profile=base ~/.aws/config:19999",
            "mfa_serial=m ~/.aws/config:20002",
        ]
    );
}

/// What a file is generated from: names with keys and values, and how each is laid out.
type Written = Vec<(String, Vec<(String, Vec<String>)>)>;

fn written() -> impl Strategy<Value = Written> {
    let part = "[a-zA-Z0-9/=:@é{}\"][a-zA-Z0-9/=:@é#; \"]{0,8}[a-z0-9é=]";
    let property = ("[a-z_][a-z0-9_-]{0,6}", prop::collection::vec(part, 0..3));
    let name = prop_oneof!["[a-zA-Z0-9_./@é!-]{1,6}", "[a-z]{1,3} [a-z]{1,3}"];
    prop::collection::vec((name, prop::collection::vec(property, 0..5)), 0..6)
}

/// Lays the profiles out with comments, blank lines, blanks and both ends of line, as the seed has
/// it.
fn laid_out(profiles: &Written, seed: u64) -> String {
    let mut state = seed;
    let mut pick = |choices: &[&'static str]| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        choices[usize::try_from(state >> 40).unwrap() % choices.len()]
    };
    let mut text = String::new();
    for (name, properties) in profiles {
        let name = if name.contains(' ') {
            format!("\"{name}\"")
        } else {
            name.clone()
        };
        text.extend([
            pick(&["", "  "]),
            "[profile",
            pick(&[" ", "\t"]),
            &name,
            pick(&["", " "]),
        ]);
        text.extend(["]", pick(&["", "# c]", " ; c"])]);
        text += pick(&["\n", "\r\n", "\n\n# c\n", "\n \t\n"]);
        for (key, parts) in properties {
            text.extend([key, pick(&["", " ", "\t"]), "=", pick(&["", " "])]);
            for (n, part) in parts.iter().enumerate() {
                let before = if n == 0 { "" } else { pick(&["  ", "\t"]) };
                text.extend([before, part, pick(&["", " "])]);
                text += pick(&["\n", "\r\n", "\n\n", "\n; c\n", "\n  # c\n"]);
            }
            if parts.is_empty() {
                text += "\n";
            }
        }
    }
    text
}

/// What the file says: later keys win, the first line's comment is off, all is trimmed.
fn meant(profiles: &Written) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut meant: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (name, properties) in profiles {
        let settings = meant.entry(name.clone()).or_default();
        for (key, parts) in properties {
            let line = |n: usize, part: &str| {
                let cut = [" #", " ;"]
                    .iter()
                    .filter_map(|comment| part.find(comment))
                    .min()
                    .filter(|_| n == 0);
                part[..cut.unwrap_or(part.len())]
                    .trim_matches(' ')
                    .to_owned()
            };
            let lines: Vec<String> = parts
                .iter()
                .enumerate()
                .map(|(n, part)| line(n, part))
                .collect();
            settings.insert(key.clone(), lines.join("\n"));
        }
    }
    meant
}

proptest! {
    #[test]
    fn a_generated_file_says_what_it_was_generated_from(profiles in written(), seed in any::<u64>()) {
        let text = laid_out(&profiles, seed);
        let config = load(&text, "", "");
        prop_assert_eq!(problems(&config), Vec::<String>::new(), "{}", text);
        let mut read = BTreeMap::new();
        for name in config.profile_names() {
            let profile = config.profile(&name).unwrap().unwrap();
            let settings: BTreeMap<String, String> =
                profile.iter().map(|(key, setting)| (key.to_owned(), setting.value.to_string())).collect();
            for (key, setting) in profile.iter() {
                let line = text.lines().nth(setting.origin.line - 1).unwrap();
                prop_assert!(line.starts_with(key), "{} at {}", key, setting.origin);
            }
            read.insert(name, settings);
        }
        prop_assert_eq!(read, meant(&profiles), "{}", text);
    }

    /// One profile found through the index is what it is among all of them.
    #[test]
    fn one_profile_is_as_all_of_them(config in file_like(), credentials in file_like()) {
        let config = load(&config, &credentials, "[profile.a]\nregion = 'x'\n");
        let all = config.profiles();
        let names: Vec<&str> = all.iter().map(|profile| profile.name.as_str()).collect();
        prop_assert_eq!(&names, &config.profile_names());
        let known = config.problems();
        for profile in &all {
            prop_assert!(profile.problems.iter().all(|problem| known.contains(problem)));
            if let Ok(alone) = config.profile(&profile.name) {
                let alone = alone.unwrap();
                prop_assert_eq!(settings_of(&alone), settings_of(profile));
                prop_assert_eq!(&alone.problems, &profile.problems);
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(config in any::<String>(), credentials in any::<String>(), settings in any::<String>()) {
        let text = |text: String| Some(Zeroizing::new(text));
        let texts = Texts { config: text(config), credentials: text(credentials), settings: text(settings), keys: None };
        if let Ok(config) = Config::new(Paths::default(), texts) {
            let _ = (config.profiles(), config.problems(), config.sso_session("a"), config.services("a"));
        }
    }
}

fn file_like() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "[profile a]",
        "[a]",
        "[profile b] junk",
        "[default]",
        "[profile default]",
        "[my client]",
        "[profile \"my client\"]",
        "[services a]",
        "[sso-session a]",
        "[profile",
        " [profile a]",
        "k = 1",
        "K = 2 # c",
        "include_profile = a",
        "include_profile = default",
        "include_profile = x",
        "  more",
        "  a = b",
        "n =",
        "bad",
        "= bad",
        "# c",
        "  # c",
        "",
        "aws_access_key_id = AKIA",
        "s p = 1",
    ]);
    prop::collection::vec(line, 0..16).prop_map(|lines| lines.join("\n"))
}
