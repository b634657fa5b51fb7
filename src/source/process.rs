//! `credential_process`: another program that prints credentials (docs/aws.md A4).
//!
//! It is run through the shell, as most SDKs do; what the AWS CLI can run without one runs the same
//! way. Its stderr is ours, or the terminal's, so that it is seen; and its stdin is ours: it may
//! ask.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio::process::Command;

use crate::capture::{RunningProgram, shell, unless_interrupted};
use crate::credentials::{Credentials, Unchecked};
use crate::error::{Error, Kind, Place, Result};
use crate::plan::PROFILE_CHAIN;
use crate::secret::Secret;
use crate::sso::Asker;
use crate::terminal::interruptible;

/// More output than this is no credentials.
const MAX_OUTPUT: usize = 65_536;
/// Long enough for a person to sign in in a browser.
const LIMIT: Duration = Duration::from_mins(5);
/// The document; both the CLI's spelling of the keys and any other case are taken, as in the Rust
/// SDK.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
struct ProcessOutput {
    version: u32,
    accesskeyid: String,
    secretaccesskey: Secret,
    sessiontoken: Option<Secret>,
    expiration: Option<String>,
    accountid: Option<String>,
}

pub(super) async fn run(profile: &str, command: &str, asker: Asker<'_>) -> Result<Credentials> {
    let env = asker.env;
    let chain = env
        .get(PROFILE_CHAIN)
        .map_or_else(|| profile.to_owned(), |chain| format!("{chain},{profile}"));
    let mut shell = shell(command);
    // The user's own, without what `assume` has set in this shell: what decides the answer is
    // looked at there, too.
    shell.env_clear().envs(env.vars());
    shell.env(PROFILE_CHAIN, chain).env_remove("XACCT_MFA_CODE");
    if asker.no_input {
        // Where the command is another xacct, it would ask in our stead.
        shell.env("XACCT_NO_INPUT", "true");
    }
    run_within(LIMIT, profile, shell).await
}

/// What is wrong with the command is mended in its line; whoever is refused by it, or whom it waits
/// for, is elsewhere.
pub(super) fn located(error: Error, place: &Place) -> Error {
    if error.kind == Kind::Config {
        error.at(place.clone())
    } else {
        error
    }
}

fn unusable(named: &str, why: &str) -> Error {
    Error::config(format!("{named}: {why}")).hint(
        "run its command by itself: it must print one JSON object and nothing else, with Version \
         1, AccessKeyId and SecretAccessKey, and for temporary keys SessionToken and Expiration",
    )
}

async fn run_within(limit: Duration, profile: &str, shell: Command) -> Result<Credentials> {
    let named = format!("credential_process of profile '{profile}'");
    let program = RunningProgram::start(shell)
        .map_err(|error| Error::config(format!("{named} cannot be run: {error}")))?;
    let ended = interruptible(program.output(MAX_OUTPUT, limit)).await?;
    let Some((status, output)) =
        ended.map_err(|error| Error::other(format!("{named}: {error}")))?
    else {
        return Err(Error::other(format!(
            "{named} took longer than {limit:?} and was stopped"
        )));
    };
    if output.len() > MAX_OUTPUT {
        return Err(unusable(
            &named,
            &format!("it printed more than {MAX_OUTPUT} bytes"),
        ));
    }
    if !unless_interrupted(status)?.success() {
        return Err(Error::other(format!("{named} failed: {status}")));
    }
    parse(&output).map_err(|why| unusable(&named, &why))
}

/// Errors: a sentence that never has anything of the output in it.
fn parse(output: &[u8]) -> std::result::Result<Credentials, String> {
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(output).map_err(|_| "it printed no JSON object".to_owned())?;
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    let fields: serde_json::Map<_, _> = fields
        .map(|(key, value)| (key.to_lowercase(), value))
        .collect();
    let document: ProcessOutput = serde_json::from_value(fields.into()).map_err(|_| {
        "its JSON lacks Version, AccessKeyId or SecretAccessKey, or they are not what they should \
         be"
        .to_owned()
    })?;
    if document.version != 1 {
        return Err(format!(
            "its JSON has Version {}; only 1 is known",
            document.version
        ));
    }
    let expiration = match document.expiration {
        None => None,
        Some(text) => Some(
            DateTime::parse_from_rfc3339(&text)
                .map_err(|_| {
                    "its Expiration is not a time with an offset, like 2026-11-22T17:03:00Z"
                        .to_owned()
                })?
                .with_timezone(&Utc),
        ),
    };
    let answered = Unchecked {
        access_key_id: document.accesskeyid,
        secret_access_key: document.secretaccesskey,
        session_token: document.sessiontoken,
        expiration,
        account_id: document.accountid,
    };
    answered
        .checked_answer()
        .map_err(|flaw| format!("in its JSON, {flaw}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_takes_too_long_is_stopped() {
        let limit = Duration::from_millis(20);
        let work = run_within(limit, "p", shell("exec sleep 60"));
        let error = crate::runtime::run(work).unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "credential_process of profile 'p' took longer than 20ms and was stopped"
        );
    }

    #[test]
    fn the_document_is_taken_in_any_case() {
        for text in [
            r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","SessionToken":null}"#,
            r#"{"version":1,"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":"s","Extra":[1]}"#,
        ] {
            let keys = parse(text.as_bytes()).unwrap();
            assert_eq!(
                (keys.access_key_id(), keys.session_token()),
                ("AKIAIOSFODNN7EXAMPLE", None),
                "{text}"
            );
        }
        let text = r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-11-22T19:03:00.5+02:00","AccountId":"111111111111"}"#;
        let keys = parse(text.as_bytes()).unwrap();
        assert_eq!(
            crate::credentials::rfc3339(keys.expiration().unwrap()),
            "2026-11-22T17:03:00Z"
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_a_secret() {
        for (text, why) in [
            ("", "it printed no JSON object"),
            ("hello {}", "it printed no JSON object"),
            (
                r#"{"Version":2,"AccessKeyId":"A","SecretAccessKey":"hidden"}"#,
                "its JSON has Version 2; only 1 is known",
            ),
            (
                r#"{"Version":"1","AccessKeyId":"A","SecretAccessKey":"hidden"}"#,
                "its JSON lacks Version, AccessKeyId or SecretAccessKey, or they are not what they \
                 should be",
            ),
            (
                r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"hidden","Expiration":"2026-11-22T19:03:00"}"#,
                "its Expiration is not a time with an offset, like 2026-11-22T17:03:00Z",
            ),
            (
                r#"{"Version":1,"AccessKeyId":"","SecretAccessKey":"hidden"}"#,
                "in its JSON, AccessKeyId is empty",
            ),
            (
                r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":""}"#,
                "in its JSON, SecretAccessKey is empty",
            ),
            (
                r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE\n","SecretAccessKey":"hidden"}"#,
                "in its JSON, AccessKeyId ends with a line feed",
            ),
            (
                r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"hidden","AccountId":"12"}"#,
                "in its JSON, AccountId is not twelve digits",
            ),
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap_err(), why);
        }
    }
}
