//! `xacct each SELECTOR… -- CMD…`: its options and examples.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgAction;
use clap::ValueHint;
use clap::builder::BoolishValueParser;

use super::args::Asking;
use super::args::tag;
use crate::duration;

const EXAMPLES: &str = "\
Examples:
  xacct each 'client*' -- aws s3 ls
  xacct each tag:prod '!client7' -j 20 -- ./report.sh
  xacct each all --regions eu-west-1,us-east-1 --output json -- aws ec2 describe-vpcs > vpcs.jsonl
  xacct each @accounts.txt --output-dir out --timeout 10m --retries 2 -- terraform plan
  xacct each --retry-failed                         the last command, where it did not succeed
  xacct each all --plan --shard 2/5                 what the second of five machines would do

Selectors:
  client1, client*, client?, client[1-3]            a profile's name, or a pattern for names
  tag:prod, account:222222222222, role:Admin        as 'xacct list' shows them; patterns too
  source:hub                                        profiles that get their credentials by way of hub
  all                                               every profile that gives credentials
  @FILE, @-                                         selectors in a file or on stdin, one a line, # comments
  !SELECTOR                                         leave these out, wherever it stands; quote it in a shell

Exit status: 0 where all went well, 1 where an account failed, 125 where xacct itself did, 126 or 127 where
there is no command to run, 130 after Ctrl-C.";

const USAGE: &str = "xacct each [OPTIONS] SELECTOR... -- CMD [ARGS]...
       xacct each [OPTIONS] --plan SELECTOR...
       xacct each [OPTIONS] --retry-failed [-- CMD [ARGS]...]";

/// Run a command in many accounts side by side
///
/// First every plan is made, so that a mistake in a profile ends it before anything is asked or sent; then a person
/// is asked for what is needed, once for all (MFA codes, sign-ins, profiles with `confirm`); then the command runs
/// in one account after another, so many at a time. Each run has the environment that 'xacct exec' gives, an empty
/// stdin, and a process group of its own. What fails does not stop the others.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Each {
    /// Which profiles; see below
    #[arg(value_name = "SELECTOR", required_unless_present = "retry_failed")]
    #[arg(conflicts_with = "retry_failed")]
    pub(crate) selectors: Vec<String>,
    /// The command and its arguments
    #[arg(last = true, value_name = "CMD", required_unless_present_any = ["retry_failed", "plan"])]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
    /// How many at a time; without it, two for each core of this machine, and at least 8
    #[arg(short, long, env = "XACCT_JOBS", value_name = "N", value_parser = jobs, help_heading = "Run")]
    pub(crate) jobs: Option<u32>,
    /// The regions to run in, for each profile, separated by commas; or all: those that each account has enabled
    #[arg(long, env = "XACCT_REGIONS", value_name = "REGIONS", value_delimiter = ',', value_parser = region)]
    #[arg(help_heading = "Run")]
    pub(crate) regions: Vec<String>,
    /// End a command that takes longer: 90, 5m, 1h
    #[arg(long, env = "XACCT_TIMEOUT", value_name = "DURATION", value_parser = timeout, help_heading = "Run")]
    pub(crate) timeout: Option<u64>,
    /// Try a command that failed or took too long again, so many times, with growing pauses
    #[arg(long, env = "XACCT_RETRIES", value_name = "N", default_value = "0", help_heading = "Run")]
    pub(crate) retries: u32,
    /// Start no more once one has failed; those that run go on to their end
    #[arg(long, env = "XACCT_FAIL_FAST", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue, help_heading = "Run")]
    pub(crate) fail_fast: bool,
    /// Run where the last run did not end well; without CMD, its command, with its options for roles
    // No variable for this and for --plan: set once and forgotten, they would turn a command into another one.
    #[arg(long, conflicts_with_all = ["regions", "shard"], help_heading = "Run")]
    pub(crate) retry_failed: bool,
    /// Print what would be done, a JSON object a line, and do none of it
    #[arg(long, conflicts_with = "retry_failed", help_heading = "Run")]
    pub(crate) plan: bool,
    /// Only the K-th of N parts, so that N machines together do each account once
    #[arg(long, env = "XACCT_SHARD", value_name = "K/N", value_parser = shard, help_heading = "Run")]
    pub(crate) shard: Option<Shard>,
    /// What to do with what the commands print
    ///
    /// For group and json, 64 kB of each stream are kept in memory until it is that command's turn, and what is more
    /// in a temporary file without a name; nothing is cut.
    #[arg(long, value_name = "HOW", default_value = "stream", help_heading = "Output")]
    pub(crate) output: Output,
    /// Write what each command prints to DIR/PROFILE.ACCOUNT.REGION.out and .err
    #[arg(long, env = "XACCT_OUTPUT_DIR", value_name = "DIR", value_hint = ValueHint::DirPath)]
    #[arg(help_heading = "Output")]
    pub(crate) output_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) roles: Roles,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What happens to what the commands print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Output {
    /// Line by line as it comes, with the profile before it
    Stream,
    /// All that one command printed together, in the profiles' order
    Group,
    /// A JSON object for each, in the profiles' order
    Json,
    /// Nothing
    None,
}

/// `K/N`: K from 1 to N.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) part: usize,
    pub(crate) of: usize,
}

/// What to use instead of what the profiles say, where it makes sense for many.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Role overrides")]
pub(crate) struct Roles {
    /// The role sessions' name, as CloudTrail shows it
    #[arg(long, env = "XACCT_SESSION_NAME", value_name = "NAME")]
    pub(crate) session_name: Option<String>,
    /// How long the credentials live: 15m, 1h, 12h or seconds
    #[arg(long, env = "XACCT_DURATION", value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) duration: Option<u64>,
    /// The source identity, which stays on through role chains
    #[arg(long, value_name = "NAME")]
    pub(crate) source_identity: Option<String>,
    /// A session tag; may be repeated, or several separated by commas
    #[arg(long, value_name = "KEY=VALUE", value_delimiter = ',', value_parser = tag)]
    pub(crate) tag: Vec<(String, String)>,
    /// A file with a session policy (JSON) that narrows what the roles may do
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Option<PathBuf>,
    /// A managed policy as session policy; may be repeated, or several separated by spaces
    #[arg(long, value_name = "ARN", value_delimiter = ' ')]
    pub(crate) policy_arn: Vec<String>,
    /// Narrow the sessions to reading
    #[arg(long, env = "XACCT_READ_ONLY", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) read_only: bool,
}

fn jobs(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(jobs) if jobs > 0 => Ok(jobs),
        _ => Err("it is a number from 1 on".to_owned()),
    }
}

fn timeout(text: &str) -> Result<u64, String> {
    match duration::parse(text)? {
        0 => Err("nothing is done in no time".to_owned()),
        seconds => Ok(seconds),
    }
}

/// It goes into variables and file names: what AWS's regions are made of, and nothing else.
fn region(text: &str) -> Result<String, String> {
    let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match text.trim() {
        "" => Err("a region's name is missing".to_owned()),
        name if name.chars().all(is_fine) => Ok(name.to_owned()),
        name => Err(format!("'{name}' is no region: write it like eu-west-1")),
    }
}

fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    match numbers {
        Some((part, of)) if (1..=of).contains(&part) => Ok(Shard { part, of }),
        _ => Err("write it like 2/5, the second of five parts; the first is 1".to_owned()),
    }
}
