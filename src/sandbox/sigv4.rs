//! Signature Version 4, the server's side: takes a signed request apart and holds it against the
//! secret key.
//!
//! Rules and texts: AWS General Reference, "Signature Version 4 signing process" and its
//! troubleshooting page. Who the key belongs to, and whether a session has expired, is left to
//! `sts`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use sha2::{Digest, Sha256};

use super::answer::AwsRefusal;

/// How far the request's clock may be from the server's, in minutes.
const TOLERANCE: i64 = 15;

const TIMESTAMP: &str = "%Y%m%dT%H%M%SZ";

/// A request as it came over the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Received<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// What the `Authorization` header claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) access_key_id: String,
    /// `YYYYMMDD`
    date: String,
    pub(crate) region: String,
    service: String,
    terminator: String,
    signed_headers: Vec<String>,
    signature: String,
    timestamp: String,
    /// `X-Amz-Security-Token`
    pub(crate) session_token: Option<String>,
}

/// Reads the claim without believing it.
///
/// Errors: `MissingAuthenticationToken` for an unsigned request, `IncompleteSignature` for half a
/// one.
pub(crate) fn claim(received: &Received<'_>) -> Result<Claim, AwsRefusal> {
    let Some(authorization) = header(received.headers, "authorization") else {
        return Err(AwsRefusal::new(
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        ));
    };
    let Some(rest) = authorization.strip_prefix("AWS4-HMAC-SHA256") else {
        let algorithm = authorization.split_whitespace().next().unwrap_or_default();
        return Err(incomplete(format!(
            "Unsupported AWS 'algorithm': '{algorithm}'."
        )));
    };
    let parts: BTreeMap<&str, &str> = rest
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .collect();
    let mut missing: Vec<String> = ["Credential", "Signature", "SignedHeaders"]
        .iter()
        .filter(|name| parts.get(**name).is_none_or(|value| value.is_empty()))
        .map(|name| format!("Authorization header requires '{name}' parameter."))
        .collect();
    let timestamp = header(received.headers, "x-amz-date");
    if timestamp.is_none() {
        missing.push(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                .to_owned(),
        );
    }
    if !missing.is_empty() {
        return Err(incomplete(missing.join(" ")));
    }
    let scope: Vec<&str> = part(&parts, "Credential").split('/').collect();
    let [access_key_id, date, region, service, terminator] = scope[..] else {
        return Err(incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '{}'",
            part(&parts, "Credential")
        )));
    };
    Ok(Claim {
        access_key_id: access_key_id.to_owned(),
        date: date.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        terminator: terminator.to_owned(),
        signed_headers: part(&parts, "SignedHeaders")
            .split(';')
            .map(str::to_owned)
            .collect(),
        signature: part(&parts, "Signature").to_owned(),
        timestamp: timestamp.unwrap_or_default(),
        session_token: header(received.headers, "x-amz-security-token"),
    })
}

fn incomplete(message: String) -> AwsRefusal {
    AwsRefusal::new(400, "IncompleteSignature", message)
}

fn part<'a>(parts: &BTreeMap<&str, &'a str>, name: &str) -> &'a str {
    parts.get(name).copied().unwrap_or_default()
}

/// Holds the claim against the secret key and the server's clock.
///
/// Errors: `SignatureDoesNotMatch`, with the text that says which rule was broken.
pub(crate) fn verify(
    claim: &Claim,
    received: &Received<'_>,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<(), AwsRefusal> {
    check_time(claim, now)?;
    check_scope(claim, service_of(received))?;
    check_signed_headers(claim, received)?;
    let sent = hex::decode(&claim.signature).unwrap_or_default();
    signature(claim, received, secret)?.verify_slice(&sent).map_err(|_| {
        mismatch(
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS \
             Secret Access Key and signing method. Consult the service documentation for details.",
        )
    })
}

/// The signature as it should be, still as a MAC, which compares in constant time.
fn signature(
    claim: &Claim,
    received: &Received<'_>,
    secret: &str,
) -> Result<Hmac<Sha256>, AwsRefusal> {
    let canonical = canonical_request(claim, received)?;
    let scope = format!(
        "{}/{}/{}/{}",
        claim.date, claim.region, claim.service, claim.terminator
    );
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        claim.timestamp,
        hex::encode(Sha256::digest(canonical.as_bytes()))
    );
    let mut key = format!("AWS4{secret}").into_bytes();
    for text in [
        &claim.date,
        &claim.region,
        &claim.service,
        &claim.terminator,
    ] {
        key = mac(&key, text)?.finalize().into_bytes().to_vec();
    }
    mac(&key, &to_sign)
}

