//! `xacct each SELECTOR… -- CMD…`: its options and examples.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgAction;
use clap::ValueHint;
use clap::builder::BoolishValueParser;

use super::args::Asking;
use crate::duration;
use crate::role_options::SessionOptions;

const EXAMPLES: &str = "\
Examples:
  xacct each 'client*' -- aws s3 ls
  xacct each tag:prod '!client7' -j 20 -- ./report.sh
  xacct each all --regions all --output json -- aws ec2 describe-vpcs
  xacct each @accounts.txt --output-dir out --timeout 10m -- terraform plan
  xacct each --retry-failed             repeat the last run where it failed
  xacct each all --plan --shard 2/5     show part 2 of 5

Selectors:
  client1, client*, client[1-3]           a profile's name, or a pattern
  tag:prod, account:222222222222, role:Admin, source:hub
                                          what 'xacct list' shows; patterns too
  all                                     every profile that has credentials
  @FILE, @-                               selectors from a file or stdin, one per line
  !SELECTOR                               exclude these; quote it in a shell

Exit status: 0 success, 1 an account failed, 125 xacct failed, 126 or 127 the command cannot be run, 130 Ctrl-C.";

const USAGE: &str = "xacct each [OPTIONS] SELECTOR... -- CMD [ARGS]...
       xacct each [OPTIONS] --plan SELECTOR...
       xacct each [OPTIONS] --retry-failed [-- CMD [ARGS]...]";

/// Run a command in many accounts, in parallel
///
/// xacct first checks all profiles: an error in one stops the run before anything is sent. Then it
/// prompts for what is needed, once for all profiles (MFA codes, sign-ins, `confirm`). Then it runs
/// the command in parallel, up to --jobs at a time, with the environment of 'xacct exec', an empty
/// stdin and a process group of its own. A failure does not stop the other accounts.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
#[command(mut_arg("duration", |arg| arg.hide_short_help(true)))]
pub(crate) struct Each {
    /// Which profiles: client1, 'client*', tag:prod, account:ID, source:hub, all, !NAME
    #[arg(value_name = "SELECTOR", required_unless_present = "retry_failed")]
    #[arg(conflicts_with = "retry_failed")]
    pub(crate) selectors: Vec<String>,
    /// The command and its arguments
    #[arg(last = true, value_name = "CMD", required_unless_present_any = ["retry_failed", "plan"])]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
    /// Parallel commands [default: 2 per core, at least 8]
    #[arg(
        short,
        long,
        env = "XACCT_JOBS",
        value_name = "N",
        value_parser = jobs,
        help_heading = "Run"
    )]
    pub(crate) jobs: Option<u32>,
    /// Regions, separated by commas, or all (enabled)
    #[arg(
        long,
        env = "XACCT_REGIONS",
        value_name = "REGIONS",
        value_delimiter = ',',
        value_parser = region
    )]
    #[arg(help_heading = "Run")]
    pub(crate) regions: Vec<String>,
    /// Time limit for each command: 90, 5m, 1h
    #[arg(
        long,
        env = "XACCT_TIMEOUT",
        value_name = "DURATION",
        value_parser = timeout,
        help_heading = "Run"
    )]
    pub(crate) timeout: Option<u64>,
    /// How often to retry a command that failed or timed out, with backoff
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_RETRIES",
        value_name = "N",
        default_value = "0",
        help_heading = "Run"
    )]
    pub(crate) retries: u32,
    /// After a failure, start no more commands
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_FAIL_FAST",
        value_parser = BoolishValueParser::new()
    )]
    #[arg(action = ArgAction::SetTrue, help_heading = "Run")]
    pub(crate) fail_fast: bool,
    /// Repeat the last run where it failed
    // No variable for this and for --plan: set once and forgotten, they would turn a command into
    // another one.
    #[arg(long, conflicts_with_all = ["regions", "shard"], help_heading = "Run")]
    pub(crate) retry_failed: bool,
    /// Print what would run, as JSON lines; run nothing
    #[arg(long, conflicts_with = "retry_failed", help_heading = "Run")]
    pub(crate) plan: bool,
    /// Run part K of N only, to divide the accounts among N machines
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_SHARD",
        value_name = "K/N",
        value_parser = shard,
        help_heading = "Run"
    )]
    pub(crate) shard: Option<Shard>,
    /// How to print what the commands print
    ///
    /// For group and json, xacct keeps up to 64 kB of each stream in memory and the rest in an
    /// unnamed temporary file.
    #[arg(
        long,
        value_name = "HOW",
        default_value = "stream",
        help_heading = "Output"
    )]
    pub(crate) output: Output,
    /// Write each command's output to DIR/PROFILE.ACCOUNT.REGION.out and .err
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_OUTPUT_DIR",
        value_name = "DIR",
        value_hint = ValueHint::DirPath
    )]
    #[arg(help_heading = "Output")]
    pub(crate) output_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) session: SessionOptions,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What happens to what the commands print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Output {
    /// Each line immediately, prefixed with the profile
    Stream,
    /// One command's output at a time, in the order of the profiles
    Group,
    /// One JSON object per command, in the order of the profiles
    Json,
    /// No output
    None,
}

/// `K/N`: K from 1 to N.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) part: usize,
    pub(crate) of: usize,
}

fn jobs(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(jobs) if jobs > 0 => Ok(jobs),
        _ => Err("must be 1 or more".to_owned()),
    }
}

fn timeout(text: &str) -> Result<u64, String> {
    match duration::parse(text)? {
        0 => Err("timeout must be greater than 0".to_owned()),
        seconds => Ok(seconds),
    }
}

/// It goes into variables and file names: what AWS's regions are made of, and nothing else.
fn region(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a region name is missing".to_owned()),
        name if name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') =>
        {
            Ok(name.to_owned())
        }
        name => Err(format!(
            "'{name}' is not a valid region; example: eu-west-1"
        )),
    }
}

fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text
        .split_once('/')
        .and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    match numbers {
        Some((part, of)) if (1..=of).contains(&part) => Ok(Shard { part, of }),
        _ => Err("write it as K/N, for example 2/5; parts are counted from 1".to_owned()),
    }
}
