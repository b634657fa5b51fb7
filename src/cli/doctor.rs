//! `xacct doctor`: its options and examples.

use clap::ArgAction;
use clap::builder::BoolishValueParser;

const EXAMPLES: &str = "\
Examples:
  xacct doctor                          everything
  xacct doctor client1                  what client1's credentials rest on
  xacct doctor --fix --dry-run          what --fix would do
  xacct doctor --json | jq '.findings[] | select(.severity == \"error\")'";

/// Find what is wrong: files, profiles, permissions, keys, clock, network
///
/// Every line of the AWS files is looked at for what the AWS CLI and the SDKs read differently, every profile for
/// what AWS would refuse. Each finding says where it is and what to type or write. With PROFILE, what was said when its
/// credentials could last not be had is shown too, which some programs swallow. Nobody is asked for anything, and no
/// role is assumed. The exit status is 0 where nothing is found, or notes only, and 1 otherwise.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Doctor {
    /// Only this profile and those that its credentials rest on
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Mend what takes nothing away from anybody: permissions, useless files in the cache, lines that mean the same
    // No variable: set once and forgotten, it would turn a look into a change.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Only show what --fix would change
    #[arg(long, env = "XACCT_DRY_RUN", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) dry_run: bool,
    /// Do not use the network: keys, clock and endpoints are not looked at
    #[arg(long, env = "XACCT_OFFLINE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) offline: bool,
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}
