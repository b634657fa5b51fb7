//! From a profile to a plan: a source of base credentials, then the STS calls that lead to what was
//! asked for.
//!
//! Pure: the files' contents and the environment come in as values, a [`Plan`] or an error with
//! file and line goes out. Nothing is cached, asked or sent here; `broker` does what the plan says.
//! Rules: docs/aws.md A2.

mod key;
mod checks;
mod chain_profile;
mod screen;
mod guards;
mod access_key;
mod transport;
mod machine;
mod process;
mod sso;
mod web_identity;
mod source;
mod chain;
mod partition;
mod region;
mod endpoint;
mod inherited;
mod narrow;
mod roles;
mod mfa;
mod unsent;
mod unused;
mod invariants;
mod origins;
mod make;
mod session;

#[cfg(test)]
mod tests;

use crate::arn::Arn;
use crate::config::{Config, Key, MfaPrompt};
use crate::credentials::Credentials;
use crate::env::Env;
use crate::error::{Error, Place, Result};
use crate::role_options::RoleOptions;

pub(crate) use endpoint::{Connection, Endpoint, IdentityCenter, RetryMode};
pub(crate) use guards::{
    in_other_sections as guards_in_other_sections, of_nobody as guards_of_nobody,
};
pub(crate) use key::PlanKey;
pub(crate) use machine::{CONTAINER_TOKEN_FILE, Metadata};
pub(crate) use mfa::CHAINED_MAXIMUM;
pub(crate) use narrow::{PolicyFile, PolicyText};
pub(crate) use origins::{Origins, Places};
pub(crate) use process::{Inputs, Seen};
pub(crate) use region::{Region, RegionOrigin};
pub(crate) use session::{of_profiles_session, of_sso_session, of_token};
pub(crate) use source::{
    KeyInStore, PROFILE_CHAIN, Source, digest_of, digest_of_profile, in_other_keyring,
};
pub(crate) use sso::Sso;
pub(crate) use transport::check_url;
pub(crate) use unused::{beside_key, beside_token};
pub(crate) use web_identity::{WebIdentity, in_environment as web_identity_in_environment};

/// What was asked for: a profile, or a role and the profile it is assumed from, and what the
/// command line overrides.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// `None` with a role ARN and `source_profile` instead.
    pub(crate) profile: Option<String>,
    pub(crate) source_profile: Option<String>,
    pub(crate) role: RoleOptions,
    /// The first role is assumed by the user's own keys, and carries the code itself, however short
    /// it is: what a console session of more than an hour takes.
    pub(crate) code_on_role: bool,
    /// The variables that stand for options of this run.
    pub(crate) by_variable: Vec<&'static str>,
}

impl Request {
    /// The profile as the files have it.
    pub(crate) fn of_profile(name: &str) -> Request {
        Request {
            profile: Some(name.to_owned()),
            ..Request::default()
        }
    }
}

/// Everything that will be done to get credentials, before any of it is done.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The profile's name, or the role's ARN where none was named.
    pub(crate) profile: String,
    pub(crate) region: Region,
    pub(crate) endpoint: Endpoint,
    /// Where one signs in, for a source that wants that.
    pub(crate) identity_center: Option<IdentityCenter>,
    /// AWS Sign-In, for a source that it renews.
    pub(crate) signin: Option<Endpoint>,
    pub(crate) connection: Connection,
    pub(crate) source: Source,
    /// Digest over everything that decides whose the source's credentials are, whatever they are
    /// used for.
    pub(crate) source_key: PlanKey,
    /// Whether nothing that rests on the source's answer outlives this run:
    /// `credential_process_cache = off`.
    pub(crate) is_uncached: bool,
    /// In the order they are sent; each is signed with what the one before it gave.
    pub(crate) steps: Vec<Step>,
    /// Where a code can come from, if a step needs one.
    pub(crate) mfa: Option<Mfa>,
    /// `confirm = true`: somebody must say yes before credentials are handed out.
    pub(crate) confirm: Option<Confirm>,
    /// What the user should know though it stops nothing.
    pub(crate) warnings: Vec<String>,
    /// Sources that the profile names and that are not used, for `explain`.
    pub(crate) unused: Vec<String>,
}

/// The first profile of a chain that wants a yes, and the line that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirm {
    pub(crate) profile: String,
    pub(crate) place: String,
}

/// How the code for the one step that carries it is come by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mfa {
    pub(crate) serial: String,
    /// The line or option that names the device.
    pub(crate) place: Place,
    /// Whether it is `--mfa-serial` that names it.
    pub(crate) is_typed: bool,
    /// `mfa_process`: a command that prints the code.
    pub(crate) process: Option<String>,
    /// `mfa_prompt`, where a profile of the chain has it.
    pub(crate) prompt: Option<MfaPrompt>,
}

