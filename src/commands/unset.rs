//! `xacct unset`: prints what takes the credentials out of the current shell again.

use std::process::ExitCode;

use super::context::Context;
use super::{print, shell, written};
use crate::cli::Unset;
use crate::credentials::SET_BY_XACCT;
use crate::error::Result;
use crate::render::shell::{self as statements, Change};

pub(super) fn run(asked: &Unset, context: &Context) -> Result<ExitCode> {
    let change = Change { set: Vec::new(), unset: SET_BY_XACCT.to_vec() };
    let mut text = Vec::new();
    statements::statements(shell::of_caller(asked.shell, &context.env), &change, &mut text)
        .map_err(written)?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}
