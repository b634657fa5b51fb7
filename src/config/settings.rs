//! xacct's own settings file, `config.toml`: typed settings at its top, and `[profile.NAME]` tables
//! with the keys that the AWS files have. It is xacct's alone, so here everything unknown is an
//! error and not a warning.

use std::collections::HashMap;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;
use zeroize::Zeroizing;

use super::browser::{Browser, Container};
use super::keys::Key;
use super::lookup::Index;
use super::mfa::{MfaPrompt, MfaSettings};
use super::nearest::nearest;
use super::origin::FileKind;
use super::origin::Origin;
use super::section::Section;
use super::section::Setting;
use super::session_name::SessionName;
use super::stored_keys::KeyStore;
use super::toml_text;
use super::toml_text::Lines;
use crate::error::Error;
use crate::error::Result;

/// The settings at the top of the file; the defaults where it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// How long cached credentials are trusted without asking `GetCallerIdentity`.
    pub(crate) verify_after: VerifyAfter,
    /// What opens the console.
    pub(crate) browser: Browser,
    /// Whether profiles have containers in Firefox.
    pub(crate) firefox_container: Container,
    /// How MFA codes are asked for.
    pub(crate) mfa: MfaSettings,
    /// Where new access keys are put; `None` is the first store that is there.
    pub(crate) keys_store: Option<KeyStore>,
    /// How old an access key may get before `keys list` warns, in seconds; `None`: as old as it
    /// likes.
    pub(crate) keys_max_age: Option<u64>,
    /// The duration of `GetSessionToken`, in seconds, where a profile does not set it.
    pub(crate) session_token_duration: u64,
    /// Whether what is issued is written to the audit log.
    pub(crate) audit: bool,
    /// The role session's name where a profile has no `role_session_name`.
    pub(crate) session_name: SessionName,
    /// Whether endpoints on other machines may be asked without TLS.
    pub(crate) allow_http_endpoint: bool,
}

/// `verify_after = "10m"`, `"0s"` or `"never"`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerifyAfter {
    /// This many seconds after they were issued or last verified; 0 is each time.
    Seconds(u64),
    Never,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            verify_after: VerifyAfter::Seconds(600),
            browser: Browser::System,
            firefox_container: Container::None,
            mfa: MfaSettings::default(),
            keys_store: None,
            keys_max_age: Some(90 * 86_400),
            session_token_duration: 43_200,
            audit: true,
            session_name: SessionName::default(),
            allow_http_endpoint: false,
        }
    }
}

