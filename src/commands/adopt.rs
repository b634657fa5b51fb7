//! `xacct adopt PROFILE… | --all`: roles to xacct's settings file, so that every SDK gets them
//! through xacct, and back.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;

use super::change::{self, Access, ChangeOptions, ConfigFiles};
use super::context::Context;
use super::own_path;
use crate::cli::Adopt;
use crate::config::adopt::{self, Adoption};
use crate::config::{Config, FileKind, Key, Texts};
use crate::error::{Error, Result};
use crate::files;
use crate::plan::Plan;

/// A crash between the files must leave both saying the same, not neither: so what gets more is
/// written first.
const ADOPTING: [FileKind; 2] = [FileKind::Settings, FileKind::Config];
const UNDOING: [FileKind; 2] = [FileKind::Config, FileKind::Settings];

pub(super) fn run(asked: &Adopt, context: &Context) -> Result<ExitCode> {
    let files = ConfigFiles::open(context, Access::unless(asked.writing.dry_run))?;
    let program = own_path::path(&context.env)?;
    let names = if asked.undo {
        adopted(asked, &files)?
    } else {
        adoptable(asked, &files, &program, context)?
    };
    if names.is_empty() {
        let nothing = if asked.undo {
            "no profile is adopted"
        } else {
            "no role to adopt"
        };
        if asked.all {
            context.voice.note(nothing);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let (texts, exact) = if asked.undo {
        undone(&files, &names)?
    } else {
        (
            adopt::adopt(&files.config, &files.raw, &names, &program)?,
            true,
        )
    };
    let after = files.config_of(&texts)?;
    for name in &names {
        hold_plan(context, &files.config, &after, name)?;
    }
    let changes = files.changes(&texts, if asked.undo { &UNDOING } else { &ADOPTING });
    let asking = ChangeOptions {
        writing: asked.writing,
        no_input: asked.no_input,
    };
    if files.agreed(&changes, &after, asking, context)? {
        let backups = files.write(&changes, context)?;
        tell(
            asked,
            &files,
            &names,
            &AdoptResult { exact, backups },
            context,
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The profiles to adopt. One that was named must be one that can be.
fn adoptable(
    asked: &Adopt,
    files: &ConfigFiles,
    program: &str,
    context: &Context,
) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for name in asked_for(asked, files) {
        let refused = match adopt::state(&files.config, &name) {
            Adoption::Adopted if asked.all => continue,
            Adoption::Adopted => {
                context
                    .voice
                    .note(&format!("profile '{name}' is adopted already"));
                continue;
            }
            Adoption::Role => change::plan(context, &files.config, &name).err(),
            Adoption::Not(why) => Some(why),
        };
        match refused {
            None => names.push(name),
            Some(why) if !asked.all => return Err(why),
            Some(why) if is_role(&files.config, &name) => {
                context
                    .voice
                    .warn(&format!("'{name}' is not adopted: {why}"));
            }
            Some(_) => {}
        }
    }
    writable(names, asked, files, program, context)
}

/// The names, each once.
fn asked_for(asked: &Adopt, files: &ConfigFiles) -> Vec<String> {
    let mut names = if asked.all {
        files.config.profile_names()
    } else {
        asked.profiles.clone()
    };
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// Those that can be written so that they would be read the same: where not all together can, half
/// of them, and so on: each time, the files are read back.
fn writable(
    names: Vec<String>,
    asked: &Adopt,
    files: &ConfigFiles,
    program: &str,
    context: &Context,
) -> Result<Vec<String>> {
    if names.is_empty() {
        return Ok(names);
    }
    let Err(why) = adopt::adopt(&files.config, &files.raw, &names, program) else {
        return Ok(names);
    };
    if let [name] = names.as_slice() {
        if !asked.all {
            return Err(why);
        }
        context
            .voice
            .warn(&format!("'{name}' is not adopted: {}", why.message));
        return Ok(Vec::new());
    }
    let mut first = names;
    let second = first.split_off(first.len() / 2);
    let mut good = writable(first, asked, files, program, context)?;
    good.extend(writable(second, asked, files, program, context)?);
    Ok(good)
}

fn is_role(config: &Config, name: &str) -> bool {
    let profile = config.profile(name).ok().flatten();
    profile.is_some_and(|profile| {
        let role_arn = profile.get(Key::RoleArn);
        role_arn.is_some_and(|arn| !arn.value.is_empty())
    })
}

/// The profiles to give back.
fn adopted(asked: &Adopt, files: &ConfigFiles) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for name in asked_for(asked, files) {
        match adopt::state(&files.config, &name) {
            Adoption::Adopted => names.push(name),
            _ if asked.all => {}
            Adoption::Not(why) if !files.config.profile_names().contains(&name) => return Err(why),
            _ => {
                return Err(Error::config(format!(
                    "profile '{name}' is not adopted: nothing to undo"
                )));
            }
        }
    }
    Ok(names)
}

/// The texts before the profiles were adopted, and whether they are those to the byte.
fn undone(files: &ConfigFiles, names: &[String]) -> Result<(Texts, bool)> {
    let backups = files::backups(&files.paths);
    // After a crash between the files there is a backup of what it left, too: the role then was in
    // both.
    let made = backups
        .iter()
        .filter(|before| adopt::made(before, &files.raw, &files.paths, names));
    if let Some(before) =
        made.min_by_key(|before| before.settings.as_ref().map_or(0, |text| text.len()))
    {
        return Ok((
            Texts {
                credentials: files.raw.credentials.clone(),
                keys: files.raw.keys.clone(),
                ..before.clone()
            },
            true,
        ));
    }
    let back = adopt::give_back(&files.config, &files.raw, names)?;
    let exact = backups
        .iter()
        .any(|then| then.config == back.config && then.settings == back.settings);
    Ok((back, exact))
}

/// Errors: the profile would ask STS for something else afterwards, or a change of the files would
/// hide what is wrong.
fn hold_plan(context: &Context, before: &Config, after: &Config, name: &str) -> Result<()> {
    // One that leads nowhere any more can still be given back.
    let Ok(before) = change::plan(context, before, name) else {
        return Ok(());
    };
    let after = change::plan(context, after, name)?;
    let keys = |plan: &Plan| plan.steps.iter().map(|step| step.key).collect::<Vec<_>>();
    let same = keys(&before) == keys(&after)
        && before.source == after.source
        && before.region.name == after.region.name
        && before.confirm.is_some() == after.confirm.is_some();
    if same {
        return Ok(());
    }
    Err(Error::other(format!(
        "profile '{name}' would not be the same afterwards: nothing was changed"
    ))
    .hint(format!(
        "xacct explain {name} --json    says what it is; please report this with what it shows"
    )))
}

/// What came of it.
struct AdoptResult {
    /// Whether the files are as they were before, to the byte.
    exact: bool,
    backups: Vec<PathBuf>,
}

fn tell(
    asked: &Adopt,
    files: &ConfigFiles,
    names: &[String],
    done: &AdoptResult,
    context: &Context,
) {
    let list = names
        .iter()
        .map(|name| format!("'{name}'"))
        .collect::<Vec<_>>()
        .join(", ");
    context.voice.note(&match (asked.undo, done.exact) {
        (false, _) => format!("the AWS CLI and every SDK get {list} from xacct now"),
        (true, true) => format!("{list}: the files are as they were before, to the byte"),
        (true, false) => {
            format!(
                "{list}: moved back; the files had changed since, so comments and order may differ"
            )
        }
    });
    let usual = context
        .env
        .config_dir
        .as_ref()
        .map(|dir| dir.join("xacct/config.toml"));
    if !asked.undo
        && context.env.path("XACCT_CONFIG").is_some()
        && usual.as_ref() != Some(&files.paths.settings)
    {
        context.voice.warn(&format!(
            "XACCT_CONFIG must be set for every program that uses {list}"
        ));
    }
    change::note_backups(&done.backups, context);
}
