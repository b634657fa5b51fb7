//! A word as it stands on bash's command line: what it says without its quotes, and what of an
//! answer bash expects.

/// A word that is being typed, with quotes of which the last may be open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BashWord {
    /// What it says.
    pub(super) text: String,
    /// How much of `text` bash leaves as it is: up to the last of `COMP_WORDBREAKS`, or the open
    /// quote.
    kept: usize,
    /// The quote that is open at the end.
    open: Option<char>,
}

impl BashWord {
    pub(super) fn parse(typed: &str, breaks: &str) -> BashWord {
        let mut word = BashWord {
            text: String::new(),
            kept: 0,
            open: None,
        };
        let mut before_quote = 0;
        let mut characters = typed.chars().peekable();
        while let Some(character) = characters.next() {
            match (word.open, character) {
                (Some(quote), _) if quote == character => {
                    word.open = None;
                    word.kept = before_quote;
                }
                (None, '\'' | '"') => {
                    word.open = Some(character);
                    before_quote = word.kept;
                    word.kept = word.text.len();
                }
                (None, '\\') => word.text.extend(characters.next()),
                (Some('"'), '\\') => {
                    let escaped = characters.next_if(|next| "\"\\$`".contains(*next));
                    word.text.push(escaped.unwrap_or('\\'));
                }
                // readline begins the word that it replaces with the sign of a host.
                (None, '@') if breaks.contains('@') => {
                    word.kept = word.text.len();
                    word.text.push('@');
                }
                (None, _) if breaks.contains(character) => {
                    word.text.push(character);
                    word.kept = word.text.len();
                }
                _ => word.text.push(character),
            }
        }
        word
    }

    /// What bash is to put in the place of what it does not keep, so that the word says `answer`.
    pub(super) fn rest_of(&self, answer: &str) -> String {
        let rest = answer.get(self.kept..).unwrap_or_default();
        let mut text = String::with_capacity(rest.len());
        for character in rest.chars() {
            match self.open {
                Some('\'') if character == '\'' => text.push_str("'\\'"),
                Some('"') if "\"\\$`".contains(character) => text.push('\\'),
                None if needs_backslash(character, text.is_empty() && self.kept == 0) => {
                    text.push('\\');
                }
                _ => {}
            }
            text.push(character);
        }
        text
    }
}

/// Whether the character means something to bash outside quotes.
fn needs_backslash(character: char, is_first: bool) -> bool {
    " \t\\'\"`$&|;<>()*?[]{}!".contains(character) || (is_first && "~#".contains(character))
}
