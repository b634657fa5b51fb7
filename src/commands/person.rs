//! A person at the terminal who is asked one thing after another, hidden or shown. What is asked is `add`'s business.

use tokio::runtime::{Builder, Runtime};

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use crate::terminal::{self, Unanswered};

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
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime
            .map(|runtime| Some(Person { runtime }))
            .map_err(|error| Error::other("the async runtime did not start").caused_by(error))
    }

    /// An answer that `read` takes; what it says against one is shown, and the question asked again.
    pub(super) fn ask<T>(
        &self,
        question: &str,
        read: impl Fn(&str) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let mut why = String::new();
        for _ in 0..TRIES {
            let said = if why.is_empty() {
                String::new()
            } else {
                format!("xacct: {}\n", crate::say::visible(&why))
            };
            let asked = format!("{said}{question}: ");
            let answer = self.runtime.block_on(terminal::ask_shown_again(&asked)).map_err(unanswered)?;
            match read(answer.trim()) {
                Ok(value) => return Ok(value),
                Err(wrong) => why = wrong,
            }
        }
        Err(Error::other(format!("{why}: nothing was changed")))
    }

    pub(super) fn hidden(&self, question: &str) -> Result<Secret> {
        self.runtime.block_on(terminal::ask_hidden(&format!("{question}: "))).map_err(unanswered)
    }

    pub(super) fn agrees(&self, question: &str) -> Result<bool> {
        let asked = format!("{question} [y/N] ");
        let answer = self.runtime.block_on(terminal::ask_shown_again(&asked)).map_err(unanswered)?;
        Ok(is_yes(&answer))
    }
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
}

fn unanswered(why: Unanswered) -> Error {
    match why {
        Unanswered::Signal(number) => Error::new(Kind::Signal(number), "interrupted: nothing was changed"),
        Unanswered::NoTerminal => Error::needs_person("there is no terminal to ask on: nothing was changed"),
        Unanswered::Closed => Error::needs_person("nothing was answered: nothing was changed"),
        Unanswered::Failed(cause) => {
            Error::needs_person(format!("the terminal cannot be asked: {cause}")).caused_by(cause)
        }
    }
}
