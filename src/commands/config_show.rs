//! `xacct config show [PROFILE]`: every setting with the file and line it comes from.

use std::io::Write;
use std::process::ExitCode;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::context::Context;
use super::print;
use crate::cli::ConfigShow;
use crate::config::Config;
use crate::config::FileKind;
use crate::config::Key;
use crate::config::Origin;
use crate::config::Problem;
use crate::config::Section;
use crate::config::Setting;
use crate::config::SubSetting;
use crate::config::shown;
use crate::error::Error;
use crate::error::Result;
use crate::masked::MASK;
use crate::say::visible;

/// What is shown: everything, or one profile with the sections that it names.
struct ShownConfig {
    profiles: Vec<Section>,
    sso_sessions: Vec<Section>,
    services: Vec<Section>,
    problems: Vec<Problem>,
}

pub(super) fn run(asked: &ConfigShow, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let mut text = Vec::new();
    let problems = show(
        &config,
        asked.profile.as_deref(),
        asked.json,
        asked.no_origin,
        &mut text,
    )?;
    print(&text)?;
    for problem in problems {
        context.voice.warn(&problem.to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes to `out`, and gives back what remains to be said on stderr: the problems, unless they are
/// in the JSON.
///
/// Errors: there is no such profile; writing failed.
pub(crate) fn show(
    config: &Config,
    profile: Option<&str>,
    json: bool,
    no_origin: bool,
    out: &mut impl Write,
) -> Result<Vec<Problem>> {
    let shown = match profile {
        Some(name) => one(config, name)?,
        None => all(config),
    };
    let text = if json {
        as_json(config, &shown, no_origin)
    } else {
        as_text(&shown, no_origin)
    };
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| {
            Error::other(format!("cannot write the settings: {error}")).caused_by(error)
        })?;
    Ok(if json { Vec::new() } else { shown.problems })
}

fn all(config: &Config) -> ShownConfig {
    let (sso_sessions, services) = (config.sso_session_names(), config.services_names());
    let sso_sessions = sso_sessions.iter();
    let services = services.iter();
    ShownConfig {
        profiles: config.profiles(),
        sso_sessions: sso_sessions
            .filter_map(|name| config.sso_session(name))
            .collect(),
        services: services.filter_map(|name| config.services(name)).collect(),
        problems: config.problems(),
    }
}

/// An include that does not work out is a problem here and no error: this command is how one finds
/// it.
fn one(config: &Config, name: &str) -> Result<ShownConfig> {
    let Some(profile) = config
        .profiles()
        .into_iter()
        .find(|profile| profile.name == name)
    else {
        return Err(config.no_profile(name));
    };
    let sso_session = profile.get(Key::SsoSession);
    let sso_session = sso_session.and_then(|setting| config.sso_session(&setting.value));
    let services = profile.get(Key::Services);
    let services = services.and_then(|setting| config.services(&setting.value));
    let beside = sso_session
        .iter()
        .chain(&services)
        .flat_map(|section| section.problems.clone());
    let problems = profile.problems.iter().cloned().chain(beside).collect();
    Ok(ShownConfig {
        sso_sessions: sso_session.into_iter().collect(),
        services: services.into_iter().collect(),
        profiles: vec![profile],
        problems,
    })
}

/// What a value in the JSON needs besides itself.
struct Written<'a> {
    config: &'a Config,
    no_origin: bool,
}

impl Written<'_> {
    fn path(&self, file: FileKind) -> Value {
        match self.config.paths().of(file).to_string_lossy() {
            path if path.is_empty() => Value::Null,
            path => Value::from(path),
        }
    }

    fn value(&self, value: String, origin: &Origin) -> Value {
        if self.no_origin {
            return Value::from(value);
        }
        json!({ "value": value, "file": self.path(origin.file), "line": origin.line })
    }

    fn setting(&self, key: &str, setting: &Setting) -> Value {
        self.value(setting.shown(key), &setting.origin)
    }

    /// A service's settings are its own object, `{"sts": {"endpoint_url": …}}`; what is not nested
    /// stays as it is.
    fn service(&self, key: &str, setting: &Setting) -> Value {
        let mut nested = Map::new();
        for sub in setting.subs() {
            let value = shown::nested(&sub.key, &sub.value);
            nested.insert(sub_name(&sub), self.value(value, &sub.origin));
        }
        if nested.is_empty() {
            return self.setting(key, setting);
        }
        Value::Object(nested)
    }

    fn problem(&self, problem: &Problem) -> Value {
        json!({
            "file": self.path(problem.origin.file),
            "line": problem.origin.line,
            "message": problem.message,
        })
    }
}

/// By the sections' names, then by the keys'.
fn by_name(sections: &[Section], value: impl Fn(&str, &Setting) -> Value) -> Value {
    let mut names = Map::new();
    for section in sections {
        let mut keys = Map::new();
        for (key, setting) in section.iter() {
            keys.insert(shown_name(key, setting), value(key, setting));
        }
        names.insert(section.name.clone(), Value::Object(keys));
    }
    Value::Object(names)
}

fn as_json(config: &Config, shown: &ShownConfig, no_origin: bool) -> String {
    let written = Written { config, no_origin };
    let problems = shown.problems.iter();
    super::json(&json!({
        "files": {
            "config": written.path(FileKind::Config),
            "credentials": written.path(FileKind::Credentials),
            "settings": written.path(FileKind::Settings),
        },
        "profiles": by_name(&shown.profiles, |key, setting| written.setting(key, setting)),
        "sso_sessions": by_name(&shown.sso_sessions, |key, setting| written.setting(key, setting)),
        "services": by_name(&shown.services, |key, setting| written.service(key, setting)),
        "problems": problems.map(|problem| written.problem(problem)).collect::<Vec<_>>(),
    }))
}

fn as_text(shown: &ShownConfig, no_origin: bool) -> String {
    let kinds = [
        ("profile", &shown.profiles),
        ("sso-session", &shown.sso_sessions),
        ("services", &shown.services),
    ];
    let mut blocks = Vec::new();
    for (prefix, sections) in kinds {
        blocks.extend(
            sections
                .iter()
                .map(|section| block(prefix, section, no_origin)),
        );
    }
    blocks.join("\n")
}

/// As it would stand in `~/.aws/config`, with the origin as a comment.
fn block(prefix: &str, section: &Section, no_origin: bool) -> String {
    let name = visible(&section.name);
    let name = if name.contains(' ') {
        format!("\"{name}\"")
    } else {
        name
    };
    let mut lines = vec![format!("[{prefix} {name}]")];
    for (key, setting) in section.iter() {
        let value = setting.shown(key);
        let mut value = value.split('\n').map(visible);
        let first = format!(
            "{} = {}",
            shown_name(key, setting),
            value.next().unwrap_or_default()
        );
        let origin = if no_origin {
            String::new()
        } else {
            format!("   # {}", visible(&setting.origin.to_string()))
        };
        lines.push(format!("{}{origin}", first.trim_end()));
        lines.extend(value.map(|line| format!("    {line}")));
    }
    lines.join("\n") + "\n"
}

/// The key, unless it may be a secret itself: the line tells such apart.
fn shown_name(key: &str, setting: &Setting) -> String {
    name_or_line(shown::key_name(key, &setting.value), &setting.origin)
}

fn sub_name(sub: &SubSetting) -> String {
    name_or_line(shown::key_name(&sub.key, &sub.value), &sub.origin)
}

fn name_or_line(name: Option<&str>, origin: &Origin) -> String {
    name.map_or_else(|| format!("{MASK} (line {})", origin.line), str::to_owned)
}
