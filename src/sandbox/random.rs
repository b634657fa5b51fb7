//! Random text, for ids and secrets.

use crate::error::{Error, Result};

pub(crate) const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(crate) const BASE64: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(crate) const BASE64URL: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Text of these characters, whose number divides 256.
pub(crate) fn random(characters: &[u8], length: usize) -> Result<String> {
    let mut bytes = vec![0; length];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Error::other("the system gave no random bytes"))?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(characters[usize::from(*byte) % characters.len()]))
        .collect())
}