/// A setting at the top of the file.
struct KnownSetting {
    /// A dot is a level.
    name: &'static str,
    /// As it would be written.
    default: &'static str,
    /// What it is, as the end of a sentence that begins with the name.
    about: &'static str,
    /// Takes a value into the settings, or says what is wanted instead.
    take: fn(&mut Settings, &DeValue<'_>) -> std::result::Result<(), String>,
}

/// The table of settings. A new setting is a new entry here, and the entry is what
/// `xacct-config(5)` says of it.
const SETTINGS: &[KnownSetting] = &[
    KnownSetting {
        name: "allow_http_endpoint",
        default: "false",
        about: "whether an endpoint on another machine may use http://; anyone on the network path \
                can then read the credentials. Endpoints on this machine always may. A profile can \
                set it for itself",
        take: |settings, value| truth(value).map(|allowed| settings.allow_http_endpoint = allowed),
    },
    KnownSetting {
        name: "audit",
        default: "true",
        about: "whether each set of credentials that AWS issues is noted in the audit log, which \
                'xacct audit' shows",
        take: |settings, value| truth(value).map(|audit| settings.audit = audit),
    },
    KnownSetting {
        name: "console.browser",
        default: "\"system\"",
        about: "what xacct console opens: \"system\" ($BROWSER, else the system's own), \
                \"firefox\", \"chrome\", \"chromium\", \"edge\", \"brave\", or a command line, \
                which has the address in place of %s, or at its end. A profile's browser comes \
                before it",
        take: |settings, value| browser(value).map(|browser| settings.browser = browser),
    },
    KnownSetting {
        name: "console.firefox_container",
        default: "\"none\"",
        about: "whether each profile has a container of its name and color in Firefox, and by \
                which add-on: \"ext+container\" (Open external links in a container), \
                \"ext+granted-containers\" (Granted), or \"none\"",
        take: |settings, value| {
            container(value).map(|container| settings.firefox_container = container)
        },
    },
    KnownSetting {
        name: "keys.max_age",
        default: "\"90d\"",
        about: "how old an access key in a keyring may get before 'xacct keys list' warns: \"90d\", \
                or \"never\"",
        take: |settings, value| max_age(value).map(|age| settings.keys_max_age = age),
    },
    KnownSetting {
        name: "keys.store",
        default: "\"auto\"",
        about: "where 'xacct keys add' and 'xacct keys import' put access keys: \
                \"secret-service\" (GNOME Keyring, KWallet, KeePassXC), \"kernel\", \"pass\", \
                \"keychain\" (macOS), \"credential-manager\" (Windows), or \"auto\", the first \
                of them that there is",
        take: |settings, value| store(value).map(|store| settings.keys_store = store),
    },
    KnownSetting {
        name: "mfa.echo",
        default: "false",
        about: "whether an MFA code is shown while you type it",
        take: |settings, value| truth(value).map(|is_echoed| settings.mfa.is_echoed = is_echoed),
    },
    KnownSetting {
        name: "mfa.pinentry",
        default: "\"pinentry\"",
        about: "the program that mfa.prompt = \"pinentry\" starts, by its name or path",
        take: |settings, value| pinentry(value).map(|name| settings.mfa.pinentry = name),
    },
    KnownSetting {
        name: "mfa.prompt",
        default: "\"auto\"",
        about: "where you are prompted for an MFA code: \"terminal\", \"pinentry\" (GnuPG's \
                program for passphrases), \"dialog\" (a window on the desktop), \"none\" \
                (nowhere, as with --no-input) or \"auto\": on the terminal, and without one in \
                a dialog, if there is a desktop. A profile's mfa_prompt comes before it",
        take: |settings, value| mfa_prompt(value).map(|prompt| settings.mfa.prompt = prompt),
    },
    KnownSetting {
        name: "session_name",
        default: "\"xacct-{user}\"",
        about: "the role session's name, as CloudTrail shows it, where a profile has no \
                role_session_name",
        take: |settings, value| session_name(value).map(|name| settings.session_name = name),
    },
    KnownSetting {
        name: "session_token_duration",
        default: "\"12h\"",
        about: "how long an MFA session lives, which all roles of an access key share: 15m to 36h",
        take: |settings, value| {
            session_token_duration(value).map(|seconds| settings.session_token_duration = seconds)
        },
    },
    KnownSetting {
        name: "verify_after",
        default: "\"10m\"",
        about: "how long cached credentials are trusted before xacct checks them with AWS \
                (GetCallerIdentity); \"0s\" checks each time, \"never\" never",
        take: |settings, value| verify_after(value).map(|after| settings.verify_after = after),
    },
];

fn known(name: &str) -> Option<&'static KnownSetting> {
    SETTINGS.iter().find(|known| known.name == name)
}

/// Name, default and what it is, of every setting, for the man page.
#[cfg(test)]
pub(super) fn documented() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    SETTINGS
        .iter()
        .map(|known| (known.name, known.default, known.about))
}

/// The file, read.
#[derive(Default)]
pub(super) struct SettingsFile {
    pub(super) settings: Settings,
    /// What each `[profile.NAME]` table sets, in the order of the file.
    pub(super) profiles: Vec<Section>,
    /// The places in `profiles` by name.
    by_name: Index<usize>,
}

