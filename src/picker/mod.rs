//! The list of profiles that somebody picks from: which fit what was typed, which one is marked,
//! and how that looks. Keys in, text out; the terminal is `terminal`'s, and what the profiles are
//! is told by the caller.

mod score;
mod key;
#[cfg(any(unix, test))]
mod keys;
mod used;
mod view;

pub(crate) use key::Key;
#[cfg(unix)]
pub(crate) use keys::PendingKeys;
pub(crate) use used::Used;
pub(crate) use view::Size;

use anstyle::Style;

/// A profile, as it is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    pub(crate) profile: String,
    pub(crate) account_id: String,
    pub(crate) role: String,
    /// What is left of cached credentials, in words.
    pub(crate) left: String,
    pub(crate) tags: String,
    /// The profile's colour.
    pub(crate) style: Style,
    /// How much it was used; more comes first.
    pub(crate) weight: u64,
}

impl Item {
    /// What can be searched.
    fn texts(&self) -> Vec<Vec<char>> {
        let texts = [&self.profile, &self.account_id, &self.role, &self.tags];
        texts.map(|text| text.chars().collect()).to_vec()
    }
}

/// What came of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PickerOutcome {
    Open,
    Picked(String),
    /// Nothing is to happen.
    Left,
}

/// The list, as things stand.
#[derive(Debug)]
pub(crate) struct Picker {
    items: Vec<Item>,
    /// Of each item, what is typed is looked for in these.
    texts: Vec<Vec<Vec<char>>>,
    typed: String,
    /// Those that fit, the best first.
    found: Vec<usize>,
    /// The marked one, and the first that is shown; places in `found`.
    marked: usize,
    top: usize,
}

impl Picker {
    pub(crate) fn new(mut items: Vec<Item>) -> Picker {
        // A stable sort: those that were never used stay in the order of the files.
        items.sort_by_key(|item| std::cmp::Reverse(item.weight));
        let texts = items.iter().map(Item::texts).collect();
        let found = (0..items.len()).collect();
        Picker {
            items,
            texts,
            typed: String::new(),
            found,
            marked: 0,
            top: 0,
        }
    }

    /// `rows` is how many of the list are shown at once.
    pub(crate) fn press(&mut self, key: Key, rows: usize) -> PickerOutcome {
        let page = rows.max(2) - 1;
        let last = self.found.len().saturating_sub(1);
        match key {
            Key::Enter => {
                return match self.found.get(self.marked) {
                    Some(index) => PickerOutcome::Picked(self.items[*index].profile.clone()),
                    None => PickerOutcome::Open,
                };
            }
            Key::Escape | Key::Interrupt => return PickerOutcome::Left,
            Key::End if self.typed.is_empty() => return PickerOutcome::Left,
            Key::Up => self.marked = self.marked.saturating_sub(1),
            Key::Down => self.marked = (self.marked + 1).min(last),
            Key::PageUp => self.marked = self.marked.saturating_sub(page),
            Key::PageDown => self.marked = (self.marked + page).min(last),
            Key::First => self.marked = 0,
            Key::Last => self.marked = last,
            Key::Char(character) => {
                self.typed.push(character);
                self.filter();
            }
            Key::Backspace => {
                self.typed.pop();
                self.filter();
            }
            Key::EraseWord => {
                let kept = self.typed.trim_end().rfind(' ').map_or(0, |at| at + 1);
                self.typed.truncate(kept);
                self.filter();
            }
            Key::EraseLine => {
                self.typed.clear();
                self.filter();
            }
            Key::End | Key::Other => {}
        }
        self.show(rows);
        PickerOutcome::Open
    }

    /// Keeps the marked one among those that are shown.
    pub(crate) fn show(&mut self, rows: usize) {
        let rows = rows.max(1);
        self.top = self.top.min(self.found.len().saturating_sub(rows));
        if self.marked < self.top {
            self.top = self.marked;
        } else if self.marked >= self.top + rows {
            self.top = self.marked + 1 - rows;
        }
    }

    /// Every word that was typed must fit somewhere; the best first, and of equals the most used.
    fn filter(&mut self) {
        let words: Vec<&str> = self.typed.split_whitespace().collect();
        let mut found = Vec::new();
        for (index, texts) in self.texts.iter().enumerate() {
            let scores = words.iter().map(|word| best_score(word, texts));
            if let Some(score) = scores.sum::<Option<i32>>() {
                found.push((std::cmp::Reverse(score), index));
            }
        }
        found.sort_unstable();
        self.found = found.into_iter().map(|(_, index)| index).collect();
        (self.marked, self.top) = (0, 0);
    }
}

fn best_score(word: &str, texts: &[Vec<char>]) -> Option<i32> {
    let scores = texts.iter().filter_map(|text| score::score(word, text));
    scores.max()
}

#[cfg(test)]
mod tests;
