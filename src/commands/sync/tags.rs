//! `--account-tag KEY=VALUE`: what an account must be tagged with.

use glob::Pattern;

use super::choice::pattern;
use crate::aws::Tag;
use crate::error::{Error, Result};

/// Every key must be there; of several values of one key any will do.
pub(super) struct Tags<'a>(Vec<(&'a str, Vec<Pattern>)>);

impl<'a> Tags<'a> {
    pub(super) fn parse(texts: &'a [String]) -> Result<Tags<'a>> {
        let mut tags: Vec<(&str, Vec<Pattern>)> = Vec::new();
        for text in texts {
            let (key, value) = text.split_once('=').unwrap_or((text, "*"));
            if key.is_empty() {
                return Err(Error::usage(format!("--account-tag: '{text}' has no key"))
                    .hint("it is written KEY=VALUE, or KEY for any value"));
            }
            let value = pattern("--account-tag", value)?;
            match tags.iter_mut().find(|(known, _)| *known == key) {
                Some((_, values)) => values.push(value),
                None => tags.push((key, vec![value])),
            }
        }
        Ok(Tags(tags))
    }

    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether an account with these tags is meant.
    pub(super) fn match_all(&self, found: &[Tag]) -> bool {
        self.0.iter().all(|(key, patterns)| {
            let mut values = found.iter().filter(|(own, _)| own == key);
            values.any(|(_, value)| patterns.iter().any(|pattern| pattern.matches(value)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_and_any_of_their_values() {
        let found = [("team", "data"), ("stage", "prod-eu"), ("empty", "")];
        let found: Vec<Tag> = found
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .to_vec();
        for (wanted, is_meant) in [
            (&[][..], true),
            (&["team=data"], true),
            (&["team=dat"], false),
            (&["Team=data"], false),
            (&["team"], true),
            (&["empty"], true),
            (&["empty="], true),
            (&["owner"], false),
            (&["stage=prod*", "team=data"], true),
            (&["stage=test*", "team=data"], false),
            (&["stage=test*", "stage=*-eu"], true),
        ] {
            let texts: Vec<String> = wanted.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(
                Tags::parse(&texts).unwrap().match_all(&found),
                is_meant,
                "{wanted:?}"
            );
        }
        assert!(Tags::parse(&["=x".to_owned()]).is_err());
    }
}
