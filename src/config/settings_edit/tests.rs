//! What is added and taken out, to the byte, and how often the file is read for it.

use proptest::prelude::*;

use super::*;

std::thread_local! {
    /// How often the whole file was read back.
    pub(super) static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// So that the time grows as the number of profiles does, and not as its square.
#[test]
fn many_cost_a_few_readings_of_the_file() {
    let many: Vec<Addition> = (0..512)
        .map(|number| (format!("p{number}"), entries(&[("role_arn", "x")])))
        .collect();
    let reads = |act: &dyn Fn()| {
        READ.set(0);
        act();
        READ.get()
    };
    let text = "[profile.p7]\nconfirm = true\n";
    let all = add(text, "x.toml", &many).unwrap();
    assert_eq!(reads(&|| drop(add(text, "x.toml", &many))), 2);
    let gone: Vec<(&str, Vec<&str>)> = many
        .iter()
        .map(|(name, _)| (name.as_str(), vec!["role_arn"]))
        .collect();
    assert_eq!(remove(&all, "x.toml", &gone), text);
    assert_eq!(reads(&|| drop(remove(&all, "x.toml", &gone))), 2);
    let mut wrong = many.clone();
    wrong[300].1[0].0 = "nonsense".to_owned();
    assert_eq!(
        add(text, "x.toml", &wrong).unwrap_err(),
        "unknown profile key 'nonsense'"
    );
}

fn entries(entries: &[(&str, &str)]) -> Vec<(String, String)> {
    entries
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn add_to(text: &str, name: &str, entries: &[(String, String)]) -> Result<String, String> {
    add(text, "x.toml", &[(name.to_owned(), entries.to_vec())])
}

fn both(text: &str, name: &str) -> String {
    let added = add_to(
        text,
        name,
        &entries(&[
            ("role_arn", "arn:\"x\""),
            ("duration_seconds", "900"),
            ("read_only", "true"),
        ]),
    );
    let added = added.unwrap();
    let gone = ["role_arn", "duration_seconds", "read_only"];
    let gone = remove(&added, "x.toml", &[(name, gone.to_vec())]);
    // An end of the last line is not taken away again.
    assert_eq!(gone.trim_end(), text.trim_end(), "{added}");
    added
}

#[test]
fn a_table_is_made_at_the_end() {
    let keys = "role_arn = 'arn:\"x\"'\nduration_seconds = 900\nread_only = true\n";
    for (text, name, wanted) in [
        ("", "a", format!("[profile.a]\n{keys}")),
        ("# c\n", "a.b", format!("# c\n\n[profile.\"a.b\"]\n{keys}")),
        (
            "verify_after = \"1m\" # c",
            "my a",
            format!("verify_after = \"1m\" # c\n\n[profile.\"my a\"]\n{keys}"),
        ),
        (
            "[profile.b]\ntags = ['x']\n\n",
            "a",
            format!("[profile.b]\ntags = ['x']\n\n[profile.a]\n{keys}"),
        ),
        (
            "\u{feff}# c\r\n",
            "a",
            format!(
                "\u{feff}# c\r\n\r\n[profile.a]\r\n{}",
                keys.replace('\n', "\r\n")
            ),
        ),
    ] {
        assert_eq!(both(text, name), wanted);
    }
}

#[test]
fn a_table_that_is_there_gets_them_below_its_header() {
    let keys = "role_arn = 'arn:\"x\"'\nduration_seconds = 900\nread_only = true\n";
    for (before, behind) in [
        (
            "[profile.a] # mine\n",
            "# care\nconfirm = true\n\n[profile.b]\n",
        ),
        ("[ profile . 'a' ]\n", "confirm = true\n"),
        ("[profile.b]\n[profile.a]\n", "confirm = true"),
        ("\u{feff}[profile.a]\n", "confirm = true"),
    ] {
        assert_eq!(
            both(&format!("{before}{behind}"), "a"),
            format!("{before}{keys}{behind}")
        );
    }
}

#[test]
fn what_only_looks_like_the_header_is_left_alone() {
    let text =
        "[profile.b]\nmfa_process = '''\n[profile.a]\n'''\n[profile.\"a\"]\nconfirm = true\n";
    assert!(both(text, "a").contains("[profile.\"a\"]\nrole_arn ="));
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn every_form_of_a_table_gets_them_in_front_and_gives_them_back() {
    let braces = "role_arn = 'arn:\"x\"', duration_seconds = 900, read_only = true";
    let each = |before: &str, end: &str| {
        braces
            .split(", ")
            .flat_map(|entry| [before, entry, end])
            .collect::<String>()
    };
    let new = format!("{{ {braces} }}");
    for (before, with, behind) in [
        // In braces: its own, its parent's, those of both; over lines; empty ones.
        (
            "[profile]\n# c\na = { ",
            format!("{braces}, "),
            "confirm = true } # mine\nb = {}\n",
        ),
        ("profile.a = { ", format!("{braces}, "), "confirm = true }"),
        (
            "profile = { b = {}, a = { ",
            format!("{braces}, "),
            "confirm=true}}\r\n# c\r\n",
        ),
        (
            "profile = { ",
            each("a . ", ", "),
            "a . confirm = true, b.confirm = true, a.region = 'x' }\n",
        ),
        (
            "profile = { b.confirm = true, ",
            each("a.", ", "),
            "a.confirm = true}",
        ),
        (
            "profile.a = { # c\r\n\t",
            format!("{braces}, "),
            "confirm = true, # d\r\n}\r\n",
        ),
        ("profile = {", format!(" a = {new} "), "}\n"),
        (
            "profile = { ",
            format!("a = {new}, "),
            "b = { confirm = true } }\n",
        ),
        // With dots, also in tables of the profile, from all over the file.
        (
            "verify_after = 'never'\n# about a\n",
            each("profile.a.", "\n"),
            "profile.a.confirm = true\nprofile.b.color = 'red'\nprofile . 'a'.region='x'",
        ),
        (
            "[profile] # c\r\n",
            each("  a.", "\r\n"),
            "  a.session_tags.k = 'v'\r\na.confirm = true\r\n",
        ),
        (
            "[profile.b]\n[profile.a]\n",
            each("", "\n"),
            "session_tags = { k = 'v' }\n[profile.a.s3]\nk='v'",
        ),
        (
            "[profile.a] # c\r\n",
            each("", "\r\n"),
            "# d\r\nconfirm = true",
        ),
    ] {
        assert_eq!(
            both(&format!("{before}{behind}"), "a"),
            format!("{before}{with}{behind}")
        );
    }
}

/// A table that only a table in it says is there, and a parent that dotted keys do: both may have
/// one of its own.
#[test]
fn a_table_is_made_beside_those_in_it_and_beside_dotted_ones() {
    for text in [
        "[profile.a.session_tags] # c\nk = 'v'\n",
        "profile.b.confirm = true\n",
    ] {
        assert!(both(text, "a").starts_with(&format!("{text}\n[profile.a]\nrole_arn = ")));
    }
    // A header without an end of line.
    let added = add_to("[profile.a]", "a", &entries(&[("role_arn", "x")])).unwrap();
    assert_eq!(added, "[profile.a]\nrole_arn = \"x\"\n");
}

#[test]
fn values_are_checked_one_by_one() {
    let error = add_to("", "a", &entries(&[("confirm", "maybe")])).unwrap_err();
    assert_eq!(error, "confirm: true or false is wanted here");
    let error = add_to("", "a", &entries(&[("s3", "x")])).unwrap_err();
    assert_eq!(
        error,
        "s3: a table is wanted here, such as { name = \"value\" }"
    );
    let added = add_to("", "a", &entries(&[("read_only", "True")])).unwrap();
    assert_eq!(added, "[profile.a]\nread_only = true\n");
    // A key that is there already is for the caller to leave out.
    let text = "[profile.a]\nconfirm = true\n";
    let error = add_to(text, "a", &entries(&[("confirm", "false")])).unwrap_err();
    assert_eq!(
        error,
        "x.toml has a profile in a form that cannot be added to; write it as [profile.NAME]"
    );
    for text in ["", "nonsense", "audit = true\n"] {
        assert_eq!(remove(text, "x", &[("a", vec!["confirm"])]), text);
    }
}

/// Keys that a person wrote go too, with the commas that they no longer need, and nothing else.
#[test]
fn keys_of_any_form_are_taken_out() {
    for (text, left) in [
        (
            "[profile]\na = { role_arn = 'x', confirm = true, }\n",
            "[profile]\na = { confirm = true, }\n",
        ),
        (
            "[profile]\na = { confirm = true , role_arn = 'x' }\n",
            "[profile]\na = { confirm = true }\n",
        ),
        (
            "profile.a = \
             {\n  role_arn = 'x', # x\n  confirm = true, # c\n  external_id = 'y', # y\n  region = 'z'\n}\n",
            "profile.a = {\n  # x\n  confirm = true, # y\n  region = 'z'\n}\n",
        ),
        (
            "# c\nprofile.a = { role_arn = 'x' }\nprofile.b = {}\n",
            "# c\n",
        ),
        ("profile = { a = { role_arn = 'x' } }\n", "profile = {}\n"),
        (
            "profile = \
             { a = { role_arn = 'x' }, c.role_arn = '', b = { external_id = 'y', confirm = true } }\n",
            "profile = { c.role_arn = '', b = { confirm = true } }\n",
        ),
        (
            "profile.a.role_arn = '''\nx\n''' # c\n# d\nprofile.a.session_tags.k = 'v'\n\
             profile.a.session_tags.l = 'w'\n\naudit = true\n",
            "# d\n\naudit = true\n",
        ),
        (
            "[profile.a]\n\n[profile.a.s3]\nk = 'v'\n",
            "[profile.a]\n\n[profile.a.s3]\nk = 'v'\n",
        ),
        (
            "[profile.a]\nconfirm = true\n\n[profile.a.session_tags]\nk = 'v'\n# \
             c\n\n[profile.b]\nconfirm = true",
            "[profile.a]\nconfirm = true\n# c\n\n[profile.b]\nconfirm = true",
        ),
    ] {
        let keys = || vec!["role_arn", "external_id", "session_tags"];
        assert_eq!(
            remove(text, "x", &[("a", keys()), ("b", keys())]),
            left,
            "{text}"
        );
    }
}

#[test]
fn what_is_left_in_the_table_keeps_it() {
    let text = "[profile.a]\nrole_arn = 'x' # c\n# d\nsession_policy = '''\n{\n}'''\nconfirm = \
                true\n[profile.b]\n";
    assert_eq!(
        remove(
            text,
            "x",
            &[("a", vec!["role_arn", "session_policy", "nope"])]
        ),
        "[profile.a]\n# d\nconfirm = true\n[profile.b]\n"
    );
}

/// Some are there in one form, some in another, some not at all, and one cannot be changed.
#[test]
fn many_at_once_are_as_many_one_by_one() {
    let text = "\u{feff}# mine\r\n[profile.b] # b\r\nconfirm = \
                true\r\n[profile.d.session_tags]\r\nk = 'v'\r\n";
    let of = |name: &str| {
        (
            name.to_owned(),
            entries(&[("role_arn", "x"), ("external_id", "y")]),
        )
    };
    let all = ["a", "b", "c", "d"].map(of);
    let one_by_one = all.iter().fold(text.to_owned(), |text, one| {
        add(&text, "x.toml", std::slice::from_ref(one)).unwrap()
    });
    let together = add(text, "x.toml", &all).unwrap();
    assert_eq!(together, one_by_one);
    let keys = "role_arn = \"x\"\r\nexternal_id = \"y\"\r\n";
    assert!(together.starts_with(&format!(
        "\u{feff}# mine\r\n[profile.b] # b\r\n{keys}confirm = true\r\n"
    )));
    assert!(together.ends_with(&format!("[profile.d]\r\n{keys}")));
    let gone = |name| (name, vec!["role_arn", "external_id"]);
    // 'e' is not there: the others go all the same.
    let left = remove(&together, "x.toml", &["e", "c", "b", "a", "d"].map(gone));
    assert_eq!(left, text);
    let mut wrong = all.to_vec();
    wrong[2].1[0].1 = "a\0b".to_owned();
    wrong[2].1[0].0 = "nonsense".to_owned();
    assert!(
        add(text, "x.toml", &wrong)
            .unwrap_err()
            .contains("nonsense")
    );
}

proptest! {
    #[test]
    fn any_value_is_written_and_taken_out_again(value in "\\PC{0,20}|[ -~\n]{0,30}", name in "\\PC{1,8}") {
        let value = value.replace('\r', "");
        let entries = entries(&[("external_id", &value)]);
        let text = "# mine\n";
        let added = add_to(text, &name, &entries).unwrap();
        prop_assert!(added.starts_with(text));
        prop_assert_eq!(remove(&added, "x", &[(&name, vec!["external_id"])]), text);
    }
}
