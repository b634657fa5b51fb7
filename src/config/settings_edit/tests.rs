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
    let many: Vec<Addition> =
        (0..512).map(|number| (format!("p{number}"), entries(&[("role_arn", "x")]))).collect();
    let reads = |act: &dyn Fn()| {
        READ.set(0);
        act();
        READ.get()
    };
    let text = "[profile.p7]\nconfirm = true\n";
    let all = add(text, "x.toml", &many).unwrap();
    assert_eq!(reads(&|| drop(add(text, "x.toml", &many))), 2);
    let gone: Vec<(&str, Vec<&str>)> =
        many.iter().map(|(name, _)| (name.as_str(), vec!["role_arn"])).collect();
    assert_eq!(remove(&all, "x.toml", &gone), text);
    assert_eq!(reads(&|| drop(remove(&all, "x.toml", &gone))), 2);
    // One that is in a form that cannot be changed: found by halves.
    let mut wrong = many.clone();
    wrong[300].1[0].0 = "nonsense".to_owned();
    assert!(reads(&|| assert!(add(text, "x.toml", &wrong).is_err())) < 50);
    let mut gone = gone;
    gone[300].0 = "nowhere";
    assert!(reads(&|| drop(remove(&all, "x.toml", &gone))) < 50);
}

fn entries(entries: &[(&str, &str)]) -> Vec<(String, String)> {
    entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn add_to(text: &str, name: &str, entries: &[(String, String)]) -> Result<String, String> {
    add(text, "x.toml", &[(name.to_owned(), entries.to_vec())])
}

fn both(text: &str, name: &str) -> String {
    let added = add_to(
        text,
        name,
        &entries(&[("role_arn", "arn:\"x\""), ("duration_seconds", "900"), ("read_only", "true")]),
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
        ("[profile.b]\ntags = ['x']\n\n", "a", format!("[profile.b]\ntags = ['x']\n\n[profile.a]\n{keys}")),
        ("\u{feff}# c\r\n", "a", format!("\u{feff}# c\r\n\r\n[profile.a]\r\n{}", keys.replace('\n', "\r\n"))),
    ] {
        assert_eq!(both(text, name), wanted);
    }
}

#[test]
fn a_table_that_is_there_gets_them_below_its_header() {
    let keys = "role_arn = 'arn:\"x\"'\nduration_seconds = 900\nread_only = true\n";
    for (before, behind) in [
        ("[profile.a] # mine\n", "# care\nconfirm = true\n\n[profile.b]\n"),
        ("[ profile . 'a' ]\n", "confirm = true\n"),
        ("[profile.b]\n[profile.a]\n", "confirm = true"),
        ("\u{feff}[profile.a]\n", "confirm = true"),
    ] {
        assert_eq!(both(&format!("{before}{behind}"), "a"), format!("{before}{keys}{behind}"));
    }
}

#[test]
fn what_only_looks_like_the_header_is_left_alone() {
    let text = "[profile.b]\nmfa_process = '''\n[profile.a]\n'''\n[profile.\"a\"]\nconfirm = true\n";
    assert!(both(text, "a").contains("[profile.\"a\"]\nrole_arn ="));
}

#[test]
fn other_forms_are_refused() {
    for text in [
        "profile = { a = { confirm = true } }\n",
        "profile.a.confirm = true\n",
        "[profile]\na = { confirm = true }\n",
    ] {
        let error = add_to(text, "a", &entries(&[("role_arn", "x")])).unwrap_err();
        assert_eq!(
            error,
            "x.toml has the profile in a form that cannot be added to; write it as [profile.a]"
        );
    }
    let error = add_to("", "a", &entries(&[("confirm", "maybe")])).unwrap_err();
    assert_eq!(error, "confirm: true or false is wanted here");
    for text in ["profile = { a = { confirm = true } }\n", ""] {
        assert_eq!(remove(text, "x", &[("a", vec!["confirm"])]), text);
    }
}

#[test]
fn what_is_left_in_the_table_keeps_it() {
    let text =
        "[profile.a]\nrole_arn = 'x' # c\n# d\nsession_policy = '''\n{\n}'''\nconfirm = true\n[profile.b]\n";
    assert_eq!(
        remove(text, "x", &[("a", vec!["role_arn", "session_policy", "nope"])]),
        "[profile.a]\n# d\nconfirm = true\n[profile.b]\n"
    );
}

/// Some are there in one form, some in another, some not at all, and one cannot be changed.
#[test]
fn many_at_once_are_as_many_one_by_one() {
    let text =
        "\u{feff}# mine\r\n[profile.b] # b\r\nconfirm = true\r\n[profile.d.session_tags]\r\nk = 'v'\r\n";
    let of = |name: &str| (name.to_owned(), entries(&[("role_arn", "x"), ("external_id", "y")]));
    let all = ["a", "b", "c", "d"].map(of);
    let one_by_one = all
        .iter()
        .fold(text.to_owned(), |text, one| add(&text, "x.toml", std::slice::from_ref(one)).unwrap());
    let together = add(text, "x.toml", &all).unwrap();
    assert_eq!(together, one_by_one);
    let keys = "role_arn = \"x\"\r\nexternal_id = \"y\"\r\n";
    assert!(together.starts_with(&format!("\u{feff}# mine\r\n[profile.b] # b\r\n{keys}confirm = true\r\n")));
    assert!(together.ends_with(&format!("[profile.d]\r\n{keys}")));
    let gone = |name| (name, vec!["role_arn", "external_id"]);
    // 'e' is not there: the others go all the same.
    let left = remove(&together, "x.toml", &["e", "c", "b", "a", "d"].map(gone));
    // The table of 'd' has its tags still.
    assert_eq!(left, format!("{text}\r\n[profile.d]\r\n"));
    let mut wrong = all.to_vec();
    wrong[2].1[0].1 = "a\0b".to_owned();
    wrong[2].1[0].0 = "nonsense".to_owned();
    assert!(add(text, "x.toml", &wrong).unwrap_err().contains("nonsense"));
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
