//! Proofs of possession as AWS Sign-In takes them: a JWT of ES256 whose header has the key that
//! signed it, for this one request (RFC 9449 section 4.3).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// How far the proof's time may be from the server's, in seconds.
const TOLERANCE: i64 = 300;

/// A proof that holds for the request that it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    /// The public key as an uncompressed point.
    pub(crate) key: Vec<u8>,
    /// What makes it good for one use.
    pub(crate) id: String,
}

#[derive(Deserialize)]
struct ProofHeader {
    typ: String,
    alg: String,
    jwk: Jwk,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
}

/// Holds the proof against its request: `POST` to `url` at `now`, in seconds since 1970.
///
/// Errors: what is wrong with it, in a few words.
pub(crate) fn check(proof: &str, url: &str, now: i64) -> Result<Proof, &'static str> {
    let parts: Vec<&str> = proof.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err("it is no JWT");
    };
    let signed = &proof[..header.len() + 1 + claims.len()];
    let header: ProofHeader = json(header).ok_or("its header is incomplete")?;
    let claims: Claims = json(claims).ok_or("its claims are incomplete")?;
    let Jwk { kty, crv, x, y } = header.jwk;
    if (header.typ.as_str(), header.alg.as_str()) != ("dpop+jwt", "ES256") {
        return Err("it is not dpop+jwt by ES256");
    }
    if (kty.as_str(), crv.as_str()) != ("EC", "P-256") {
        return Err("its key is not of P-256");
    }
    let (Some(x), Some(y)) = (coordinate(&x), coordinate(&y)) else {
        return Err("its key is not of P-256");
    };
    let key = [vec![4], x, y].concat();
    let signature = decoded(signature).ok_or("its signature is no base64url")?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| "its signature does not match")?;
    if (claims.htm.as_str(), claims.htu.as_str()) != ("POST", url) {
        return Err("it is for another request");
    }
    if (now - claims.iat).abs() > TOLERANCE {
        return Err("it is from another time");
    }
    if claims.jti.is_empty() {
        Err("it has no jti")
    } else {
        Ok(Proof {
            key,
            id: claims.jti,
        })
    }
}

fn coordinate(text: &str) -> Option<Vec<u8>> {
    decoded(text).filter(|bytes| bytes.len() == 32)
}

fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&decoded(part)?).ok()
}

/// base64url without padding, and nothing else.
fn decoded(text: &str) -> Option<Vec<u8>> {
    if text.contains(['+', '/', '=']) {
        return None;
    }
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    aws_smithy_types::base64::decode(text.replace('-', "+").replace('_', "/") + &padding).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::{Value, json};

    use super::*;

    pub(crate) const URL: &str = "http://127.0.0.1:1/v1/token";

    pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
        let standard = aws_smithy_types::base64::encode(bytes);
        standard
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_")
    }

    /// A proof of these parts, signed with this key.
    pub(crate) fn signed(pair: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
        let text = format!(
            "{}.{}",
            encoded(header.to_string()),
            encoded(claims.to_string())
        );
        let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", encoded(signature))
    }

    pub(crate) fn header(pair: &EcdsaKeyPair) -> Value {
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        json!({"typ": "dpop+jwt", "alg": "ES256",
               "jwk": {"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)}})
    }

    #[test]
    fn a_proof_is_for_its_key_request_and_time() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let good = json!({"jti": "1", "htm": "POST", "htu": URL, "iat": 1000});
        let proof = signed(&pair, &header(&pair), &good);
        assert_eq!(
            check(&proof, URL, 1300).unwrap().key,
            pair.public_key().as_ref()
        );
        assert_eq!(check(&proof, URL, 1301), Err("it is from another time"));
        assert_eq!(
            check(&proof, "http://127.0.0.1:2/v1/token", 1000),
            Err("it is for another request")
        );
        assert_eq!(check("a.b", URL, 1000), Err("it is no JWT"));
        let other = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let forged = signed(&other, &header(&pair), &good);
        assert_eq!(
            check(&forged, URL, 1000),
            Err("its signature does not match")
        );
        for (name, value, why) in [
            ("htm", json!("GET"), "it is for another request"),
            ("jti", json!(""), "it has no jti"),
            ("iat", json!("now"), "its claims are incomplete"),
        ] {
            let mut claims = good.clone();
            claims[name] = value;
            assert_eq!(
                check(&signed(&pair, &header(&pair), &claims), URL, 1000),
                Err(why)
            );
        }
        let mut plain = header(&pair);
        plain["typ"] = json!("JWT");
        assert_eq!(
            check(&signed(&pair, &plain, &good), URL, 1000),
            Err("it is not dpop+jwt by ES256")
        );
    }
}
