//! AWS Sign-In: the first and all further credentials of a session of `aws login`. Each request
//! carries a proof that its sender has the session's key (`DPoP`, RFC 9449).

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use aws_sdk_signin::operation::create_o_auth2_token::CreateOAuth2TokenError;
use aws_sdk_signin::types::{CreateOAuth2TokenRequestBody, CreateOAuth2TokenResponseBody};
use chrono::{DateTime, TimeDelta, Utc};
use rustls::pki_types::PrivateSec1KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::client::Effort;
use super::endpoint::url_of;
use super::failure::Failure;
use super::service::{Asking, Service};
use crate::credentials::{Credentials, Unchecked};
use crate::error::Result;
use crate::plan::Endpoint;
use crate::secret::Secret;

/// Characters in a line of a PEM file (RFC 7468).
const PEM_LINE: usize = 64;

/// The service in one region.
pub(crate) struct Signin(Service);

/// A session's key, with which each request is signed.
#[derive(Clone)]
pub(crate) struct ProofKey(Arc<EcdsaKeyPair>);

/// What a refresh token was exchanged for. The token itself is spent by that.
pub(crate) struct Renewed {
    pub(crate) credentials: Credentials,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) refresh_token: Secret,
}

/// What the page of the sign-in gave, and what it was asked for with.
pub(crate) struct LoginGrant<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) code: &'a Secret,
    pub(crate) verifier: &'a Secret,
    pub(crate) redirect_uri: &'a str,
}

/// What a code was exchanged for.
pub(crate) struct Begun {
    pub(crate) tokens: Renewed,
    pub(crate) token_type: String,
    /// A JWT.
    pub(crate) id_token: Secret,
    /// Whom it says that it is of: an ARN.
    pub(crate) arn: String,
}

impl ProofKey {
    /// A new one, and how `aws login` writes it down; `None` where the system makes none.
    pub(crate) fn generate() -> Option<(ProofKey, Secret)> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
        let der: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().ok()?;
        let text = Zeroizing::new(aws_smithy_types::base64::encode(der.as_ref()));
        let mut pem = Zeroizing::new(String::with_capacity(text.len() + 80));
        pem.push_str("-----BEGIN EC PRIVATE KEY-----\n");
        for (index, letter) in text.chars().enumerate() {
            if index > 0 && index % PEM_LINE == 0 {
                pem.push('\n');
            }
            pem.push(letter);
        }
        pem.push_str("\n-----END EC PRIVATE KEY-----\n");
        Some((ProofKey(Arc::new(pair)), Secret::new(pem.as_str())))
    }

    /// From the `EC PRIVATE KEY` (P-256) that `aws login` leaves; `None` for anything else.
    pub(crate) fn from_pem(pem: &Secret) -> Option<ProofKey> {
        let der = PrivateSec1KeyDer::from_pem_slice(pem.expose().as_bytes()).ok()?;
        let pair = EcdsaKeyPair::from_private_key_der(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            der.secret_sec1_der(),
        );
        Some(ProofKey(Arc::new(pair.ok()?)))
    }

    /// A JWT for one request to this address; `None` where the system has no random bytes.
    fn proof(&self, url: &str, now: DateTime<Utc>) -> Option<String> {
        // An uncompressed point: 4, then both coordinates.
        let point = self.0.public_key().as_ref();
        let (x, y) = point.get(1..)?.split_at_checked(32)?;
        let jwk = json!({ "kty": "EC", "x": base64url(x), "y": base64url(y), "crv": "P-256" });
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let payload =
            json!({ "jti": unique()?, "htm": "POST", "htu": url, "iat": now.timestamp() });
        let signed = format!(
            "{}.{}",
            base64url(header.to_string()),
            base64url(payload.to_string())
        );
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("{signed}.{}", base64url(signature)))
    }
}

impl Signin {
    /// Errors: of kind `Config`, where there is no such endpoint or the CA bundle cannot be read.
    pub(crate) fn new(endpoint: &Endpoint, region: &str, asking: Asking<'_>) -> Result<Signin> {
        let (what, setting) = ("AWS Sign-In endpoint", ("region", region));
        let url = url_of!(aws_sdk_signin, endpoint, region, what, setting)?;
        Service::new("AWS Sign-In", url, endpoint, region, asking).map(Signin)
    }

    /// A refresh token is spent by its request, and a second one with it may end the session: it is
    /// sent once, and once more only where it was never sent.
    ///
    /// A refusal's code is OAuth's where there is one: `TOKEN_EXPIRED`, `USER_CREDENTIALS_CHANGED`
    /// …
    pub(crate) async fn refresh(
        &self,
        client_id: &str,
        refresh_token: &Secret,
        key: &ProofKey,
    ) -> std::result::Result<Renewed, Failure> {
        Failure::again_if_unsent(async || self.refresh_once(client_id, refresh_token, key).await)
            .await
    }

