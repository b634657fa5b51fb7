//! The formats of `assume --format` and `credential-process` that are no shell's language:
//! variables for files and containers, JSON, and the document that AWS SDKs read from a
//! `credential_process`.

use std::fmt::Write as _;
use std::io;

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::credentials::rfc3339;
use crate::secret::Secret;

/// `--format`
#[expect(
    clippy::doc_markdown,
    reason = "--help shows these words, where backticks would stand as they are"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Shell statements
    #[default]
    Shell,
    /// NAME=value lines for docker's --env-file
    Env,
    /// A JSON object with the variables
    Json,
    /// NAME="value" lines for .env files
    Dotenv,
    /// The JSON that AWS SDKs expect from a credential_process
    Process,
}

/// Variables in the order given; `None` is one that these credentials do not have.
type Variables<'a> = [(&'a str, Option<Secret>)];

/// `NAME=value`, raw: readers of this format know no quoting. People source such a file too, so a
/// value may hold nothing that a shell would act on.
///
/// Errors: `InvalidInput` for a value that has such a character, or a line break, which would be
/// read as another variable; else `out`'s own.
pub(crate) fn env(variables: &Variables<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(capacity(variables)));
    for (name, value) in present(variables) {
        if !value.chars().all(is_inert) {
            return Err(refused(name, "env"));
        }
        for part in [name, "=", value, "\n"] {
            text.push_str(part);
        }
    }
    out.write_all(text.as_bytes())
}

/// Letters, digits, and what has no meaning in a shell's assignment.
fn is_inert(character: char) -> bool {
    let is_text = !character.is_ascii() && !character.is_control() && !character.is_whitespace();
    is_text || character.is_ascii_alphanumeric() || "_./:=+@,-%^".contains(character)
}

fn refused(name: &str, format: &str) -> io::Error {
    let message = format!(
        "{name} would hold a blank, a quote, a line break or another character that --format \
         {format} cannot hold safely: use --format json"
    );
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// `NAME="value"`, in single quotes where a shell would expand something in double ones. Either way
/// a shell that sources the file, and every reader of `.env` files, takes what stands between the
/// quotes as it is.
///
/// Errors: `InvalidInput` for a value that needs an escape, on which they do not agree; else
/// `out`'s own.
pub(crate) fn dotenv(variables: &Variables<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(capacity(variables)));
    for (name, value) in present(variables) {
        let expands = value.contains(['$', '`', '"', '!']);
        let needs_escape = value.contains(|c: char| c == '\\' || c.is_control());
        if needs_escape || (expands && value.contains('\'')) {
            return Err(refused(name, "dotenv"));
        }
        let quote = if expands { "'" } else { "\"" };
        for part in [name, "=", quote, value, quote, "\n"] {
            text.push_str(part);
        }
    }
    out.write_all(text.as_bytes())
}

/// `{"NAME":"value",…}` on one line, in the order given; what these credentials do not have is
/// `null`.
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

/// The `credential_process` document (docs/aws.md A4), one line.
///
/// What these credentials do not have is `null`, never missing, as in all of xacct's JSON; the SDKs
/// take it for absent.
pub(crate) fn process_json(credentials: &Credentials) -> Zeroizing<String> {
    let (id, secret) = (
        credentials.access_key_id(),
        credentials.secret_access_key().expose(),
    );
    let token = credentials.session_token().map(Secret::expose);
    let expiration = credentials.expiration().map(rfc3339);
    let fields = [
        ("AccessKeyId", Some(id)),
        ("SecretAccessKey", Some(secret)),
        ("SessionToken", token),
        ("Expiration", expiration.as_deref()),
        ("AccountId", credentials.account_id()),
    ];
    let length: usize = fields
        .iter()
        .map(|(name, value)| name.len() + 6 * value.map_or(0, str::len) + 8)
        .sum();
    let mut text = Zeroizing::new(String::with_capacity(length + 16));
    text.push_str("{\"Version\":1");
    for (name, value) in fields {
        match value {
            Some(value) => {
                let _ = write!(text, ",\"{name}\":{}", quoted(value).as_str());
            }
            None => {
                let _ = write!(text, ",\"{name}\":null");
            }
        }
    }
    text.push_str("}\n");
    text
}

fn present<'a>(variables: &'a Variables<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    variables
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| (*name, value.expose())))
}

/// A JSON string.
fn quoted(text: &str) -> Zeroizing<String> {
    Zeroizing::new(serde_json::Value::from(text).to_string())
}

