//! What proves that whoever has a code is who asked for it: PKCE (RFC 7636).

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::secret::Secret;

/// What is sent with the code.
pub(crate) struct Verifier(pub(crate) Secret);

impl Verifier {
    pub(crate) fn new() -> Result<Verifier> {
        random().map(|text| Verifier(Secret::new(text)))
    }

    /// What is sent before: its hash by SHA-256.
    pub(crate) fn challenge(&self) -> String {
        base64url(&Sha256::digest(self.0.expose()))
    }
}

/// 48 random bytes as 64 characters that need no quoting anywhere.
pub(super) fn random() -> Result<String> {
    let mut bytes = [0; 48];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Error::other("the system gave no random bytes"))?;
    Ok(base64url(&bytes))
}

fn base64url(bytes: &[u8]) -> String {
    let standard = aws_smithy_types::base64::encode(bytes);
    standard
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_is_what_the_rfc_wants() {
        let verifier = random().unwrap();
        assert_eq!(verifier.len(), 64);
        assert!(
            verifier
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
            "{verifier}"
        );
        assert_ne!(verifier, random().unwrap());
        // RFC 7636, appendix B.
        let verifier = Verifier(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(
            verifier.challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
