//! `xacct doctor`: its options and examples.

use clap::ArgAction;
use clap::builder::BoolishValueParser;

const EXAMPLES: &str = "\
Examples:
  xacct doctor                          everything
  xacct doctor client1                  only what client1 uses
  xacct doctor --fix --dry-run          show what --fix would change
  xacct doctor --json | jq '.findings[] | select(.severity == \"error\")'";

/// Find problems in profiles, keys, permissions and network
///
/// Checks every line of the AWS files for what the AWS CLI and the SDKs read differently, and every
/// profile for what AWS would refuse. Each finding names the place and the fix. With PROFILE, it
/// also shows the profile's last error, which some programs hide. doctor never prompts and assumes
/// no role. The exit status is 0 if there are no findings other than notes, otherwise 1.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct Doctor {
    /// Only this profile and those that it uses
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Make safe repairs: permissions, damaged cache files, equivalent spellings
    // No variable: set once and forgotten, it would turn a look into a change.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show what --fix would change
    #[arg(
        long,
        env = "XACCT_DRY_RUN",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) dry_run: bool,
    /// Do not use the network; skips keys, clock and endpoints
    #[arg(
        long,
        env = "XACCT_OFFLINE",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) offline: bool,
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}
