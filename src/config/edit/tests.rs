//! Edits to the byte, and made-up files that lose nothing by any of them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::file::ProfileFile;
use super::*;

fn config(text: &str) -> Ini {
    Ini::new(FileKind::Config, text)
}

fn edit<'a>(gone: &[&'a str], with: &[(&'a str, &'a str)]) -> [Edit<'a>; 1] {
    [Edit {
        profile: "a",
        gone: gone.to_vec(),
        with: with.to_vec(),
    }]
}

#[track_caller]
fn replaced(text: &str, keys: &[&str], with: &[(&str, &str)]) -> String {
    let mut ini = config(text);
    ini.replace(&edit(keys, with)).unwrap();
    ini.into_text().to_string()
}

#[test]
fn a_key_goes_with_what_continues_it_and_nothing_else() {
    let text = "# top\n[profile b]\nrole_arn = b\n\n[profile a] # mine\n# the \
                role\nRole_Arn=1\n\t2\n  # of two\n\n# s3's own\n\
                s3 =\n  region = x\n  role_arn = y\nregion = z # keep\n";
    let without = "# top\n[profile b]\nrole_arn = b\n\n[profile a] # mine\n# the role\n\n# s3's \
                   own\n\
                   s3 =\n  region = x\n  role_arn = y\nregion = z # keep\n";
    assert_eq!(replaced(text, &["role_arn"], &[]), without);
    assert_eq!(replaced(without, &["role_arn"], &[]), without);
    assert_eq!(
        replaced(text, &["region"], &[]),
        text.replace("region = z # keep\n", "")
    );
    assert_eq!(
        replaced(text, &["role_arn", "region"], &[("p", "q"), ("r", "s")]),
        without
            .replace("# the role\n", "# the role\np = q\nr = s\n")
            .replace("region = z # keep\n", "")
    );
    assert_eq!(
        replaced(text, &["s3"], &[]),
        text.replace("s3 =\n  region = x\n  role_arn = y\n", "")
    );
}

#[test]
fn a_new_key_stands_at_the_end_of_the_last_section() {
    for (text, wanted) in [
        ("[profile a]\n", "[profile a]\nk = v\n"),
        ("[profile a]", "[profile a]\nk = v"),
        ("[profile a]\nx = 1", "[profile a]\nx = 1\nk = v"),
        (
            "[profile a]\r\nx = 1\r\n\r\n[profile b]\r\n",
            "[profile a]\r\nx = 1\r\nk = v\r\n\r\n[profile b]\r\n",
        ),
        (
            "[profile a]\n  x = 1\n\n# b's\n[profile b]\n",
            "[profile a]\n  x = 1\n  k = v\n\n# b's\n[profile b]\n",
        ),
        (
            "[profile a]\ns3 =\n  k = 1\n",
            "[profile a]\ns3 =\n  k = 1\nk = v\n",
        ),
        (
            "[profile\ta]\nx=1\n[profile \"a\"]\ny=2\n",
            "[profile\ta]\nx=1\n[profile \"a\"]\ny=2\nk = v\n",
        ),
        (
            "\u{feff}[profile a]\nx=1\n",
            "\u{feff}[profile a]\nx=1\nk = v\n",
        ),
        ("[a]\n[profile a]\n[a]\n", "[a]\n[profile a]\nk = v\n[a]\n"),
    ] {
        assert_eq!(replaced(text, &["k"], &[("k", "v")]), wanted, "{text:?}");
        assert_eq!(replaced(wanted, &["k"], &[]), text, "{wanted:?}");
    }
}

#[test]
fn a_key_that_is_there_twice_is_replaced_where_it_is_first() {
    let text = "[profile a]\nx = 1\nk = 1\n[profile b]\nk = 5\n[profile a]\nk = 2\nK = 3\ny = 2\n";
    assert_eq!(
        replaced(text, &["k"], &[("k", "v")]),
        "[profile a]\nx = 1\nk = v\n[profile b]\nk = 5\n[profile a]\ny = 2\n"
    );
    let own = config(text).own("a").unwrap();
    assert_eq!(own[1], ("k".to_owned(), Zeroizing::new("3".to_owned())));
}

