//! MFA devices: RFC 6238 codes of six digits and 30 seconds, accepted one step early or late.
//!
//! That a code counts once is remembered in `state`.

use aws_lc_rs::hmac;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Seconds for which a code is the current one.
pub(crate) const STEP: u64 = 30;

/// `[[account.user.mfa]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VirtualMfa {
    /// `arn:aws:iam::111111111111:mfa/you`, or a hardware device's number.
    pub(crate) serial: String,
    /// The base32 text that an authenticator app is given.
    pub(crate) secret: Secret,
}

impl VirtualMfa {
    /// The code of the step that holds this second.
    pub(crate) fn code_at(&self, seconds: u64) -> Option<String> {
        Some(code(&self.key()?, seconds / STEP))
    }

    /// The step whose code this is, among the one that holds this second and its two neighbours.
    pub(crate) fn step_of(&self, typed: &str, seconds: u64) -> Option<u64> {
        let (key, step) = (self.key()?, seconds / STEP);
        (step.saturating_sub(1)..=step + 1).find(|step| code(&key, *step) == typed)
    }

    /// What keeps the device from working, with its serial number.
    pub(crate) fn check(&self) -> Result<(), String> {
        let shape = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&byte);
        if !(9..=256).contains(&self.serial.len()) || !self.serial.bytes().all(shape) {
            return Err(format!(
                "MFA device '{}': not a serial number or ARN that STS takes",
                self.serial
            ));
        }
        match self.key() {
            Some(_) => Ok(()),
            None => Err(format!(
                "MFA device '{}': its secret is not base32",
                self.serial
            )),
        }
    }

    fn key(&self) -> Option<hmac::Key> {
        let secret = base32(self.secret.expose()).filter(|secret| !secret.is_empty())?;
        Some(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret))
    }
}

/// RFC 4226: six digits of the HMAC of a counter, here the step.
fn code(key: &hmac::Key, step: u64) -> String {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag.last().copied().unwrap_or_default() & 0xf);
    let number = tag[at..]
        .iter()
        .take(4)
        .fold(0, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// RFC 4648, in upper case and with or without padding, as authenticator apps are given it.
fn base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (mut bytes, mut bits, mut have) = (Zeroizing::new(Vec::new()), 0_u32, 0);
    for character in text.trim_end_matches('=').bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'2'..=b'7' => character - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u32::from(value);
        have += 5;
        if have >= 8 {
            have -= 8;
            bytes.push(u8::try_from((bits >> have) & 0xff).unwrap_or_default());
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B of the RFC, SHA-1, the last six of its eight digits.
        let device = VirtualMfa {
            serial: "arn:aws:iam::111111111111:mfa/you".to_owned(),
            secret: Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        };
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(device.code_at(seconds).as_deref(), Some(code));
        }
        assert_eq!(device.step_of("287082", 59), Some(1));
        assert_eq!(device.step_of("287082", 89), Some(1));
        assert_eq!(device.step_of("287082", 90), None);
        assert_eq!(device.step_of("287082", 0), Some(1));
    }

    #[test]
    fn a_secret_that_is_no_secret_is_named() {
        let device = VirtualMfa {
            serial: "GAHT12345678".to_owned(),
            secret: Secret::new("no!"),
        };
        assert_eq!(
            device.check().unwrap_err(),
            "MFA device 'GAHT12345678': its secret is not base32"
        );
    }
}
