//! MFA devices: RFC 6238 codes of six digits and 30 seconds, accepted one step early or late.
//!
//! That a code counts once is remembered in `state`.

use serde::Deserialize;
use totp_rs::{Builder, Totp};

use crate::secret::Secret;

/// Seconds for which a code is the current one.
pub(crate) const STEP: u64 = 30;

/// `[[account.user.mfa]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Device {
    /// `arn:aws:iam::111111111111:mfa/you`, or a hardware device's number.
    pub(crate) serial: String,
    /// The base32 text that an authenticator app is given.
    pub(crate) secret: Secret,
}

impl Device {
    /// The code of the step that holds this second.
    pub(crate) fn code_at(&self, seconds: u64) -> Option<String> {
        self.totp().ok().map(|totp| totp.generate(seconds).to_string())
    }

    /// The step whose code this is, among the one that holds this second and its two neighbours.
    pub(crate) fn step_of(&self, code: &str, seconds: u64) -> Option<u64> {
        self.totp().ok()?.check(code, seconds)
    }

    /// What keeps the device from working, with its serial number.
    pub(crate) fn check(&self) -> Result<(), String> {
        let shape = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&byte);
        if !(9..=256).contains(&self.serial.len()) || !self.serial.bytes().all(shape) {
            return Err(format!("MFA device '{}': not a serial number or ARN that STS takes", self.serial));
        }
        self.totp().map(|_| ()).map_err(|reason| format!("MFA device '{}': {reason}", self.serial))
    }

    fn totp(&self) -> Result<Totp, String> {
        let secret = totp_rs::Secret::try_from_base32(self.secret.expose())
            .map_err(|_| "its secret is not base32".to_owned())?;
        Builder::new()
            .with_secret(secret)
            .with_skew(1)
            .with_step_duration(STEP)
            .build()
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B of the RFC, SHA-1, the last six of its eight digits.
        let device = Device {
            serial: "arn:aws:iam::111111111111:mfa/you".to_owned(),
            secret: Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        };
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(device.code_at(seconds).as_deref(), Some(code));
        }
        assert_eq!(device.step_of("287082", 59), Some(1));
        assert_eq!(device.step_of("287082", 89), Some(1));
        assert_eq!(device.step_of("287082", 90), None);
        assert_eq!(device.step_of("287082", 0), Some(1));
    }

    #[test]
    fn a_secret_that_is_no_secret_is_named() {
        let device = Device { serial: "GAHT12345678".to_owned(), secret: Secret::new("no!") };
        assert_eq!(device.check().unwrap_err(), "MFA device 'GAHT12345678': its secret is not base32");
    }
}