/// One request to STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// The profile whose section says so.
    pub(crate) profile: String,
    pub(crate) action: Action,
    /// Whether this is sent as it stands only if the source turns out to give a user's own access
    /// key. A session that it gives takes no code, lets no role last longer than an hour, and needs
    /// no other session.
    pub(crate) is_conditional: bool,
    /// Digest over everything that decides the answer: where it is sent, who signs it, every
    /// parameter.
    pub(crate) key: PlanKey,
}

/// The action with its parameters, in STS's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Getting the source's credentials, where that takes more than reading them from a file. Not a
    /// request to STS, but for a web identity.
    Source,
    GetSessionToken {
        duration_seconds: u32,
        serial_number: Option<String>,
    },
    AssumeRole(AssumeRole),
}

/// The parameters of `AssumeRole`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AssumeRole {
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) external_id: Option<String>,
    /// 900 to 43200.
    pub(crate) duration_seconds: u32,
    /// Set where this request carries the MFA code itself.
    pub(crate) serial_number: Option<String>,
    pub(crate) source_identity: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) transitive_tag_keys: Vec<String>,
    pub(crate) policy: Option<String>,
    pub(crate) policy_arns: Vec<String>,
}

impl Action {
    /// The device whose code this request carries.
    pub(crate) fn serial_number(&self) -> Option<&str> {
        match self {
            Action::Source => None,
            Action::GetSessionToken { serial_number, .. } => serial_number.as_deref(),
            Action::AssumeRole(role) => role.serial_number.as_deref(),
        }
    }

    /// Whether a session cannot sign it as it stands.
    fn takes_long_term_keys(&self) -> bool {
        match self {
            Action::Source => false,
            Action::GetSessionToken { .. } => true,
            Action::AssumeRole(role) => {
                role.serial_number.is_some() || role.duration_seconds > CHAINED_MAXIMUM
            }
        }
    }
}

impl Step {
    /// STS's name of the action.
    pub(crate) fn action_name(&self) -> &'static str {
        match self.action {
            Action::Source => "Source",
            Action::GetSessionToken { .. } => "GetSessionToken",
            Action::AssumeRole(_) => "AssumeRole",
        }
    }

    /// How long the answer will be good for; `None` where the source decides.
    pub(crate) fn duration_seconds(&self) -> Option<u32> {
        match &self.action {
            Action::Source => None,
            Action::GetSessionToken {
                duration_seconds, ..
            } => Some(*duration_seconds),
            Action::AssumeRole(role) => Some(role.duration_seconds),
        }
    }

    /// The device whose code this request carries.
    pub(crate) fn serial_number(&self) -> Option<&str> {
        self.action.serial_number()
    }

    /// The role that the answer's ARN must name.
    pub(crate) fn role_arn(&self) -> Option<&str> {
        match &self.action {
            Action::Source | Action::GetSessionToken { .. } => None,
            Action::AssumeRole(role) => Some(&role.role_arn),
        }
    }
}

impl Plan {
    /// A plan of these roles, one after another, for unit tests of what reads plans; the source is
    /// an access key.
    #[cfg(test)]
    pub(crate) fn of_roles(profile: &str, roles: Vec<AssumeRole>) -> Plan {
        let step = |role| Step {
            profile: profile.to_owned(),
            action: Action::AssumeRole(role),
            is_conditional: false,
            key: PlanKey::of_digest([0; 32]),
        };
        let keys = "[profile hub]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key \
                    = x\nregion = eu-west-1\n";
        let texts = crate::config::Texts {
            config: Some(keys.to_owned().into()),
            ..Default::default()
        };
        let paths = crate::config::Paths::from_env(&Env::default());
        let config = Config::new(paths, texts).unwrap_or_else(|error| panic!("{error}"));
        let request = Request::of_profile("hub");
        let plan = draft(&config, &request, &Env::default())
            .and_then(|draft| draft.plan(&Read::default()));
        let plan = plan.unwrap_or_else(|error| panic!("{error}"));
        Plan {
            profile: profile.to_owned(),
            steps: roles.into_iter().map(step).collect(),
            ..plan
        }
    }

    /// The source, where one signs in at Identity Center for it.
    pub(crate) fn sso(&self) -> Option<&Sso> {
        match &self.source {
            Source::Sso(sso) => Some(sso),
            _ => None,
        }
    }

    /// Whether there is something to sign in to: Identity Center, `aws login`, or a session that
    /// takes an MFA code.
    pub(crate) fn has_sign_in(&self) -> bool {
        let takes_code = self.steps.iter().any(|step| step.serial_number().is_some());
        takes_code || matches!(self.source, Source::Sso(_) | Source::Login { .. })
    }

    /// Whether the first request is signed by a user's own access key, and not by a session.
    pub(crate) fn has_long_term_keys(&self) -> bool {
        self.source.has_long_term_keys()
    }

    /// The key that this step's answer has where these keys, of a profile or the environment, sign
    /// it: a source that turned out to give them shares the answer with all others that do.
    pub(crate) fn key_signed_by(&self, step: &Step, keys: &Credentials) -> PlanKey {
        let source = Plan::digest_of_keys(keys);
        let endpoint = self.endpoint.identity(&self.region);
        let steps = [(step.profile.clone(), step.action.clone())];
        key::keys(&endpoint, source, &steps)
            .first()
            .copied()
            .unwrap_or(step.key)
    }

