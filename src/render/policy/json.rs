//! A document as JSON.

use crate::policy::Tree;

/// Indented, with a line's end.
pub(super) fn text(document: &Tree) -> String {
    // Texts, numbers and names that are texts: serialising them cannot fail.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
