//! Nothing of any text is lost, and skipping to the headers finds what reading every line finds.

use proptest::prelude::*;

use super::*;

/// Each line as its kind and what is in it.
fn shown(text: &str) -> Vec<String> {
    let what = |line: Line<'_>| match line.what {
        LineKind::Property(pair) => format!("{}|{}|{}", pair.key, pair.value, pair.comment),
        other => format!("{other:?} {}", line.text),
    };
    Scan::file(text)
        .map(|line| format!("{} {}", line.number, what(line)))
        .collect()
}

#[test]
fn every_kind_of_line() {
    let text = "\u{feff}x\n[a] # c\n y\nk = 1 ;c\r\n\t2 # d\n\n  # e\n [\"j\n [b]\ns=\n  t = \
                u\nz\n  z2\n= 1";
    assert_eq!(
        shown(text),
        [
            "1 Mark ",
            "1 Junk(Outside) x",
            "2 Header [a] # c",
            "3 Junk(NothingAbove) y",
            "4 k|1|;c",
            "5 More { nested: false } 2 # d",
            "6 Blank ",
            "7 Comment # e",
            "8 More { nested: false } [\"j",
            "9 Header [b]",
            "10 s||",
            "11 More { nested: true } t = u",
            "12 Junk(NoEquals) z",
            "13 Junk(Below) z2",
            "14 Junk(NoKey) = 1",
        ]
    );
}

#[test]
fn a_comment_begins_behind_white_space() {
    for (line, comment) in [
        ("a # b", "# b"),
        ("a#b ;c # d", ";c # d"),
        ("a\u{a0}#", "#"),
        ("#a", ""),
        ("a", ""),
    ] {
        assert_eq!(&line[comment_start(line)..], comment, "{line}");
    }
}

/// Lines and rests of lines, in all line ends, with everything that has ever been odd.
fn file_like() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        prop::sample::select(vec![
            "[profile a]",
            "  [profile \"b c\"] ; c",
            "[ profile\td ] junk [x]",
            "\t[ \"json\"",
            " [",
            "[default]",
            "key = [value] # c",
            "k\t=\tv;w\t;x",
            "  more # c",
            "\tname = value",
            "s3 =",
            "=",
            " = x",
            "junk",
            "in valid = 1",
            "# c",
            "\t; c",
            "\u{feff}",
            "\0",
            "k = \0",
            "\r",
            "é\u{a0}[\u{a0}#",
            "k = v\u{a0}# c",
            "",
            " \t",
            "k: v",
            "export K=v",
        ])
        .prop_map(str::to_owned),
        "[ \t\\[\\]a#;=\"'\\\\\u{a0}\r\0\u{feff}]{0,12}",
    ];
    let ends = prop::sample::select(vec!["\n", "\n", "\n", "\r\n", "\n\n", "", "\r"]);
    let lines = prop::collection::vec((line, ends), 0..20);
    (prop::sample::select(vec!["", "", "\u{feff}"]), lines).prop_map(|(mark, lines)| {
        mark.to_owned()
            + &lines
                .into_iter()
                .map(|(line, end)| line + end)
                .collect::<String>()
    })
}

fn is_all_blank(text: &str) -> bool {
    text.trim_matches(BLANK).is_empty()
}

/// The lines again, each from its parts, where anything but blanks, the `=` and the line's end is a
/// part.
fn put_together(text: &str) -> String {
    let mut all = String::new();
    for (n, line) in (usize::from(!text.starts_with(BYTE_ORDER_MARK))..).zip(Scan::file(text)) {
        assert_eq!((line.start, line.number), (all.len(), n.max(1)));
        let behind = &line.whole[line.indent() + line.text.len()..];
        if line.what == LineKind::Mark {
            all.push_str(line.whole);
            continue;
        }
        assert!(
            (line.is_covered() || is_all_blank(&line.whole[..line.indent()]))
                && is_all_blank(without_line_end(behind)),
            "{line:?}"
        );
        all.push_str(&line.whole[..line.indent()]);
        if let LineKind::Property(Pair {
            key,
            value,
            comment,
        }) = line.what
        {
            let (at, end) = (
                offset(line.text, value),
                offset(line.text, value) + value.len(),
            );
            let before = &line.text[key.len()..at];
            assert!(
                line.text.starts_with(key) && is_all_blank(&before.replacen('=', "", 1)),
                "{line:?}"
            );
            all.extend([key, before, value]);
            let gap = &line.text[end..line.text.len() - comment.len()];
            assert!(is_all_blank(gap), "{line:?}");
            all.extend([gap, comment]);
        } else {
            all.push_str(line.text);
        }
        all.push_str(behind);
    }
    all
}

/// What the headers are, found by a search.
fn skipped(text: &str) -> Vec<(usize, usize, &str, &str)> {
    let mut scan = Scan::text(text);
    let found = std::iter::from_fn(|| scan.next_header());
    found
        .map(|line| (line.start, line.number, line.whole, line.text))
        .collect()
}

fn walked(text: &str) -> Vec<(usize, usize, &str, &str)> {
    let headers = Scan::text(text).filter(|line| line.what == LineKind::Header);
    headers
        .map(|line| (line.start, line.number, line.whole, line.text))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_lines_put_together_are_the_text(text in file_like(), odd in any::<String>()) {
        prop_assert_eq!(put_together(&text), &*text);
        prop_assert_eq!(put_together(&odd), odd);
    }

    #[test]
    fn a_search_finds_the_headers_that_reading_finds(text in file_like(), odd in any::<String>()) {
        prop_assert_eq!(skipped(&text), walked(&text));
        prop_assert_eq!(skipped(&odd), walked(&odd));
    }
}
