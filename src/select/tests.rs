use proptest::prelude::*;

use super::*;

fn candidate(name: &str, account_id: &str, role: &str, source: &str, tags: &[&str]) -> Candidate {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Candidate {
        name: name.to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        account_id: some(account_id),
        role: some(role),
        sources: some(source).into_iter().collect(),
        gives_credentials: !source.is_empty(),
    }
}

fn world() -> Vec<Candidate> {
    vec![
        candidate("default", "", "", "", &[]),
        candidate("hub", "111111111111", "", "hub-keys", &[]),
        candidate("client1", "222222222222", "Admin", "hub", &["prod", "eu"]),
        candidate("client2", "333333333333", "Operations", "hub", &["test"]),
        candidate("client3", "222222222222", "ReadOnly", "acme", &["prod"]),
        candidate("clinic", "444444444444", "Admin", "acme", &[]),
    ]
}

fn parsed(words: &[&str]) -> Result<Vec<Selector>> {
    let mut selectors = Vec::new();
    for text in words {
        match word(text)? {
            Word::Selector(selector) => selectors.push(selector),
            Word::File { path, .. } => panic!("a file: {path}"),
        }
    }
    Ok(selectors)
}

fn chosen(words: &[&str]) -> Result<Vec<String>> {
    let world = world();
    let chosen = choose(&parsed(words)?, &world, &|_| Vec::new())?;
    Ok(chosen
        .into_iter()
        .map(|index| world[index].name.clone())
        .collect())
}

fn says(words: &[&str]) -> String {
    let error = chosen(words).unwrap_err();
    format!("{}; {}", error, error.hint_texts().join("; "))
}

#[test]
fn each_kind() {
    for (words, names) in [
        (vec!["client2", "client1"], vec!["client1", "client2"]),
        (vec!["client*"], vec!["client1", "client2", "client3"]),
        (vec!["client?"], vec!["client1", "client2", "client3"]),
        (vec!["client[1-2]"], vec!["client1", "client2"]),
        (vec!["client[!1]"], vec!["client2", "client3"]),
        (vec!["tag:prod"], vec!["client1", "client3"]),
        (vec!["tag:p*"], vec!["client1", "client3"]),
        (vec!["account:222222222222"], vec!["client1", "client3"]),
        (vec!["account:3*"], vec!["client2"]),
        (vec!["role:Admin"], vec!["client1", "clinic"]),
        (vec!["source:hub"], vec!["client1", "client2"]),
        (
            vec!["all"],
            vec!["hub", "client1", "client2", "client3", "clinic"],
        ),
        (
            vec!["*"],
            vec!["hub", "client1", "client2", "client3", "clinic"],
        ),
        (vec!["!client2", "client*"], vec!["client1", "client3"]),
        (vec!["all", "!tag:prod", "!cl?nic", "!source:hub*"], vec![]),
        (vec!["default"], vec!["default"]),
    ] {
        let result = chosen(&words);
        if names.is_empty() {
            assert_eq!(
                result.unwrap_err().to_string(),
                "no profile is left: all that are chosen are excluded too"
            );
        } else {
            assert_eq!(result.unwrap(), names, "{words:?}");
        }
    }
}

#[test]
fn what_fits_nothing_is_an_error_with_what_was_meant() {
    assert_eq!(
        says(&["clinet1"]),
        "no profile matches 'clinet1'; did you mean 'client1' or 'client2' or \
         'client3'?"
    );
    assert_eq!(
        says(&["all", "!tag:prdo"]),
        "no profile matches '!tag:prdo'; did you mean 'tag:prod'?"
    );
    // An account is its twelve digits; a part of them takes a pattern.
    assert_eq!(
        says(&["account:22222222222"]),
        "no profile matches 'account:22222222222'; did you mean \
         'account:222222222222'?"
    );
    let list = "xacct list    shows the profiles with account, role, source and tags";
    assert_eq!(
        says(&["zzz*"]),
        format!("no profile matches 'zzz*'; {list}")
    );
    assert_eq!(
        says(&["def*"]),
        "no profile matches 'def*'; did you mean 'default'?"
    );
    assert_eq!(
        says(&["!client1"]),
        "the selectors only say what to leave out; begin with: all"
    );
    assert!(says(&["a[b"]).starts_with("the selector 'a[b' is not a valid pattern: "));
    assert!(says(&["!"]).starts_with("'!' is not a valid selector"));
}

