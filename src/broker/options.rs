//! What the command line, its variables and the settings file say of how credentials are asked for.

use std::time::Duration;

use crate::config::{MfaSettings, VerifyAfter};
use crate::mfa::Code;
use crate::sso::How;

/// How credentials are asked for, from the command line, its variables and the settings file.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct Options {
    /// Who has the MFA code; `mfa_process` of the plan comes after `--mfa-code`.
    pub(crate) code: CodeOption,
    pub(crate) typed: Typed,
    /// `--no-input`, or the variable that says the same.
    pub(crate) no_input: Option<&'static str>,
    /// How a person may be asked to sign in at Identity Center; `None` for nobody.
    pub(crate) sign_in: Option<How>,
    /// `--refresh`
    pub(crate) refresh: bool,
    /// `--verify`
    pub(crate) verify: bool,
    /// `--min-ttl`, seconds.
    pub(crate) min_ttl: u64,
    /// `--within`
    pub(crate) within: Option<Duration>,
    /// Serve until true expiry instead of asking a person early, and ask nobody whom no caller
    /// waits for (`credential-process`).
    pub(crate) until_expiry: bool,
    /// Whether a shell evaluates what is printed: Ctrl-C must not reach it, or it keeps its last
    /// account.
    pub(crate) for_shell: bool,
    /// `verify_after`
    pub(crate) verify_after: VerifyAfter,
    /// `audit`: whether what is issued goes into the audit log.
    pub(crate) audit: bool,
}

/// Who has the MFA code, as far as the command line and the settings file say.
#[derive(Debug, Clone)]
pub(crate) enum CodeOption {
    /// `--mfa-code 123456`
    Given(Code),
    /// A prompt, as these settings have it.
    Prompt(MfaSettings),
    /// `--no-input`, or the variable that says the same.
    None { forbidden_by: &'static str },
    /// No prompt: `serve`, once it serves.
    Server,
}

/// What was typed on the command line, as opposed to set in a variable, and must not be dropped in
/// silence.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Typed {
    /// `--mfa-code`
    pub(crate) mfa_code: bool,
    /// The option that says how to sign in to Identity Center.
    pub(crate) sign_in: Option<&'static str>,
}