impl SettingsFile {
    /// The `[profile.NAME]` table.
    pub(super) fn profile(&self, name: &str) -> Option<&Section> {
        match self.by_name.get(|| self.by_name()) {
            Some(by_name) => by_name.get(name).map(|at| &self.profiles[*at]),
            None => self.profiles.iter().find(|profile| profile.name == name),
        }
    }

    fn by_name(&self) -> HashMap<Box<str>, usize> {
        self.profiles
            .iter()
            .enumerate()
            .map(|(at, profile)| (profile.name.as_str().into(), at))
            .collect()
    }

    /// Errors: not TOML, an unknown key, or a value that does not fit, each with its line.
    pub(super) fn parse(text: &str, path: &str) -> Result<SettingsFile> {
        let reader = Reader {
            lines: Lines::of(text),
            path: path.into(),
        };
        let document = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            Error::config(error.message()).at(&reader.origin(span.start))
        })?;
        let mut file = SettingsFile::default();
        for (key, value) in toml_text::in_order(document.get_ref()) {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("profile", DeValue::Table(profiles)) => {
                    file.profiles = reader.profiles(profiles)?;
                }
                ("profile", _) => {
                    return Err(
                        reader.error(key.span().start, "a profile is written [profile.NAME]")
                    );
                }
                (name, _) => reader.setting(name, key.span().start, value, &mut file.settings)?,
            }
        }
        Ok(file)
    }
}

struct Reader {
    lines: Lines,
    path: Arc<str>,
}

impl Reader {
    fn setting(
        &self,
        name: &str,
        at: usize,
        value: &Spanned<DeValue<'_>>,
        settings: &mut Settings,
    ) -> Result<()> {
        if let Some(KnownSetting {
            about,
            default,
            take,
            ..
        }) = known(name)
        {
            return take(settings, value.get_ref()).map_err(|wanted| {
                let error = self.error(at, &format!("{name}: {wanted}"));
                error.hint(format!("{name} is {about} (default: {default})"))
            });
        }
        let below = format!("{name}.");
        match value.get_ref() {
            DeValue::Table(table)
                if SETTINGS.iter().any(|known| known.name.starts_with(&below)) =>
            {
                for (key, value) in toml_text::in_order(table) {
                    let name = format!("{below}{}", key.get_ref());
                    self.setting(&name, key.span().start, value, settings)?;
                }
                Ok(())
            }
            _ => {
                let known: Vec<&str> = SETTINGS
                    .iter()
                    .map(|known| known.name)
                    .chain(["profile"])
                    .collect();
                let all = format!("there are: {}", known.join(", "));
                Err(self.unknown(at, "setting", name, &known, Some(all)))
            }
        }
    }

    fn profiles(&self, tables: &DeTable<'_>) -> Result<Vec<Section>> {
        toml_text::in_order(tables)
            .map(|(name, table)| self.profile(name.get_ref(), name.span().start, table))
            .collect()
    }

    fn profile(&self, name: &str, at: usize, table: &Spanned<DeValue<'_>>) -> Result<Section> {
        let DeValue::Table(table) = table.get_ref() else {
            return Err(self.error(at, &format!("a profile is a table: write [profile.{name}]")));
        };
        let mut section = Section::new(name, self.origin(at));
        for (key, value) in toml_text::in_order(table) {
            let (key, at) = (key.get_ref(), key.span().start);
            let Some(known) = Key::of(key) else {
                let error = self.unknown(at, "profile key", key, &Key::names(), None);
                return Err(match value.get_ref() {
                    DeValue::Table(_) => error.hint(format!(
                        "a name with a dot is quoted: [profile.\"{name}.{key}\"]"
                    )),
                    _ => error,
                });
            };
            let text = toml_text::text(value.get_ref(), known.shape()).map_err(|wanted| {
                self.error(at, &format!("{key}: {wanted}"))
                    .hint(format!("{key} is {}", known.about()))
            })?;
            let sub_lines = text.parts.iter().map(|part| self.lines.at(*part)).collect();
            section.set(
                key,
                Setting::new(Zeroizing::new(text.value), self.origin(at), sub_lines),
            );
        }
        Ok(section)
    }

