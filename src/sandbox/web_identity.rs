//! Web identity tokens, as STS takes them: a JWT whose issuer a role trusts, for its audience and
//! subject, in time.
//!
//! The one thing that is not checked is the token's own signature: the sandbox has no keys of any
//! issuer. Texts: STS's API reference, `AssumeRoleWithWebIdentity`, and docs/aws.md A3.3.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::answer::AwsRefusal;
use super::policy;
use super::world::{Role, Trust, World};

/// What of a token decides.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct IdToken {
    #[serde(rename = "iss")]
    issuer: String,
    #[serde(rename = "aud")]
    audience: Audience,
    #[serde(rename = "sub")]
    pub(crate) subject: String,
    #[serde(rename = "exp")]
    expires_at: i64,
}

/// RFC 7519: one, or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn has(&self, wanted: &str) -> bool {
        match self {
            Audience::One(audience) => audience == wanted,
            Audience::Several(audiences) => audiences.iter().any(|audience| audience == wanted),
        }
    }
}

/// Reads the token and holds it against what the world's issuers say; `now` is the server's clock.
pub(crate) fn read(world: &World, text: &str, now: DateTime<Utc>) -> Result<IdToken, AwsRefusal> {
    let token = parse(text).ok_or_else(|| {
        invalid(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an \
             Access Token)",
        )
    })?;
    let statements: Vec<&Trust> = statements(world)
        .filter(|trust| trust.federated.as_deref() == Some(&*token.issuer))
        .collect();
    if statements.is_empty() {
        return Err(invalid(&format!(
            "No OpenIDConnect provider found in your account for {}",
            token.issuer
        )));
    }
    if !statements.iter().any(|trust| {
        trust
            .audience
            .as_deref()
            .is_none_or(|wanted| token.audience.has(wanted))
    }) {
        return Err(invalid("Incorrect token audience"));
    }
    if statements.iter().any(|trust| {
        let revoked = trust.revoked.as_deref();
        revoked.is_some_and(|it| policy::like(it, &token.subject))
    }) {
        let message = "The identity provider reported that authentication failed";
        return Err(AwsRefusal::new(403, "IDPRejectedClaim", message));
    }
    if token.expires_at <= now.timestamp() {
        let message = format!(
            "Token expired: current date/time {} must be before the expiration date/time {}",
            now.timestamp(),
            token.expires_at
        );
        return Err(AwsRefusal::new(400, "ExpiredTokenException", message));
    }
    Ok(token)
}

fn invalid(message: &str) -> AwsRefusal {
    AwsRefusal::new(400, "InvalidIdentityToken", message)
}

fn statements(world: &World) -> impl Iterator<Item = &Trust> {
    world
        .account
        .iter()
        .flat_map(|account| &account.role)
        .flat_map(|role| &role.trust)
}

/// Whether one of the role's statements is for this token.
pub(crate) fn may_assume(token: &IdToken, role: &Role) -> bool {
    role.trust
        .iter()
        .filter(|trust| trust.federated.as_deref() == Some(&*token.issuer))
        .any(|trust| {
            let audience = trust
                .audience
                .as_deref()
                .is_none_or(|wanted| token.audience.has(wanted));
            audience
                && trust
                    .subject
                    .as_deref()
                    .is_none_or(|pattern| policy::like(pattern, &token.subject))
        })
}

/// The claims, in the middle of the three parts.
fn parse(text: &str) -> Option<IdToken> {
    let [_, claims, _] = text.split('.').collect::<Vec<_>>()[..] else {
        return None;
    };
    // The SDK's decoder knows the other alphabet only, with its padding.
    let padding = "=".repeat((4 - claims.len() % 4) % 4);
    let standard = claims.replace('-', "+").replace('_', "/") + &padding;
    serde_json::from_slice(&aws_smithy_types::base64::decode(standard).ok()?).ok()
}