fn mismatch(message: impl Into<String>) -> AwsRefusal {
    AwsRefusal::new(403, "SignatureDoesNotMatch", message)
}

fn check_time(claim: &Claim, now: DateTime<Utc>) -> Result<(), AwsRefusal> {
    let stamp = &claim.timestamp;
    let Ok(sent) = NaiveDateTime::parse_from_str(stamp, TIMESTAMP) else {
        let message = format!("Date must be in ISO-8601 'basic format'. Got '{stamp}'.");
        return Err(incomplete(message));
    };
    let (sent, tolerance) = (sent.and_utc(), TimeDelta::minutes(TOLERANCE));
    let (earliest, latest) = (now - tolerance, now + tolerance);
    let shown = now.format(TIMESTAMP);
    if sent < earliest {
        return Err(mismatch(format!(
            "Signature expired: {stamp} is now earlier than {} ({} - {TOLERANCE} min.)",
            earliest.format(TIMESTAMP),
            shown
        )));
    }
    if sent > latest {
        return Err(mismatch(format!(
            "Signature not yet current: {stamp} is still later than {} ({} + {TOLERANCE} min.)",
            latest.format(TIMESTAMP),
            shown
        )));
    }
    Ok(())
}

/// As signatures name the service that a request is for.
fn service_of(received: &Received<'_>) -> &'static str {
    match received.path {
        "/listRegions" => "account",
        _ if received.headers.contains_key("x-amz-target") => "organizations",
        _ => "sts",
    }
}

fn check_scope(claim: &Claim, service: &str) -> Result<(), AwsRefusal> {
    let mut wrong = Vec::new();
    if !claim.timestamp.starts_with(&claim.date) || claim.date.len() != 8 {
        wrong.push(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{}' != '{}', from '{}'.",
            claim.date,
            claim.timestamp.get(..8).unwrap_or_default(),
            claim.timestamp
        ));
    }
    if !is_region(&claim.region) {
        wrong.push("Credential should be scoped to a valid region. ".to_owned());
    }
    if claim.service != service {
        wrong.push(format!(
            "Credential should be scoped to correct service: '{service}'. "
        ));
    }
    if claim.terminator != "aws4_request" {
        wrong.push(format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{}'. ",
            claim.terminator
        ));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(mismatch(wrong.concat()))
    }
}

/// `eu-central-1`, `us-gov-west-1`, `us-iso-east-1`: the form every region's name has.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else {
        return false;
    };
    words.len() >= 2
        && words
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        && number.bytes().all(|b| b.is_ascii_digit())
        && !number.is_empty()
}

/// What decides the answer must be under the signature, or a stranger on the way could change it.
fn check_signed_headers(claim: &Claim, received: &Received<'_>) -> Result<(), AwsRefusal> {
    if !claim.signs("host") {
        return Err(mismatch(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    let present = ["x-amz-date", "x-amz-security-token"].into_iter();
    match present
        .filter(|name| received.headers.contains_key(*name))
        .find(|name| !claim.signs(name))
    {
        None => Ok(()),
        Some(name) => Err(mismatch(format!(
            "'{name}' must be a 'SignedHeader' in the AWS Authorization."
        ))),
    }
}

impl Claim {
    fn signs(&self, header: &str) -> bool {
        self.signed_headers.iter().any(|signed| signed == header)
    }
}

fn canonical_request(claim: &Claim, received: &Received<'_>) -> Result<String, AwsRefusal> {
    let mut headers = Vec::new();
    for name in &claim.signed_headers {
        let values = received.headers.get_all(name.as_str());
        let values: Vec<String> = values
            .iter()
            .map(|value| squeeze(&String::from_utf8_lossy(value.as_bytes())))
            .collect();
        if values.is_empty() {
            return Err(mismatch(format!(
                "The signed header '{name}' is not in the request."
            )));
        }
        headers.push(format!("{name}:{}\n", values.join(",")));
    }
    Ok(format!(
        "{}\n{}\n{}\n{}\n{}\n{}",
        received.method,
        received.path,
        received.query,
        headers.concat(),
        claim.signed_headers.join(";"),
        hex::encode(Sha256::digest(received.body))
    ))
}

/// Trimmed, and runs of spaces made one.
fn squeeze(text: &str) -> String {
    text.split(' ')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn mac(key: &[u8], text: &str) -> Result<Hmac<Sha256>, AwsRefusal> {
    let keyed = Hmac::<Sha256>::new_from_slice(key);
    let mut keyed =
        keyed.map_err(|error| AwsRefusal::new(500, "InternalFailure", error.to_string()))?;
    keyed.update(text.as_bytes());
    Ok(keyed)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
}

#[cfg(test)]
pub(crate) mod tests;
