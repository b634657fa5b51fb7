//! `xacct add`: a new role or access key, from options or from a person's answers; shown, tried,
//! then written.

mod answers;
mod access_key;
mod identity_center;

use std::process::ExitCode;

use zeroize::Zeroizing;

pub(super) use self::access_key::TypedKey;
use self::answers::{Answers, New, ProfileKind};
pub(super) use self::answers::{credentials_keys, has_no_credentials, named, region};
use super::change::{self, Access, ChangeOptions, ConfigFiles};
use super::context::Context;
use super::questions::Person;
use crate::aws::Identity;
use crate::broker;
use crate::cli::{Add, Writing};
use crate::config::{Config, FileKind, Ini, IniEdit, Key, Texts, words};
use crate::error::{self, Error, Result};
use crate::source;

/// Keys without their settings work; settings without keys do not.
const ORDER: [FileKind; 2] = [FileKind::Credentials, FileKind::Config];

pub(super) fn run(asked: &Add, context: &Context) -> Result<ExitCode> {
    let files = ConfigFiles::open(context, Access::unless(asked.writing.dry_run))?;
    let person = if asked.asking.no_input {
        None
    } else {
        Person::at_terminal()?
    };
    let answers = Answers::new(asked, &files.config, person.as_ref());
    let new = answers.all()?;
    let texts = texts(&files, &new)?;
    let config = files.config_of(&texts)?;
    // What STS would refuse, or what leads nowhere, is found out here.
    change::plan(context, &config, &new.name)?;
    let changes = files.changes(&texts, &ORDER);
    // Who has said everything on the command line has said yes.
    let yes = asked.writing.yes || !answers.asked_any();
    let asking = ChangeOptions {
        writing: Writing {
            yes,
            ..asked.writing
        },
        no_input: asked.asking.no_input,
    };
    if !files.agreed(&changes, &config, asking, context)? {
        return Ok(ExitCode::SUCCESS);
    }
    let tried = if asked.no_check {
        Tried::Unseen
    } else {
        try_it(asked, context, &config, &new, person.as_ref())?
    };
    if let Tried::Declined(kind) = tried {
        // What is wrong was said before the question.
        context.voice.note("nothing was changed");
        return Ok(ExitCode::from(kind.status()));
    }
    change::note_backups(&files.write(&changes, context)?, context);
    let name = &new.name;
    context.voice.note(&match tried {
        Tried::Works(identity) => {
            format!(
                "'{name}' works: it is {} in account {}",
                identity.arn, identity.account_id
            )
        }
        _ => format!("'{name}' is written, and was not seen to work"),
    });
    if matches!(new.kind, ProfileKind::Role(_)) {
        let quoted = words::typed(name);
        context.voice.note(&format!(
            "xacct adopt {quoted}    gives it to the AWS CLI and every SDK too"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The files with the profile added.
fn texts(files: &ConfigFiles, new: &New) -> Result<Texts> {
    let mut texts = files.raw.clone();
    let mut entries: Vec<(Key, &str)> = Vec::new();
    match &new.kind {
        ProfileKind::Role(settings) | ProfileKind::IdentityCenter { settings, .. } => {
            entries.extend(settings.iter().map(|(key, value)| (*key, value.as_str())));
        }
        ProfileKind::AccessKey { id, secret, token } => {
            let mut keys = vec![
                (Key::AwsAccessKeyId, id.as_str()),
                (Key::AwsSecretAccessKey, secret.expose()),
            ];
            keys.extend(
                token
                    .iter()
                    .map(|token| (Key::AwsSessionToken, token.expose())),
            );
            texts.credentials = Some(added(files, FileKind::Credentials, &new.name, &keys)?);
        }
    }
    let common = [
        (Key::MfaSerial, &new.mfa_serial),
        (Key::Region, &new.region),
    ];
    entries.extend(
        common
            .iter()
            .filter_map(|(key, value)| Some((*key, value.as_deref()?))),
    );
    if !entries.is_empty() {
        texts.config = Some(added(files, FileKind::Config, &new.name, &entries)?);
    }
    if let ProfileKind::IdentityCenter {
        session: Some(session),
        ..
    } = &new.kind
    {
        texts.config = texts.config.map(|text| session.added_to(&text));
    }
    Ok(texts)
}

/// The file's text with these entries of the profile, instead of those that it has.
pub(super) fn added(
    files: &ConfigFiles,
    file: FileKind,
    name: &str,
    entries: &[(Key, &str)],
) -> Result<Zeroizing<String>> {
    let with: Vec<(&str, &str)> = entries.iter().map(|(key, is)| (key.name(), *is)).collect();
    let mut ini = Ini::new(file, files.raw.of(file).map_or("", |text| text.as_str()));
    let added = if ini.has(name) {
        let gone = with.iter().map(|(key, _)| *key).collect();
        ini.replace(&[IniEdit {
            profile: name,
            gone,
            with,
        }])
    } else {
        ini.add(name, &with)
    };
    added.map_err(|why| Error::config(format!("{}: {why}", files.paths.display(file))))?;
    Ok(ini.into_text())
}

/// What came of trying a profile before it is written.
enum Tried {
    Works(Identity),
    /// It is to be written all the same.
    Unseen,
    /// It does not work, for this kind of reason, and is not to be written.
    Declined(error::Kind),
}

/// Whose the credentials are, before anything is written.
///
/// Errors: they do not work, and nobody can be asked whether to write them all the same.
fn try_it(
    asked: &Add,
    context: &Context,
    config: &Config,
    new: &New,
    person: Option<&Person>,
) -> Result<Tried> {
    let why = match identity(asked, context, config, new) {
        Ok(identity) => return Ok(Tried::Works(identity)),
        Err(why) => why.of_unwritten_profile(),
    };
    let asks = person.filter(|_| !asked.writing.yes && !matches!(why.kind, error::Kind::Signal(_)));
    if let Some(person) = asks {
        context.voice.error(&why);
        if person.agrees(&format!(
            "'{}' does not work. write it all the same?",
            new.name
        ))? {
            return Ok(Tried::Unseen);
        }
        return Ok(Tried::Declined(why.kind));
    }
    Err(why.hint("nothing was changed; --no-check writes the profile without trying it"))
}

fn identity(asked: &Add, context: &Context, config: &Config, new: &New) -> Result<Identity> {
    let plan = change::plan(context, config, &new.name)?;
    let credentials = match new.kind {
        // The key itself is what was added, not a session of it.
        ProfileKind::AccessKey { .. } => source::keys(&plan.source)?,
        ProfileKind::Role(_) | ProfileKind::IdentityCenter { .. } => {
            let options = context.options(config, &asked.asking)?;
            let store = context.store()?;
            context
                .broker("add", &plan, &store, &options)
                .credentials()?
        }
    };
    broker::identify(&plan, &credentials, context.now, context.voice)
}