#[test]
fn a_profile_with_signs_in_its_name_is_that_profile() {
    let world = [
        candidate("a[1]", "", "", "hub", &[]),
        candidate("a1", "", "", "hub", &[]),
    ];
    assert_eq!(
        choose(&parsed(&["a[1]"]).unwrap(), &world, &|_| Vec::new()).unwrap(),
        [0]
    );
    assert_eq!(
        choose(&parsed(&["a[12]"]).unwrap(), &world, &|_| Vec::new()).unwrap(),
        [1]
    );
}

#[test]
fn a_profile_called_all_is_never_mistaken() {
    let world = [
        candidate("all", "", "", "hub", &[]),
        candidate("other", "", "", "hub", &[]),
    ];
    assert!(
        choose(&parsed(&["all"]).unwrap(), &world, &|_| Vec::new())
            .unwrap_err()
            .message
            .contains("a profile of that name")
    );
    assert_eq!(
        choose(&parsed(&["[a]ll"]).unwrap(), &world, &|_| Vec::new()).unwrap(),
        [0]
    );
    assert_eq!(
        choose(&parsed(&["*"]).unwrap(), &world, &|_| Vec::new()).unwrap(),
        [0, 1]
    );
}

#[test]
fn files() {
    let text = "# clients\nclient1\n\n  tag:prod   # and these\n! client3\r\n";
    let selectors = lines(text, "list.txt", false).unwrap();
    let world = world();
    assert_eq!(choose(&selectors, &world, &|_| Vec::new()).unwrap(), [2]);
    let wrong = |text: &str, excludes| lines(text, "list.txt", excludes).unwrap_err().to_string();
    assert_eq!(
        wrong("\n@other", false),
        "list.txt:2: a file of selectors names no further file"
    );
    assert_eq!(wrong("!", false), "list.txt:1: nothing follows the '!'");
    assert_eq!(
        wrong("!a", true),
        "list.txt:1: '!' in a file that is left out as a whole"
    );
    let unknown = choose(
        &lines("\nnobody", "list.txt", false).unwrap(),
        &world,
        &|_| Vec::new(),
    )
    .unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no profile matches 'nobody' in list.txt:2"
    );
    assert!(matches!(word("!@x").unwrap(), Word::File { path, excludes: true } if path == "x"));
    assert!(word("@").is_err());
}

proptest! {
    /// The order of selectors means nothing, and what is excluded never comes back.
    #[test]
    fn order_does_not_matter(words in proptest::sample::subsequence(
        vec!["client*", "all", "tag:prod", "!client2", "!role:Admin", "hub"], 1..=6).prop_shuffle())
    {
        let mut sorted = words.clone();
        sorted.sort_unstable();
        let (one, other) = (chosen(&words).ok(), chosen(&sorted).ok());
        prop_assert_eq!(&one, &other);
        for name in one.unwrap_or_default() {
            prop_assert!(!(name == "client2" && words.contains(&"!client2")));
        }
    }
}

#[test]
fn a_line_that_means_the_name_is_named() {
    let line = |name: &str| vec![format!("~/.aws/config:1: [{name}] is ignored")];
    let unknown = choose(&parsed(&["lost"]).unwrap(), &[], &line).unwrap_err();
    assert_eq!(unknown.hint_texts(), ["~/.aws/config:1: [lost] is ignored"]);
    let unknown = choose(&parsed(&["tag:lost"]).unwrap(), &[], &line).unwrap_err();
    assert_eq!(
        unknown.hint_texts(),
        ["xacct list    shows the profiles with account, role, source and tags"]
    );
}
