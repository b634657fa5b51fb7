//! The formats of `assume --format` and `credential-process` that are no shell's language: variables for files and
//! containers, JSON, and the document that AWS SDKs read from a `credential_process`.

use std::fmt::Write as _;
use std::io;

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::credentials::rfc3339;
use crate::secret::Secret;

/// `--format`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Statements for the shell
    #[default]
    Shell,
    /// NAME=value lines, as docker's --env-file takes them
    Env,
    /// A JSON object of the variables
    Json,
    /// NAME="value" lines for .env files
    Dotenv,
    /// The JSON that AWS SDKs ask a `credential_process` for
    Process,
}

/// Variables in the order given; `None` is one that these credentials do not have.
type Variables<'a> = [(&'a str, Option<Secret>)];

/// `NAME=value`, raw: readers of this format know no quoting, so a value may hold anything but the end of its line.
///
/// Errors: `InvalidInput` for a value with a line break, which would be read as another variable; else `out`'s own.
pub(crate) fn env(variables: &Variables<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(capacity(variables)));
    for (name, value) in present(variables) {
        if value.contains(['\n', '\r', '\0']) {
            let message =
                format!("{name} would hold a line break, which --format env cannot: use --format json");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        for part in [name, "=", value, "\n"] {
            text.push_str(part);
        }
    }
    out.write_all(text.as_bytes())
}

/// `NAME="value"` with the escapes that the readers of `.env` files share: `\\`, `\"`, `\$`, `\n`, `\r`.
///
/// Errors: `out`'s own.
pub(crate) fn dotenv(variables: &Variables<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(capacity(variables)));
    for (name, value) in present(variables) {
        text.push_str(name);
        text.push_str("=\"");
        for character in value.chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '"' => text.push_str("\\\""),
                '$' => text.push_str("\\$"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                other => text.push(other),
            }
        }
        text.push_str("\"\n");
    }
    out.write_all(text.as_bytes())
}

/// `{"NAME":"value",…}` on one line, in the order given; what these credentials do not have is `null`.
///
/// Errors: `out`'s own.
pub(crate) fn json(variables: &Variables<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(capacity(variables)));
    let mut between = '{';
    for (name, value) in variables {
        let _ = write!(text, "{between}{}:", quoted(name).as_str());
        match value {
            Some(value) => text.push_str(&quoted(value.expose())),
            None => text.push_str("null"),
        }
        between = ',';
    }
    text.push_str(if between == '{' { "{}\n" } else { "}\n" });
    out.write_all(text.as_bytes())
}

/// The `credential_process` document (AWS.md A4), one line.
///
/// Optional fields that are absent are left out, not `null`: botocore and the Rust SDK take both, every SDK takes
/// an absent one.
pub(crate) fn process_json(credentials: &Credentials) -> Zeroizing<String> {
    let (id, secret) = (&credentials.access_key_id, credentials.secret_access_key.expose());
    let token = credentials.session_token.as_ref().map(Secret::expose);
    let expiration = credentials.expiration.map(rfc3339);
    let fields = [
        ("AccessKeyId", Some(id.as_str())),
        ("SecretAccessKey", Some(secret)),
        ("SessionToken", token),
        ("Expiration", expiration.as_deref()),
        ("AccountId", credentials.account_id.as_deref()),
    ];
    let length: usize =
        fields.iter().map(|(name, value)| name.len() + 6 * value.map_or(0, str::len) + 8).sum();
    let mut text = Zeroizing::new(String::with_capacity(length + 16));
    text.push_str("{\"Version\":1");
    for (name, value) in fields {
        if let Some(value) = value {
            let _ = write!(text, ",\"{name}\":{}", quoted(value).as_str());
        }
    }
    text.push_str("}\n");
    text
}

fn present<'a>(variables: &'a Variables<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    variables.iter().filter_map(|(name, value)| value.as_ref().map(|value| (*name, value.expose())))
}

/// A JSON string.
fn quoted(text: &str) -> Zeroizing<String> {
    Zeroizing::new(serde_json::Value::from(text).to_string())
}

/// Enough for every escape, so that the text never moves and leaves no copy of a secret behind.
fn capacity(variables: &Variables<'_>) -> usize {
    let lengths = variables
        .iter()
        .map(|(name, value)| name.len() + 8 + 6 * value.as_ref().map_or(0, |value| value.expose().len()));
    8 + lengths.sum::<usize>()
}
