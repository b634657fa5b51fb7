//! `audit` and its options.

use clap::ArgAction;
use clap::builder::BoolishValueParser;

use crate::duration;
use crate::issuance::Why;

const EXAMPLES: &str = "\
Examples:
  xacct audit                           everything, newest last
  xacct audit client1 --since 7d        what client1 was used for this week
  xacct audit --account 222222222222 --json
  xacct audit --why refused             when AWS rejected cached credentials

The log is ~/.local/state/xacct/audit.jsonl on Linux, or the file named by XACCT_AUDIT_LOG. To turn it off, set audit = false in config.toml.";

/// Show which credentials were issued, and to which process
///
/// One line for each set of credentials that AWS or another source issued; cache hits are not
/// logged. The log contains no secrets, only you can read it, and xacct keeps the last five
/// megabytes. Times are UTC. WHY is the reason for the request: miss (nothing cached), expired,
/// refused (AWS rejected the cached ones), renewal (about to expire), or refresh (--refresh).
/// CALLER is the program that started xacct.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Audit {
    /// Only these profiles
    #[arg(value_name = "PROFILE")]
    pub(crate) profiles: Vec<String>,
    /// Only this account
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Only this role, by name or ARN
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// Only this reason
    #[arg(long, env = "XACCT_WHY", value_name = "WHY")]
    pub(crate) why: Option<Why>,
    /// Only this calling program
    #[arg(long, env = "XACCT_CALLER", value_name = "NAME")]
    pub(crate) caller: Option<String>,
    /// Only this recent: 15m, 8h, 7d or seconds
    #[arg(long, env = "XACCT_SINCE", value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) since: Option<u64>,
    /// Only the last NUMBER lines
    #[arg(short = 'n', long, env = "XACCT_LAST", value_name = "NUMBER")]
    pub(crate) last: Option<usize>,
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}
