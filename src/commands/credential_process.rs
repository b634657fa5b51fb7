//! `xacct credential-process PROFILE`: the JSON that AWS SDKs ask a `credential_process` for.

use std::process::ExitCode;

use super::context::{Context, Purpose};
use super::print;
use crate::cli::CredentialProcess;
use crate::error::Result;
use crate::render::formats;

pub(super) fn run(asked: &CredentialProcess, context: &Context) -> Result<ExitCode> {
    let issued = context.issue(
        "credential-process",
        &asked.target,
        &asked.asking,
        Purpose::Document,
    )?;
    print(formats::process_json(&issued.credentials).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