#[test]
fn the_default_profile_has_two_names() {
    let mut ini = config("[default]\nk = 1\n");
    ini.replace(&[Edit {
        profile: "default",
        gone: vec!["k"],
        with: vec![("k", "2")],
    }])
    .unwrap();
    assert_eq!(*ini.into_text(), "[default]\nk = 2\n");
    let mut ini = config("[default]\nk = 1\n[profile default]\nk = 2\n");
    ini.replace(&[Edit {
        profile: "default",
        gone: vec!["k"],
        with: vec![],
    }])
    .unwrap();
    assert_eq!(*ini.into_text(), "[default]\nk = 1\n[profile default]\n");
}

#[test]
fn a_value_of_several_lines_is_read_back() {
    let policy = "{\n\"Version\": \"2012-10-17\"\n}";
    let wanted = "[profile a]\n k = {\n     \"Version\": \"2012-10-17\"\n     }\n r = 1\n";
    let text = "[profile a]\n r = 1\n";
    let placed = "[profile a]\n x = 1\n r = 1\n";
    assert_eq!(replaced(placed, &["x"], &[("k", policy)]), wanted);
    assert_eq!(replaced(wanted, &["k"], &[]), text);
    assert_eq!(
        replaced(text, &["s3"], &[("s3", "\na = 1\nb = 2")]),
        format!("{text} s3 =\n     a = 1\n     b = 2\n")
    );
}

#[test]
fn what_cannot_be_read_back_is_refused_and_changes_nothing() {
    for value in ["x # y", "x ;y", " x", "x\n\ny", "x\r", "\nx"] {
        let mut ini = config("[profile a]\nx = 1\n");
        let error = ini.replace(&edit(&["k"], &[("k", value)])).unwrap_err();
        assert_eq!(
            error, "the value of k cannot be written in this file",
            "{value:?}"
        );
        assert_eq!(*ini.into_text(), "[profile a]\nx = 1\n");
    }
    let mut ini = config("[profile a]\n  not a property\n");
    assert!(ini.replace(&edit(&["k"], &[("k", "v")])).is_err());
    assert_eq!(
        ini.replace(&[Edit {
            profile: "b",
            gone: vec!["k"],
            with: vec![]
        }])
        .unwrap_err(),
        "no section of profile 'b'"
    );
}

#[test]
fn a_profile_is_added_behind_the_others() {
    let added = |file, text: &str, name: &str| {
        let mut ini = Ini::new(file, text);
        ini.add(name, &[("k", "v"), ("l", "w")])
            .map(|()| ini.into_text().to_string())
    };
    for (text, name, wanted) in [
        ("", "a", "[profile a]\nk = v\nl = w\n"),
        (
            "[default]\n",
            "a",
            "[default]\n\n[profile a]\nk = v\nl = w\n",
        ),
        (
            "[default]\r\nx = 1",
            "a",
            "[default]\r\nx = 1\r\n\r\n[profile a]\r\nk = v\r\nl = w\r\n",
        ),
        (
            "[default]\n\n",
            "my \"a\"",
            "[default]\n\n[profile \"my \\\"a\\\"\"]\nk = v\nl = w\n",
        ),
        ("# c\n", "default", "# c\n\n[default]\nk = v\nl = w\n"),
    ] {
        assert_eq!(added(FileKind::Config, text, name).unwrap(), wanted);
    }
    assert_eq!(
        added(FileKind::Credentials, "", "my a").unwrap(),
        "[my a]\nk = v\nl = w\n"
    );
    assert!(added(FileKind::Credentials, "", "profile a").is_err());
    assert!(added(FileKind::Config, "", "a\nb").is_err());
}