    async fn refresh_once(
        &self,
        client_id: &str,
        refresh_token: &Secret,
        key: &ProofKey,
    ) -> std::result::Result<Renewed, Failure> {
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(client_id)
            .grant_type("refresh_token")
            .refresh_token(refresh_token.expose())
            .build();
        let body = body.map_err(|error| Failure::unusable(&error.to_string()))?;
        let token = self.create_token(body, key).await?;
        self.renewed(token)
    }

    /// Where the pages of the sign-in are.
    pub(crate) fn base(&self) -> &str {
        self.0.url.trim_end_matches('/')
    }

    /// A code is good for one request, as a refresh token is.
    pub(crate) async fn begin(
        &self,
        grant: &LoginGrant<'_>,
        key: &ProofKey,
    ) -> std::result::Result<Begun, Failure> {
        Failure::again_if_unsent(async || self.begin_once(grant, key).await).await
    }

    async fn begin_once(
        &self,
        grant: &LoginGrant<'_>,
        key: &ProofKey,
    ) -> std::result::Result<Begun, Failure> {
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(grant.client_id)
            .grant_type("authorization_code")
            .code(grant.code.expose())
            .code_verifier(grant.verifier.expose())
            .redirect_uri(grant.redirect_uri)
            .build();
        let body = body.map_err(|error| Failure::unusable(&error.to_string()))?;
        let token = self.create_token(body, key).await?;
        let id_token = token.id_token.clone().unwrap_or_default();
        let arn = subject(&id_token)
            .ok_or_else(|| Failure::unusable("its idToken does not say who has signed in"))?;
        Ok(Begun {
            token_type: token.token_type.clone(),
            tokens: self.renewed(token)?,
            id_token: Secret::new(id_token),
            arn,
        })
    }

    async fn create_token(
        &self,
        body: CreateOAuth2TokenRequestBody,
        key: &ProofKey,
    ) -> std::result::Result<CreateOAuth2TokenResponseBody, Failure> {
        self.0.asking("CreateOAuth2Token");
        let (key, now) = (key.clone(), self.0.now);
        let request = aws_sdk_signin::Client::new(&self.0.config(Effort::Once))
            .create_o_auth2_token()
            .token_input(body);
        let request = request.customize().mutate_request(move |request| {
            // Without one, AWS refuses the request.
            if let Some(proof) = key.proof(request.uri(), now()) {
                request.headers_mut().insert("dpop", proof);
            }
        });
        let answer = Box::pin(request.send()).await.map_err(|error| {
            let oauth = error.as_service_error().and_then(oauth_code);
            let mut failure = Failure::from_sdk(error, now());
            if let (Failure::Refused { code, .. }, Some(oauth)) = (&mut failure, oauth) {
                *code = oauth;
            }
            self.0.told(failure)
        })?;
        answer
            .token_output
            .ok_or_else(|| Failure::unusable("it held no token"))
    }

    fn renewed(
        &self,
        token: CreateOAuth2TokenResponseBody,
    ) -> std::result::Result<Renewed, Failure> {
        let (keys, expires_in) = (token.access_token, token.expires_in);
        let keys = keys.ok_or_else(|| Failure::unusable("it held no credentials"))?;
        let expires_at = (self.0.now)() + TimeDelta::seconds(expires_in.into());
        let answered = Unchecked {
            access_key_id: keys.access_key_id,
            secret_access_key: Secret::new(keys.secret_access_key),
            session_token: Some(Secret::new(keys.session_token)),
            expiration: Some(expires_at),
            account_id: None,
        };
        let credentials = answered
            .checked()
            .map_err(|flaw| Failure::unusable(&format!("its {flaw}")))?;
        Ok(Renewed {
            credentials,
            expires_at,
            refresh_token: Secret::new(token.refresh_token),
        })
    }
}

/// The `sub` of a JWT. Its signature is not looked at: it came from AWS itself, over TLS.
fn subject(id_token: &str) -> Option<String> {
    let mut parts = id_token.split('.');
    let claims = parts.nth(1)?;
    parts.next()?;
    let padding = "=".repeat((4 - claims.len() % 4) % 4);
    let standard = claims.replace('-', "+").replace('_', "/") + &padding;
    let claims: Value =
        serde_json::from_slice(&aws_smithy_types::base64::decode(standard).ok()?).ok()?;
    Some(claims.get("sub")?.as_str()?.to_owned())
}

fn oauth_code(error: &CreateOAuth2TokenError) -> Option<String> {
    match error {
        CreateOAuth2TokenError::AccessDeniedException(refused) => {
            Some(refused.error.as_str().to_owned())
        }
        CreateOAuth2TokenError::ValidationException(refused) => {
            Some(refused.error.as_str().to_owned())
        }
        _ => None,
    }
}

/// A UUID of random bytes (RFC 9562), as the SDKs send.
pub(crate) fn unique() -> Option<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    let parts = [
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..],
    ];
    Some(parts.join("-"))
}

