//! Holds the modules to the order in which `lib.rs`, and each `mod.rs`, declares them: downward
//! uses only.

use std::fs;
use std::path::{Path, PathBuf};

/// The names in `mod NAME;` lines, in order.
fn declared(source: &str) -> Vec<String> {
    let names = source.lines().filter_map(|line| {
        let line = line
            .trim()
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub(super) ");
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    names.map(str::to_owned).collect()
}

/// The identifiers that directly follow `prefix` anywhere in the source, one or several in braces.
fn used(source: &str, prefix: &str) -> Vec<String> {
    let starts = source
        .match_indices(prefix)
        .filter(|(at, _)| !source[..*at].ends_with(is_word));
    starts
        .flat_map(|(at, _)| {
            let rest = &source[at + prefix.len()..];
            match rest.strip_prefix('{') {
                Some(list) => first_level(list).into_iter().map(word).collect(),
                None => vec![word(rest)],
            }
        })
        .collect()
}

fn word(text: &str) -> String {
    let text = text.trim_start();
    text.chars().take_while(|c| is_word(*c)).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The items of `a, b::{c, d}, e}`, up to the brace that ends them.
fn first_level(list: &str) -> Vec<&str> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&list[start..at]);
                return items;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items
}

/// Every `.rs` file at or below the module's path.
fn files_of(dir: &Path, module: &str) -> Vec<PathBuf> {
    let mut found = vec![dir.join(format!("{module}.rs"))];
    let mut folders = vec![dir.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.retain(|path| path.extension().is_some_and(|ending| ending == "rs") && path.exists());
    found
}

/// What the folder's modules use of each other upward. `paths` are the ways to name a sibling.
fn upward_uses(dir: &Path, order: &[String], paths: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, module) in order.iter().enumerate() {
        for file in files_of(dir, module) {
            let source = fs::read_to_string(&file).unwrap();
            for path in paths {
                for name in used(&source, path) {
                    if order
                        .iter()
                        .position(|other| *other == name)
                        .is_some_and(|at| at > index)
                    {
                        wrong.push(format!("{} uses {path}{name}", file.display()));
                    }
                }
            }
        }
    }
    wrong
}

#[test]
fn modules_use_only_modules_above_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let order = declared(&fs::read_to_string(src.join("lib.rs")).unwrap());
    assert!(order.len() > 10, "lib.rs declares {order:?}");
    let mut wrong = upward_uses(&src, &order, &["crate::".to_owned()]);
    for module in &order {
        let dir = src.join(module);
        if let Ok(source) = fs::read_to_string(dir.join("mod.rs")) {
            let inner: Vec<String> = declared(&source)
                .into_iter()
                .filter(|name| name != "tests")
                .collect();
            wrong.extend(upward_uses(
                &dir,
                &inner,
                &["super::".to_owned(), format!("crate::{module}::")],
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_upward_use_is_found() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("low.rs"),
        "use crate::{other::{x, y}, high::Thing};",
    )
    .unwrap();
    fs::write(dir.path().join("high.rs"), "use crate::low::Other;").unwrap();
    let order = ["low".to_owned(), "high".to_owned()];
    let wrong = upward_uses(dir.path(), &order, &["crate::".to_owned()]);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].ends_with("low.rs uses crate::high"), "{wrong:?}");
}
