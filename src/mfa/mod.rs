//! mfa