    /// `all` is the hint where no known name is like this one.
    fn unknown(
        &self,
        at: usize,
        what: &str,
        name: &str,
        known: &[&str],
        all: Option<String>,
    ) -> Error {
        let error = self.error(at, &format!("unknown {what} '{name}'"));
        match nearest(name, known)
            .first()
            .map(|meant| format!("did you mean '{meant}'?"))
            .or(all)
        {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    fn error(&self, at: usize, message: &str) -> Error {
        Error::config(message).at(&self.origin(at))
    }

    fn origin(&self, at: usize) -> Origin {
        Origin {
            file: FileKind::Settings,
            path: Arc::clone(&self.path),
            line: self.lines.at(at),
        }
    }
}

fn verify_after(value: &DeValue<'_>) -> std::result::Result<VerifyAfter, String> {
    match value {
        DeValue::String(text) if text.trim() == "never" => Ok(VerifyAfter::Never),
        _ => toml_text::seconds(value)
            .map(VerifyAfter::Seconds)
            .map_err(|wrong| format!("{wrong}, or \"never\"")),
    }
}

fn truth(value: &DeValue<'_>) -> std::result::Result<bool, String> {
    match value {
        DeValue::Boolean(wanted) => Ok(*wanted),
        _ => Err("accepted are true and false".to_owned()),
    }
}

fn browser(value: &DeValue<'_>) -> std::result::Result<Browser, String> {
    match value {
        DeValue::String(text) => Browser::parse(text),
        _ => Err("a string is wanted, such as \"firefox\"".to_owned()),
    }
}

fn container(value: &DeValue<'_>) -> std::result::Result<Container, String> {
    match value {
        DeValue::String(text) => Container::parse(text),
        _ => Err("a string is wanted, such as \"ext+container\"".to_owned()),
    }
}

fn max_age(value: &DeValue<'_>) -> std::result::Result<Option<u64>, String> {
    match value {
        DeValue::String(text) if text.trim() == "never" => Ok(None),
        _ => toml_text::seconds(value)
            .map(Some)
            .map_err(|wrong| format!("{wrong}, or \"never\"")),
    }
}

fn store(value: &DeValue<'_>) -> std::result::Result<Option<KeyStore>, String> {
    let store = match value {
        DeValue::String(text) if text == "auto" => return Ok(None),
        DeValue::String(text) => KeyStore::parse(text),
        _ => None,
    };
    store.map(Some).ok_or_else(|| {
        let names = KeyStore::ALL.map(|store| format!("\"{}\"", store.name()));
        format!("accepted are \"auto\", {}", names.join(", "))
    })
}

fn mfa_prompt(value: &DeValue<'_>) -> std::result::Result<MfaPrompt, String> {
    match value {
        DeValue::String(text) => MfaPrompt::parse(text),
        _ => Err("a string is wanted, such as \"auto\"".to_owned()),
    }
}

fn pinentry(value: &DeValue<'_>) -> std::result::Result<String, String> {
    match value {
        DeValue::String(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        _ => Err("a program's name or path is wanted, such as \"pinentry-gnome3\"".to_owned()),
    }
}

/// `GetSessionToken` takes 15 minutes to 36 hours (docs/aws.md A3.1).
fn session_token_duration(value: &DeValue<'_>) -> std::result::Result<u64, String> {
    let seconds = toml_text::seconds(value)?;
    if (900..=129_600).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("GetSessionToken takes 15m to 36h".to_owned())
    }
}

fn session_name(value: &DeValue<'_>) -> std::result::Result<SessionName, String> {
    match value {
        DeValue::String(template) => SessionName::parse(template),
        _ => Err("a string is wanted, such as \"xacct-{user}\"".to_owned()),
    }
}

#[cfg(test)]
mod tests;