/// Sections with properties, comments, blocks and rubbish, in all line ends.
fn file_like() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        3 => Just("[profile a]"), 1 => Just("[profile b]"), 1 => Just("[profile \"a\"] # c"), 1 => Just("[default]"),
        1 => Just(" [profile a]"), 1 => Just("[sso-session a]"), 1 => Just("[oops"),
        3 => Just("role_arn = x"), 2 => Just("region=y ; c"), 2 => Just("s3 ="), 1 => Just("  \
             region = n"),
        1 => Just("\trole_arn = n"), 1 => Just("Region = 2"), 1 => Just("output = json"),
        1 => Just("# c"), 1 => Just("  # in"), 2 => Just(""), 1 => Just("  "), 1 => Just("rubbish"), 1 => Just("  more"),
        1 => Just(" region = in"), 1 => Just("é = ü"),
    ];
    let ending = prop_oneof![6 => Just("\n"), 1 => Just("\r\n")];
    (
        any::<bool>(),
        proptest::collection::vec((line, ending), 0..14),
        any::<bool>(),
    )
        .prop_map(|(mark, lines, ended)| {
            let mut text: String = lines.iter().flat_map(|(line, end)| [*line, *end]).collect();
            if !ended {
                text.truncate(scan::without_line_end(&text).len());
            }
            if mark {
                format!("{BYTE_ORDER_MARK}{text}")
            } else {
                text
            }
        })
}

/// Every section's settings, by kind and name.
fn meaning(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let file = ProfileFile::new(FileKind::Config, "x", Some(Zeroizing::new(text.to_owned())));
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for found in &file.sections.all {
        let settings = all
            .entry(format!("{:?} {}", found.kind, file.name(found)))
            .or_default();
        let section = file.merged("x", [found]).unwrap();
        settings.extend(
            section
                .iter()
                .map(|(key, setting)| (key.to_owned(), setting.value.to_string())),
        );
    }
    all
}

/// Whether the lines of `part` are lines of `whole`, in that order.
fn in_order(part: &str, whole: &str) -> bool {
    let mut rest = whole.lines();
    part.lines().all(|line| rest.any(|other| other == line))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn an_edit_changes_what_it_says(text in file_like(), keys in proptest::sample::subsequence(vec!["role_arn", "region", "s3"], 0..3)) {
        let mut ini = config(&text);
        if ini.replace(&edit(&keys, &[("k", "v")])).is_ok() {
            let changed = ini.into_text();
            let mut wanted = meaning(&text);
            let a = wanted.get_mut("Profile a").unwrap();
            a.retain(|key, _| !keys.contains(&key.as_str()));
            a.insert("k".to_owned(), "v".to_owned());
            prop_assert_eq!(meaning(&changed), wanted, "{:?}", changed);
            let left: Vec<&str> = changed.lines().filter(|line| line.trim() != "k = v").collect();
            prop_assert!(in_order(&left.join("\n"), &text), "{:?}", changed);
        }
    }

    #[test]
    fn what_was_added_is_taken_out_again(text in file_like()) {
        let mut ini = config(&text);
        if ini.replace(&edit(&[], &[("k", "v"), ("l", "{\n}")])).is_ok() {
            prop_assert!(ini.replace(&edit(&["k", "l"], &[])).is_ok());
            prop_assert_eq!(&**ini.into_text(), &*text);
        }
    }

    #[test]
    fn taking_a_key_out_leaves_every_other_byte(text in file_like()) {
        let mut ini = config(&text);
        if ini.replace(&edit(&["output"], &[])).is_ok() {
            let changed = ini.into_text();
            prop_assert!(in_order(&changed, &text), "{:?}", changed);
            let gone = text.lines().count() - changed.lines().count();
            let others = |text: &str| text.lines().filter(|line| !line.contains("output")).map(str::to_owned).collect::<Vec<_>>();
            let lost = others(&text).len() - others(&changed).len();
            prop_assert!(lost <= gone);
            let mut wanted = meaning(&text);
            wanted.get_mut("Profile a").unwrap().remove("output");
            prop_assert_eq!(meaning(&changed), wanted);
        }
    }

    #[test]
    fn an_added_profile_leaves_the_rest(text in file_like()) {
        let mut ini = config(&text);
        if ini.add("new", &[("k", "v")]).is_ok() {
            let changed = ini.into_text();
            prop_assert!(changed.starts_with(&text));
            let mut wanted = meaning(&text);
            wanted.insert("Profile new".to_owned(), [("k".to_owned(), "v".to_owned())].into());
            prop_assert_eq!(meaning(&changed), wanted);
        }
    }
}
