//! `xacct unset`: prints what takes the credentials out of the current shell again, and gives the
//! user's own values back.

use std::process::ExitCode;

use super::context::Context;
use super::{print, shell, written};
use crate::cli::Unset;
use crate::error::Result;
use crate::render::shell as statements;

pub(super) fn run(asked: &Unset, context: &Context) -> Result<ExitCode> {
    let chosen = shell::of_caller(asked.shell, &context.env).ok_or_else(shell::unknown)?;
    let state = &context.shell_state;
    let changes = if asked.failed {
        state.failed()
    } else {
        state.unset()
    };
    let changes = shell::what_fits(chosen, changes);
    let mut text = Vec::new();
    statements::statements(chosen, &shell::change(&changes), &mut text).map_err(written)?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}
