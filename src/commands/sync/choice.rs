//! `--account` and `--role`: patterns that choose among many.

use glob::Pattern;

use crate::error::{Error, Result};
use crate::say::Voice;

/// The patterns of one option. Without any, everything is chosen.
pub(super) struct Choice {
    option: &'static str,
    chosen: Vec<Pattern>,
    left_out: Vec<Pattern>,
}

impl Choice {
    /// Errors: of kind `Usage`, where one is no pattern.
    pub(super) fn new(option: &'static str, patterns: &[String]) -> Result<Choice> {
        let (mut chosen, mut left_out) = (Vec::new(), Vec::new());
        for text in patterns
            .iter()
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
        {
            match text.strip_prefix('!') {
                Some(text) => left_out.push(pattern(option, text.trim())?),
                None => chosen.push(pattern(option, text)?),
            }
        }
        Ok(Choice {
            option,
            chosen,
            left_out,
        })
    }

    /// Whether what has this id and name is among what is wanted.
    pub(super) fn has(&self, id: &str, name: &str) -> bool {
        let is_chosen =
            self.chosen.is_empty() || self.chosen.iter().any(|pattern| matches(pattern, id, name));
        is_chosen
            && !self
                .left_out
                .iter()
                .any(|pattern| matches(pattern, id, name))
    }

    /// Tells of every pattern that nothing matches: most likely it is a typing error.
    pub(super) fn warn_of_unused(&self, all: &[(&str, &str)], voice: Voice) {
        let signed = self.chosen.iter().map(|pattern| ("", pattern));
        for (sign, pattern) in signed.chain(self.left_out.iter().map(|pattern| ("!", pattern))) {
            if !all.iter().any(|(id, name)| matches(pattern, id, name)) {
                voice.warn(&format!(
                    "{} '{sign}{pattern}' matches nothing",
                    self.option
                ));
            }
        }
    }
}

pub(super) fn pattern(option: &str, text: &str) -> Result<Pattern> {
    Pattern::new(text).map_err(|error| {
        Error::usage(format!(
            "{option}: '{text}' is not a pattern: {}",
            error.msg
        ))
    })
}

/// An id is meant as a whole: `*2` is about names.
fn matches(pattern: &Pattern, id: &str, name: &str) -> bool {
    pattern.as_str() == id || pattern.matches(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_left_out_whatever_else_is_chosen() {
        let chosen = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns
                .iter()
                .map(|pattern| (*pattern).to_owned())
                .collect();
            let choice = Choice::new("--account", &patterns).unwrap();
            let all = [("1", "client1"), ("2", "client2"), ("3", "a2b")];
            let chosen: String = all
                .iter()
                .filter(|(id, name)| choice.has(id, name))
                .map(|(id, _)| *id)
                .collect();
            chosen
        };
        for (patterns, wanted) in [
            (&[][..], "123"),
            (&["client*"], "12"),
            (&["3", "client?"], "123"),
            (&["!*2"], "13"),
            (&["!2", "!a*"], "1"),
            (&["client*", "! client2", ""], "1"),
            (&["nosuch"], ""),
        ] {
            assert_eq!(chosen(patterns), wanted, "{patterns:?}");
        }
        assert!(Choice::new("--account", &["client[".to_owned()]).is_err());
    }
}
