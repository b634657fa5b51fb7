//! A person at the terminal who is asked one thing after another, hidden or shown. What is asked is
//! `add`'s business.

use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::runtime;
use crate::secret::Secret;
use crate::terminal::{self, Unanswered, is_yes};

/// How many answers a person may give to one question before it is given up.
const TRIES: usize = 3;

pub(super) struct Person {
    runtime: Runtime,
}

impl Person {
    /// `None` where there is no terminal.
    pub(super) fn at_terminal() -> Result<Option<Person>> {
        if !terminal::available() {
            return Ok(None);
        }
        runtime::start().map(|runtime| Some(Person { runtime }))
    }

    /// An answer that `read` takes; what it says against one is shown, and the question asked
    /// again. A secret key is never an answer to a question whose answer is shown.
    pub(super) fn ask<T>(
        &self,
        question: &str,
        read: impl Fn(&str) -> std::result::Result<T, String>,
    ) -> Result<T> {
        asked(
            question,
            |question| self.shown(question),
            |answer| {
                if may_be_secret(answer) {
                    Err(SHOWN.to_owned())
                } else {
                    read(answer)
                }
            },
        )
    }

    /// An answer that `read` takes, and a secret that belongs to it. Neither is shown: they are
    /// often pasted together.
    pub(super) fn hidden_pair<T>(
        &self,
        question: &str,
        read: impl Fn(&str) -> std::result::Result<T, String>,
        secret_of: impl Fn(&T) -> String,
    ) -> Result<(T, Secret)> {
        let _entered = self.runtime.enter();
        let _hushed = terminal::hush().map_err(unanswered)?;
        let first = asked(question, |question| self.unseen(question), read)?;
        let secret = self.hidden(&secret_of(&first))?;
        Ok((first, secret))
    }

    fn shown(&self, question: &str) -> Result<Zeroizing<String>> {
        let answer = self.runtime.block_on(terminal::ask_shown(question));
        answer.map(Zeroizing::new).map_err(unanswered)
    }

    fn unseen(&self, question: &str) -> Result<Zeroizing<String>> {
        let answer = self.runtime.block_on(terminal::ask_hidden(question));
        let answer = answer.map_err(unanswered)?;
        Ok(Zeroizing::new(answer.expose().to_owned()))
    }

    pub(super) fn hidden(&self, question: &str) -> Result<Secret> {
        self.runtime
            .block_on(terminal::ask_hidden(&format!("{question}: ")))
            .map_err(unanswered)
    }

    pub(super) fn agrees(&self, question: &str) -> Result<bool> {
        let asked = format!("{question} [y/N] ");
        let answer = self
            .runtime
            .block_on(terminal::ask_shown(&asked))
            .map_err(unanswered)?;
        Ok(is_yes(&answer))
    }
}

/// Why a visible answer of 40 characters is not taken, whatever was asked for.
const SHOWN: &str = "that has 40 characters, as a secret access key has; if it is one, it has been \
                     on the screen: delete that key and create another one";

/// 40 characters of Base64, which every secret access key has.
pub(super) fn may_be_secret(text: &str) -> bool {
    text.len() == 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/+=".contains(&byte))
}

/// Asks until an answer is taken, or the last try is over.
fn asked<T>(
    question: &str,
    ask: impl Fn(&str) -> Result<Zeroizing<String>>,
    read: impl Fn(&str) -> std::result::Result<T, String>,
) -> Result<T> {
    let mut why = String::new();
    for _ in 0..TRIES {
        let said = if why.is_empty() {
            String::new()
        } else {
            format!("xacct: {}\n", crate::say::visible(&why))
        };
        match read(ask(&format!("{said}{question}: "))?.trim()) {
            Ok(value) => return Ok(value),
            Err(wrong) => why = wrong,
        }
    }
    Err(Error::other(format!("{why}: nothing was changed")))
}

fn unanswered(why: Unanswered) -> Error {
    why.error(|why| format!("{why}: nothing was changed"))
}