/// RFC 7515's, without padding.
fn base64url(bytes: impl AsRef<[u8]>) -> String {
    let standard = aws_smithy_types::base64::encode(bytes);
    standard
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use chrono::TimeZone;

    use super::*;

    /// The key of aws-config's own tests.
    const KEY: &str = "-----BEGIN EC PRIVATE \
                       KEY-----\nMHcCAQEEIBMB/RwQERsVoqWRQG4zK8CnaAa5dfrpbm+9tFdBh3z4oAoGCCqGSM49\nAwEHoUQDQgAEWb1VLi1EA2hJaTz4yYuxSELvY+1GAfL+8rUTCAdiFid87Bf6GY+s\n2+1RpqDv0RpZiDIMCrZrsAh+RK9S3QCaGA==\n-----END EC PRIVATE KEY-----\n";

    fn decoded(part: &str) -> Vec<u8> {
        let padding = "=".repeat((4 - part.len() % 4) % 4);
        aws_smithy_types::base64::decode(part.replace('-', "+").replace('_', "/") + &padding)
            .unwrap()
    }

    #[test]
    fn the_proof_is_what_the_sdks_make() {
        let key = ProofKey::from_pem(&Secret::new(KEY)).unwrap();
        let now = Utc.timestamp_opt(1_651_516_560, 0).unwrap();
        let proof = key
            .proof("https://eu-west-1.signin.aws.amazon.com/v1/token", now)
            .unwrap();
        let parts: Vec<&str> = proof.split('.').collect();
        let json =
            |part: &str| serde_json::from_slice::<serde_json::Value>(&decoded(part)).unwrap();
        assert_eq!(
            json(parts[0]),
            json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": {
                "kty": "EC", "crv": "P-256", "x": "Wb1VLi1EA2hJaTz4yYuxSELvY-1GAfL-8rUTCAdiFic",
                "y": "fOwX-hmPrNvtUaag79EaWYgyDAq2a7AIfkSvUt0Amhg"}})
        );
        let mut payload = json(parts[1]);
        let jti = payload["jti"].take();
        assert_eq!(
            payload,
            json!({"jti": null, "htm": "POST", "iat": 1_651_516_560,
                   "htu": "https://eu-west-1.signin.aws.amazon.com/v1/token"})
        );
        let jti = jti.as_str().unwrap();
        assert!(jti.len() == 36 && &jti[14..15] == "4", "{jti}");
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.0.public_key().as_ref());
        let signed = format!("{}.{}", parts[0], parts[1]);
        public
            .verify(signed.as_bytes(), &decoded(parts[2]))
            .unwrap();
    }

    #[test]
    fn a_new_key_is_read_back() {
        let (key, pem) = ProofKey::generate().unwrap();
        let again = ProofKey::from_pem(&pem).unwrap();
        assert_eq!(key.0.public_key().as_ref(), again.0.public_key().as_ref());
        // What the AWS CLI writes has the same lines.
        let lengths = |pem: &str| pem.lines().map(str::len).collect::<Vec<_>>();
        assert_eq!(lengths(pem.expose()), lengths(KEY));
        assert!(pem.expose().ends_with("-----\n"));
    }

    #[test]
    fn a_token_says_whom_it_is_of() {
        let token = |claims: &str| format!("h.{}.s", base64url(claims));
        let arn = "arn:aws:iam::111111111111:user/you";
        let of = format!(r#"{{"sub":"{arn}"}}"#);
        assert_eq!(subject(&token(&of)).as_deref(), Some(arn));
        for text in ["", "a.b", "a.b.c", &token("{}"), &token(r#"{"sub":1}"#)] {
            assert_eq!(subject(text), None, "{text}");
        }
    }

    #[test]
    fn every_partition_has_its_pages() {
        let at = |region: &str, fips: bool| {
            let endpoint = Endpoint {
                fips,
                url: None,
                dual_stack: false,
                global: false,
            };
            let setting = ("region", region);
            url_of!(
                aws_sdk_signin,
                &endpoint,
                region,
                "AWS Sign-In endpoint",
                setting
            )
            .unwrap()
        };
        for (region, fips, url) in [
            (
                "eu-west-1",
                false,
                "https://eu-west-1.signin.aws.amazon.com",
            ),
            (
                "eu-west-1",
                true,
                "https://signin-fips.eu-west-1.amazonaws.com",
            ),
            (
                "us-gov-west-1",
                false,
                "https://us-gov-west-1.signin.amazonaws-us-gov.com",
            ),
            (
                "cn-north-1",
                false,
                "https://cn-north-1.signin.amazonaws.cn",
            ),
        ] {
            assert_eq!(at(region, fips), url);
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        for pem in [
            "",
            "key",
            "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
        ] {
            assert!(ProofKey::from_pem(&Secret::new(pem)).is_none(), "{pem}");
        }
    }
}
