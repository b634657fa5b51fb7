//! The list under a person's keys.

use proptest::prelude::*;

use super::*;

fn item(profile: &str, weight: u64) -> Item {
    Item {
        profile: profile.to_owned(),
        weight,
        ..Item::default()
    }
}

fn picker() -> Picker {
    let mut items: Vec<Item> = ["hub", "client1", "client2", "acme-prod", "client-prod"]
        .map(|name| item(name, 0))
        .to_vec();
    items[1].account_id = "222222222222".to_owned();
    items[1].role = "PartnerAdmin".to_owned();
    items[2].account_id = "333333333333".to_owned();
    items[2].tags = "eu".to_owned();
    Picker::new(items)
}

const SIZE: Size = Size {
    columns: 80,
    rows: 24,
};

/// What is picked after these keys; `None` for nothing.
fn after(mut picker: Picker, keys: &[Key]) -> Option<String> {
    for key in keys {
        match picker.press(*key, SIZE.listed()) {
            PickerOutcome::Open => {}
            PickerOutcome::Picked(profile) => return Some(profile),
            PickerOutcome::Left => return None,
        }
    }
    panic!("it is still open")
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).chain([Key::Enter]).collect()
}

#[test]
fn what_is_typed_narrows_it_down() {
    for (text, profile) in [
        ("", "hub"),
        ("client", "client1"),
        ("client2", "client2"),
        ("cp", "client-prod"),
        ("prod acme", "acme-prod"),
        ("333", "client2"),
        ("partner", "client1"),
        ("PA", "client1"),
        ("cl eu", "client2"),
        ("cli 222", "client1"),
        ("cli2", "client2"),
    ] {
        assert_eq!(
            after(picker(), &typed(text)).as_deref(),
            Some(profile),
            "{text}"
        );
    }
}

#[test]
fn nothing_that_fits_is_nothing_to_pick() {
    let mut keys = typed("nobody");
    keys.extend([Key::EraseLine, Key::Down, Key::Enter]);
    assert_eq!(after(picker(), &keys).as_deref(), Some("client1"));
    let keys = [Key::Char('x'), Key::Char('y'), Key::Enter, Key::Escape];
    assert_eq!(after(picker(), &keys), None);
}

#[test]
fn the_keys_move_and_erase() {
    use Key::{
        Backspace, Char, Down, End, Enter, EraseWord, Escape, First, Interrupt, Last, Other,
        PageDown, PageUp, Up,
    };
    for (keys, profile) in [
        (&[Down, Down, Up, Enter][..], Some("client1")),
        (&[Up, Enter], Some("hub")),
        (&[Last, Down, Enter], Some("client-prod")),
        (&[Last, First, Enter], Some("hub")),
        (&[PageDown, Enter], Some("client-prod")),
        (&[PageDown, PageUp, Enter], Some("hub")),
        (
            &[
                Char('a'),
                Char('x'),
                Char('p'),
                Backspace,
                Backspace,
                Char('c'),
                Enter,
            ],
            Some("acme-prod"),
        ),
        (
            &[Char('c'), Char(' '), Char('h'), EraseWord, Enter],
            Some("client1"),
        ),
        (&[Other, Enter], Some("hub")),
        (&[Char('c'), End, Enter], Some("client1")),
        (&[End], None),
        (&[Escape], None),
        (&[Char('c'), Interrupt], None),
    ] {
        assert_eq!(after(picker(), keys).as_deref(), profile, "{keys:?}");
    }
}

#[test]
fn the_most_used_come_first_and_decide_among_equals() {
    let items = || {
        [("client1", 0), ("client2", 3), ("other", 9), ("client3", 1)]
            .map(|(name, weight)| item(name, weight))
    };
    let order = |picker: &Picker| {
        picker
            .found
            .iter()
            .map(|index| picker.items[*index].profile.clone())
            .collect::<Vec<_>>()
    };
    let mut picker = Picker::new(items().to_vec());
    assert_eq!(order(&picker), ["other", "client2", "client3", "client1"]);
    for key in "client".chars().map(Key::Char) {
        picker.press(key, 5);
    }
    assert_eq!(order(&picker), ["client2", "client3", "client1"]);
}

