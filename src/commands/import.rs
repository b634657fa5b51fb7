//! `xacct import TOOL`: what another tool has written becomes plain profiles.

use std::path::Path;
use std::process::ExitCode;

use super::change::{self, Access, ChangeOptions, ConfigFiles};
use super::context::Context;
use crate::cli::Import;
use crate::config::FileKind;
use crate::config::import::{self, Imported};
use crate::error::{Error, Result};
use crate::files;

pub(super) fn run(asked: &Import, context: &Context) -> Result<ExitCode> {
    let files = ConfigFiles::open(context, Access::unless(asked.writing.dry_run))?;
    let own = own_settings(asked, context)?;
    let imported = import::import(asked.tool, &files.config, &files.raw, own.as_deref())?;
    for left in &imported.left {
        context.voice.note(left);
    }
    let changes = files.changes(&imported.texts, &[FileKind::Config]);
    if changes.is_empty() {
        let tool = asked.tool.name();
        let message = format!("no profile calls {tool}: nothing to change");
        context.voice.note(&message);
        return Ok(ExitCode::SUCCESS);
    }
    let after = files.config_of(&imported.texts)?;
    for name in &imported.profiles {
        hold(context, &after, name)?;
    }
    let asking = ChangeOptions {
        writing: asked.writing,
        no_input: asked.no_input,
    };
    if files.agreed(&changes, &after, asking, context)? {
        let backups = files.write(&changes, context)?;
        tell(&imported, context);
        change::note_backups(&backups, context);
    }
    Ok(ExitCode::SUCCESS)
}

/// The text of the tool's settings file, if there is one.
fn own_settings(asked: &Import, context: &Context) -> Result<Option<String>> {
    let home = context.env.home.as_deref();
    let Some((home, file)) = home.zip(asked.tool.settings_file()) else {
        return Ok(None);
    };
    match files::read_text(&home.join(Path::new(file))) {
        Ok(text) => Ok(Some(text.as_str().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::config(format!("~/{file}: {error}")).caused_by(error)),
    }
}

/// Errors: the profile could not be used afterwards.
fn hold(context: &Context, after: &crate::config::Config, name: &str) -> Result<()> {
    change::plan(context, after, name)
        .map(|_| ())
        .map_err(|error| {
            let message = format!(
                "profile '{name}' could not be used afterwards, and nothing was changed: {}",
                error.message
            );
            Error { message, ..error }
        })
}

fn tell(imported: &Imported, context: &Context) {
    let names = imported.profiles.iter().map(|name| format!("'{name}'"));
    let names = names.collect::<Vec<_>>().join(", ");
    context.voice.note(&format!("plain profiles now: {names}"));
}