    /// A digest of these keys, the secret included, as a source that gives them has it.
    pub(crate) fn digest_of_keys(keys: &Credentials) -> PlanKey {
        key::of_source(&source::identity_of_keys(keys))
    }

    /// The account that the credentials will be in, as far as the files say.
    pub(crate) fn account_id(&self) -> Option<&str> {
        match self.steps.iter().rev().find_map(Step::role_arn) {
            Some(role_arn) => Arn::parse(role_arn).map(|role| role.account_id),
            None => self.source.account_id(),
        }
    }
}

/// The profiles that a plan is made of; what is still to be read is the files that they name.
pub(crate) struct Draft<'a> {
    config: &'a Config,
    request: &'a Request,
    env: &'a Env,
    chain: chain::Chain<'a>,
}

/// What stands in the files that a draft names.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) policies: Vec<PolicyText>,
    /// A digest of the token that says who asks; `None` where it cannot be read.
    pub(crate) token: Option<String>,
    /// The files that decide what a `credential_process` gives.
    pub(crate) process: Seen,
}

/// Holds one value, by its config key, to STS's constraints; keys without any pass.
///
/// Errors: the end of a sentence that begins with the key.
pub(crate) fn check(key: Key, value: &str) -> std::result::Result<(), String> {
    match key {
        Key::RoleArn => checks::role_arn(value),
        Key::ExternalId => checks::external_id(value),
        Key::RoleSessionName => checks::role_session_name(value),
        Key::MfaSerial => checks::serial_number(value),
        Key::DurationSeconds => crate::duration::parse(value)
            .and_then(|seconds| checks::role_duration(seconds).map(|_| ())),
        _ => Ok(()),
    }
}

/// The key that decides who one becomes, narrows or guards it, and that this one, which no program
/// reads, is nearly called like: a profile with such a key has no plan.
pub(crate) fn guard_meant(key: &str) -> Option<Key> {
    screen::misspelt(key)
}

/// Where the console's sign-in is, if not at AWS's own address: the URL, and what says so.
///
/// Errors: of kind `Config`, as [`draft`], and for what is no URL.
pub(crate) fn signin_url(
    config: &Config,
    request: &Request,
    env: &Env,
) -> Result<Option<(String, Place)>> {
    let chain = chain::resolve(config, request, env)?;
    endpoint::of_console(config, &chain, env)
}

/// Follows the profiles.
///
/// Errors are of kind `Config`: no such profile, a cycle, a missing source, half a key pair. Each
/// names file and line where there is one.
pub(crate) fn draft<'a>(
    config: &'a Config,
    request: &'a Request,
    env: &'a Env,
) -> Result<Draft<'a>> {
    let chain = chain::resolve(config, request, env)?;
    Ok(Draft {
        config,
        request,
        env,
        chain,
    })
}

/// What the environment has, the keys or the web identity, whatever the profiles say.
///
/// Errors: of kind `Config`, where there is neither.
pub(crate) fn draft_of_environment<'a>(
    config: &'a Config,
    request: &'a Request,
    env: &'a Env,
) -> Result<Draft<'a>> {
    let chain = chain::of_environment(config, request, env)?;
    Ok(Draft {
        config,
        request,
        env,
        chain,
    })
}

impl Draft<'_> {
    /// Files whose texts [`Draft::plan`] needs.
    pub(crate) fn policy_files(&self) -> Vec<PolicyFile> {
        narrow::files(&self.chain, self.config.paths())
    }

    /// A file whose digest [`Draft::plan`] needs.
    pub(crate) fn token_file(&self) -> Option<&str> {
        self.chain.source.token_file(self.env)
    }

    /// The files whose digest [`Draft::plan`] needs.
    pub(crate) fn process(&self) -> Option<Inputs> {
        match &self.chain.source {
            Source::CredentialProcess { command, .. } => {
                Some(Inputs::of(command, self.config.paths(), self.env))
            }
            _ => None,
        }
    }

    /// Where the plan's values come from.
    pub(crate) fn origins(&self) -> Origins {
        origins::of(self.config, &self.chain)
    }

    /// Where AWS Account Management is, for these profiles.
    pub(crate) fn account_management(&self) -> Result<Endpoint> {
        endpoint::of_account(self.config, &self.chain, self.env)
    }

    /// Where AWS Organizations is, for these profiles.
    pub(crate) fn organizations(&self) -> Result<Endpoint> {
        endpoint::of_organizations(self.config, &self.chain, self.env)
    }

    /// Makes the plan.
    ///
    /// Errors: of kind `Config`, a value that STS would refuse, with its file and line.
    pub(crate) fn plan(self, read: &Read) -> Result<Plan> {
        make::plan(self, read)
    }
}

/// Names a profile in a message, with the line its section starts or the key stands on.
fn at(origin: &crate::config::Origin, message: &str) -> Error {
    Error::config(message).at(origin)
}
