//! `serve` and its options.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::ArgAction;
use clap::ValueHint;
use clap::builder::BoolishValueParser;

use super::args::Asking;
use crate::role_options::RoleOptions;

const EXAMPLES: &str = "\
Examples:
  xacct serve client1 -- ./import-all   a run that outlasts one set of credentials
  xacct serve client1 client2 --env-dir ~/.aws-env &
  docker run --network host --env-file ~/.aws-env/client1.env amazon/aws-cli s3 ls";
const USAGE: &str = "xacct serve [OPTIONS] PROFILE -- CMD [ARGS]...
       xacct serve [OPTIONS] PROFILE...";

/// Serve credentials to containers and long-running commands
///
/// Starts a local endpoint, like that of an ECS container, from which every AWS SDK gets new
/// credentials before the old ones expire. With CMD, it runs the command for one profile and ends
/// with it. Without CMD, it serves until Ctrl-C and prints each profile's URL and token as
/// NAME=value lines, or writes them to files.
///
/// You are prompted (for an MFA code, or to sign in) at the start only. If you are needed again
/// later, requests fail with the command to run, 'xacct login', and work again afterwards. CMD gets
/// an empty credentials file and a config file with the profile's settings, because SDKs prefer
/// keys in [default] to the endpoint. It can use only this profile.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Serve {
    /// The profiles
    #[arg(value_name = "PROFILE", required = true)]
    pub(crate) profiles: Vec<String>,
    /// The command to run with PROFILE's credentials
    #[arg(value_name = "CMD", last = true, value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
    /// Write PROFILE.env files for docker's --env-file here, and remove them at the end
    #[arg(long, env = "XACCT_ENV_DIR", value_name = "DIR", value_hint = ValueHint::DirPath)]
    #[arg(conflicts_with = "command")]
    pub(crate) env_dir: Option<PathBuf>,
    /// Print tokens even if stdout is a terminal
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) print: bool,
    /// The port [default: a free one]
    #[arg(long, env = "XACCT_PORT", value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// The address: loopback, 169.254.170.2 or 169.254.170.23; SDKs accept no other
    #[arg(
        long,
        env = "XACCT_ADDRESS",
        value_name = "IP",
        default_value = "127.0.0.1",
        value_parser = address
    )]
    pub(crate) address: IpAddr,
    /// The profile whose credentials assume the role, if PROFILE is a role ARN
    #[arg(long, value_name = "NAME", help_heading = "Role overrides")]
    pub(crate) source_profile: Option<String>,
    #[command(flatten)]
    pub(crate) role: RoleOptions,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What SDKs accept without TLS (docs/aws.md A5).
fn address(text: &str) -> Result<IpAddr, String> {
    let address: IpAddr = text
        .parse()
        .map_err(|_| "not a valid IP address".to_owned())?;
    let of_agents = [
        Ipv4Addr::new(169, 254, 170, 2),
        Ipv4Addr::new(169, 254, 170, 23),
    ]
    .map(IpAddr::from);
    if address.is_loopback() || of_agents.contains(&address) {
        Ok(address)
    } else {
        Err("SDKs accept only loopback, 169.254.170.2 and 169.254.170.23".to_owned())
    }
}
