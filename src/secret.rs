//! The secret type: no `Display`, no content in `Debug`, no `Serialize`, wiped when dropped.

use std::fmt;

use serde::{Deserialize, Deserializer, Serializer};
use zeroize::Zeroizing;

/// A secret access key, session token or MFA code. [`Secret::expose`] is the one way to read it, so
/// that every place that does can be found with `grep`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// The secret itself. Callers hand it to STS, to stdout, to a child or to the cache, and
    /// nowhere else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// For `#[serde(serialize_with)]` on the cache entry, which is the one place secrets are
    /// stored.
    pub(crate) fn expose_to<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("wJalr")), "Secret(…)");
    }
}
