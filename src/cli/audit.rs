//! `audit` and its options.

use clap::ArgAction;
use clap::builder::BoolishValueParser;

use crate::duration;
use crate::issuance::Why;

const EXAMPLES: &str = "\
Examples:
  xacct audit                           everything that is kept, the latest last
  xacct audit client1 --since 7d        what client1 was used for this week
  xacct audit --account 222222222222 --json
  xacct audit --why refused             where AWS did not take what was cached

  The log is ~/.local/state/xacct/audit.jsonl on Linux, or what XACCT_AUDIT_LOG names.
  audit = false in config.toml turns it off.";

/// Show what AWS has issued: when, for which profile, as whom, to which process
///
/// There is one line for each set of credentials that AWS, or another source, has issued, and none for what came from
/// the cache. The log is a file without secrets that only this user can read, and goes back five megabytes. Times are
/// UTC. WHY says why the cache did not do: miss (it had nothing), expired, refused (AWS did not take what it had),
/// renewal (that was about to expire), or refresh (--refresh). CALLER is the program that started xacct.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Audit {
    /// Only what was issued for these profiles
    #[arg(value_name = "PROFILE")]
    pub(crate) profiles: Vec<String>,
    /// Only this account's
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Only this role's, by its name or its ARN
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// Only where this was the reason
    #[arg(long, env = "XACCT_WHY", value_name = "WHY")]
    pub(crate) why: Option<Why>,
    /// Only what this program asked for
    #[arg(long, env = "XACCT_CALLER", value_name = "NAME")]
    pub(crate) caller: Option<String>,
    /// Only what is not older than this: 15m, 8h, 7d or seconds
    #[arg(long, env = "XACCT_SINCE", value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) since: Option<u64>,
    /// Only the last so many of them
    #[arg(short = 'n', long, env = "XACCT_LAST", value_name = "NUMBER")]
    pub(crate) last: Option<usize>,
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}