fn plain(picker: &Picker, size: Size) -> Vec<String> {
    picker.lines(size, false).0
}

#[test]
fn how_it_looks() {
    let mut picker = picker();
    picker.press(Key::Down, SIZE.listed());
    picker.items[2].left = "42m".to_owned();
    assert_eq!(
        plain(&picker, SIZE),
        [
            "profile>   5/5  Enter picks, Esc leaves",
            "  hub",
            "> client1      222222222222  PartnerAdmin",
            "  client2      333333333333                42m  eu",
            "  acme-prod",
            "  client-prod",
        ]
    );
    picker.press(Key::Char('x'), SIZE.listed());
    assert_eq!(
        picker.lines(SIZE, false),
        (vec!["profile> x  0/5  nothing fits".to_owned()], 10)
    );
}

#[test]
fn colours_go_around_the_words() {
    let mut picker = picker();
    picker.items[0].style = anstyle::AnsiColor::Red.on_default();
    let (lines, cursor) = picker.lines(SIZE, true);
    assert_eq!(cursor, 9);
    assert!(lines[1].contains("\u{1b}[31mhub\u{1b}[0m"), "{lines:?}");
    let bare = |line: &String| {
        let mut text = String::new();
        let mut parts = line.split('\u{1b}');
        text.push_str(parts.next().unwrap());
        parts.for_each(|part| text.push_str(part.split_once('m').unwrap().1));
        text.trim_end().to_owned()
    };
    assert_eq!(
        lines.iter().map(bare).collect::<Vec<_>>(),
        plain(&picker, SIZE)
    );
}

#[test]
fn control_characters_and_wide_ones() {
    let mut items = vec![
        item("a\u{1b}[31m\u{202e}b", 0),
        item("客户一二三四五六七八", 0),
    ];
    items[1].account_id = "222222222222".to_owned();
    let picker = Picker::new(items);
    let lines = plain(
        &picker,
        Size {
            columns: 60,
            rows: 24,
        },
    );
    assert_eq!(lines[1], "> a\\u{1b}[31m\\u{202e}b");
    assert_eq!(lines[2], "  客户一二三四五六七八  222222222222");
    let lines = plain(
        &picker,
        Size {
            columns: 10,
            rows: 24,
        },
    );
    assert_eq!(lines[2], "  客户一");
}

fn wide(text: &str) -> usize {
    text.chars()
        .map(|character| unicode_width::UnicodeWidthChar::width(character).unwrap_or(0))
        .sum()
}

proptest! {
    #[test]
    fn it_fits_any_terminal(
        names in proptest::collection::vec("\\PC{0,20}", 1..40),
        keys in proptest::collection::vec(0..12_u8, 0..30),
        columns in 1..120_usize,
        rows in 1..40_usize,
    ) {
        let mut picker = Picker::new(names.iter().map(|name| item(name, 0)).collect());
        let size = Size { columns, rows };
        for key in keys {
            let key = match key {
                0 => Key::Up,
                1 => Key::Down,
                2 => Key::PageUp,
                3 => Key::PageDown,
                4 => Key::First,
                5 => Key::Last,
                6 => Key::Backspace,
                7 => Key::EraseWord,
                8 => Key::Char('客'),
                9 => Key::Char('a'),
                10 => Key::Char(' '),
                _ => Key::Other,
            };
            prop_assert_eq!(picker.press(key, size.listed()), PickerOutcome::Open);
            let (lines, cursor) = picker.lines(size, false);
            prop_assert!(cursor < columns.max(2));
            prop_assert!(lines.len() <= rows.max(2));
            for line in &lines {
                prop_assert!(wide(line) < columns.max(2), "{line:?}");
            }
            // The marked one is always seen.
            prop_assert_eq!(lines[1..].iter().filter(|line| line.starts_with('>')).count(), usize::from(lines.len() > 1));
        }
    }
}