/// Enough for every escape, so that the text never moves and leaves no copy of a secret behind.
fn capacity(variables: &Variables<'_>) -> usize {
    let lengths = variables.iter().map(|(name, value)| {
        name.len() + 8 + 6 * value.as_ref().map_or(0, |value| value.expose().len())
    });
    8 + lengths.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::credentials::sample;

    type Written = io::Result<String>;

    fn written(
        render: impl Fn(&Variables<'_>, &mut Vec<u8>) -> io::Result<()>,
        variables: &[(&str, Option<&str>)],
    ) -> Written {
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (*name, value.map(Secret::new)))
            .collect();
        let mut out = Vec::new();
        render(&variables, &mut out)?;
        assert!(
            out.len() <= capacity(&variables),
            "{} of {}",
            out.len(),
            capacity(&variables)
        );
        Ok(String::from_utf8(out).unwrap())
    }

    const VARIABLES: [(&str, Option<&str>); 3] = [
        ("AWS_ACCESS_KEY_ID", Some("AKIA/+=")),
        ("AWS_SESSION_TOKEN", None),
        ("XACCT_PROFILE", Some("it's $5 \"x\" \\ é")),
    ];

    #[test]
    fn env_is_raw() {
        let text = written(
            env,
            &[
                ("A", Some("AKIA/+=")),
                ("B", None),
                ("C", Some("größe-客户")),
            ],
        )
        .unwrap();
        assert_eq!(text, "A=AKIA/+=\nC=größe-客户\n");
    }

    #[test]
    fn what_would_not_be_read_as_it_is_is_refused() {
        for value in [
            "a\nLD_PRELOAD=/tmp/x",
            "a\r",
            "a\0",
            "a b",
            "`a`",
            "$a",
            "a;b",
            "it's",
            "\"",
            "#",
            "a\u{2028}b",
        ] {
            let error =
                written(env, &[("A", Some("fine")), ("XACCT_PROFILE", Some(value))]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert!(
                error.to_string().starts_with("XACCT_PROFILE would hold a"),
                "{error}"
            );
        }
        for value in ["a\nb", "a\r", "a\0", "a\\b", "it's `x`", "'$x", "'\""] {
            let error = written(dotenv, &[("XACCT_PROFILE", Some(value))]).unwrap_err();
            assert!(
                error
                    .to_string()
                    .ends_with("--format dotenv cannot hold safely: use --format json"),
                "{error}"
            );
        }
    }

    #[test]
    fn dotenv_is_quoted() {
        let values = [
            ("A", Some("AKIA/+=")),
            ("B", None),
            ("C", Some("it's é")),
            ("D", Some("`$x` \"!\"")),
        ];
        assert_eq!(
            written(dotenv, &values).unwrap(),
            "A=\"AKIA/+=\"\nC=\"it's é\"\nD='`$x` \"!\"'\n"
        );
    }

    #[test]
    fn json_has_every_variable() {
        let text = written(json, &VARIABLES).unwrap();
        let wanted = "{\"AWS_ACCESS_KEY_ID\":\"AKIA/+=\",\"AWS_SESSION_TOKEN\":null,\
                      \"XACCT_PROFILE\":\"it's $5 \\\"x\\\" \\\\ é\"}\n";
        assert_eq!(text, wanted);
        assert_eq!(written(json, &[]).unwrap(), "{}\n");
        assert_eq!(
            written(json, &[("A", Some("\u{1}"))]).unwrap(),
            "{\"A\":\"\\u0001\"}\n"
        );
    }

    #[test]
    fn the_process_document_is_exact() {
        let credentials = sample("ASIA1", "wJ/+\"", Some("tok="))
            .expiring(DateTime::from_timestamp(1_800_000_000, 0))
            .or_in_account(Some("222222222222"));
        assert_eq!(
            *process_json(&credentials),
            "{\"Version\":1,\"AccessKeyId\":\"ASIA1XXXXXXXXXXX\",\"SecretAccessKey\":\"wJ/+\\\"\",\"SessionToken\":\"tok=\",\
             \"Expiration\":\"2027-01-15T08:00:00Z\",\"AccountId\":\"222222222222\"}\n"
        );
        let credentials = sample("AKIA1", "wJ/+\"", None);
        let bare = "{\"Version\":1,\"AccessKeyId\":\"AKIA1XXXXXXXXXXX\",\"SecretAccessKey\":\"wJ/+\\\"\",\
                    \"SessionToken\":null,\"Expiration\":null,\"AccountId\":null}\n";
        assert_eq!(*process_json(&credentials), bare);
    }
}
