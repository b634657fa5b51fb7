//! `keys`: access keys in the system's keyring.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use clap::ArgAction;
use clap::builder::{BoolishValueParser, PossibleValue};

use super::args::{Confirming, Writing};
use crate::config::KeyStore;

const ADD: &str = "\
Examples:
  xacct keys add hub                    prompts for the key, or reads stdin: ID, then secret
  xacct keys add hub --env              from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
  xacct keys add hub --store pass";
const LIST: &str = "\
Examples:
  xacct keys list
  xacct keys list --json";
const IMPORT: &str = "\
Examples:
  xacct keys import hub --dry-run       show the change
  xacct keys import hub
  xacct keys import --all --store pass";
const REMOVE: &str = "\
Examples:
  xacct keys remove hub
  xacct keys remove hub --yes";
const EXPORT: &str = "\
Examples:
  xacct keys export hub > credentials
  xacct keys export hub --print         show it on the terminal";

/// Keep access keys in the keyring, not in a file
///
/// A profile uses a key in the keyring as if it were in ~/.aws/credentials. The keyring is that of
/// the system: the Secret Service of a Linux desktop, pass, the kernel's keyring, the Keychain of
/// macOS, the Credential Manager of Windows; keys.store in config.toml chooses one. xacct opens it
/// only if a request to AWS must be signed with the key, and never if the cache has the answer.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) action: KeysAction,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum KeysAction {
    Add(KeysAdd),
    #[command(visible_alias = "ls")]
    List(KeysList),
    Import(KeysImport),
    #[command(visible_alias = "rm")]
    Remove(KeysRemove),
    Export(KeysExport),
}

/// Put an access key into the keyring
///
/// xacct prompts for the key, tries it with GetCallerIdentity, puts the secret into the keyring and
/// reads it back. The profile can be new, or one that has settings and no credentials yet. Write
/// its MFA device (mfa_serial) and region to ~/.aws/config.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = ADD)]
pub(crate) struct KeysAdd {
    /// The profile that the key is for
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,
    /// The access key ID [default: prompt, or stdin's first line before the secret]
    #[arg(long, value_name = "ID")]
    pub(crate) access_key_id: Option<String>,
    /// Take the key from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
    // No variable for this: set once and forgotten, it would take another key.
    #[arg(long, conflicts_with = "access_key_id")]
    pub(crate) env: bool,
    /// The store [default: keys.store in config.toml]
    #[arg(long, env = "XACCT_STORE", value_name = "STORE")]
    pub(crate) store: Option<KeyStore>,
    /// Do not try the key with AWS first
    #[arg(long, env = "XACCT_NO_CHECK", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_check: bool,
    /// Never prompt; exit with status 5 if you are needed
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
}

/// List the access keys in the keyring
///
/// Reads only xacct's index, not the keyring. The age is the time since the key was stored. Keys
/// older than keys.max_age (90 days) get a warning.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = LIST)]
pub(crate) struct KeysList {
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}

/// Move access keys from the AWS files to the keyring
///
/// xacct shows the change and asks. It puts each key into the keyring and reads it back, and only
/// then removes it from ~/.aws/credentials or ~/.aws/config. It tries each profile, and restores the
/// files if one does not work. The backup has the keys in plain text: xacct asks whether to delete
/// it, and deletes it with --yes.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = IMPORT)]
pub(crate) struct KeysImport {
    /// The profiles
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    pub(crate) profiles: Vec<String>,
    /// Every profile that has a long-term access key in a file
    #[arg(long, conflicts_with = "profiles")]
    pub(crate) all: bool,
    /// The store [default: keys.store in config.toml]
    #[arg(long, env = "XACCT_STORE", value_name = "STORE")]
    pub(crate) store: Option<KeyStore>,
    /// Do not try the profiles with AWS afterwards
    #[arg(long, env = "XACCT_NO_CHECK", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_check: bool,
    #[command(flatten)]
    pub(crate) writing: Writing,
    /// Never prompt; exit with status 5 if you are needed
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
}

/// Remove a profile's access key from the keyring
///
/// AWS still accepts the key afterwards.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = REMOVE)]
pub(crate) struct KeysRemove {
    /// The profile
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,
    #[command(flatten)]
    pub(crate) confirming: Confirming,
}

/// Print a profile's access key, as ~/.aws/credentials has it
///
/// xacct asks for confirmation first. On a terminal, it prints nothing without --print.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXPORT)]
pub(crate) struct KeysExport {
    /// The profile
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,
    /// Print the key even to a terminal
    #[arg(long)]
    pub(crate) print: bool,
    #[command(flatten)]
    pub(crate) confirming: Confirming,
}

impl clap::ValueEnum for KeyStore {
    fn value_variants<'a>() -> &'a [KeyStore] {
        &KeyStore::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}
