//! The error as JSON, on stdout, of a command that was asked for JSON.

use serde::Serialize;

use super::json;
use crate::error::{Error, Kind, Place};
use crate::masked;

#[derive(Serialize)]
struct ErrorDocument<'e> {
    error: Fields<'e>,
}

/// What there is not is `null`.
#[derive(Serialize)]
struct Fields<'e> {
    kind: &'static str,
    id: Option<&'static str>,
    place: Option<Where<'e>>,
    message: &'e str,
    hints: Vec<String>,
    /// What a library said.
    cause: Option<String>,
}

/// A line of a file, or the name of an option or a variable.
#[derive(Serialize)]
struct Where<'e> {
    file: Option<&'e str>,
    line: Option<usize>,
    name: Option<&'e str>,
}

/// `{"error":{"kind",…}}`
pub(super) fn document(error: &Error) -> String {
    let fields = Fields {
        kind: name(error.kind),
        id: error.id,
        place: error.place.as_deref().map(place),
        message: &error.message,
        hints: error.hint_texts(),
        cause: error
            .cause
            .as_ref()
            .map(|cause| masked::addresses(&format!("{cause:#}")).into_owned()),
    };
    json(&ErrorDocument { error: fields })
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Other => "other",
        Kind::Usage => "usage",
        Kind::Config => "config",
        Kind::Refused => "refused",
        Kind::NeedsPerson => "needs_person",
        Kind::Unreachable => "unreachable",
        Kind::Signal(_) => "signal",
    }
}

fn place(place: &Place) -> Where<'_> {
    match place {
        Place::Line { file, line } => Where {
            file: Some(file),
            line: Some(*line),
            name: None,
        },
        Place::File(file) => Where {
            file: Some(file),
            line: None,
            name: None,
        },
        Place::Named(name) => Where {
            file: None,
            line: None,
            name: Some(name),
        },
    }
}
