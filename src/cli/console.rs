//! `console`: the AWS console, signed in.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use clap::Arg;
use clap::ArgAction;
use clap::builder::BoolishValueParser;

use super::args::Asking;
use super::args::Target;
use super::args::profile_needed;

const EXAMPLES: &str = "\
Examples:
  xacct console client1
  xacct console client1 --service s3 --region eu-west-1
  xacct console client1 --duration 8h   with MFA this takes a code of its own
  xacct console client1 --copy          over SSH: into the clipboard at this end
  xacct console client3 --switch-role --print";
const USAGE: &str = "xacct console [OPTIONS] PROFILE
       xacct console [OPTIONS] --role-arn ARN --source-profile NAME";

/// Open the AWS console, signed in as a profile's role
///
/// For a role of IAM Identity Center it is Identity Center's own link, which needs no credentials. For a profile that is
/// an access key, a federation session of its user is started (GetFederationToken), which has the user's permissions but
/// no MFA. For everything else the profile's credentials are exchanged for a sign-in address, which signs in whoever opens
/// it, for 15 minutes.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE, mut_args(profile_and_session))]
pub(crate) struct Console {
    /// The service to open, or a path of the console such as s3/buckets/my-bucket
    #[arg(long, env = "XACCT_SERVICE", value_name = "NAME", help_heading = "Console")]
    pub(crate) service: Option<String>,
    /// Print the address instead of opening it
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    #[arg(help_heading = "Console")]
    pub(crate) print: bool,
    /// Put the address into the clipboard of this terminal, also over SSH and in tmux
    #[arg(long, env = "XACCT_COPY", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    #[arg(help_heading = "Console", conflicts_with = "print")]
    pub(crate) copy: bool,
    /// The browser: firefox, chrome, chromium, edge, brave, system, or a command line
    #[arg(long, env = "XACCT_BROWSER", value_name = "BROWSER", help_heading = "Console")]
    pub(crate) browser: Option<String>,
    /// Use the console's link to switch to the role, for those who are signed in already
    #[arg(long, env = "XACCT_SWITCH_ROLE", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue, help_heading = "Console", conflicts_with = "service")]
    pub(crate) switch_role: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Here it is the session in the browser that lasts so long.
fn profile_and_session(arg: Arg) -> Arg {
    if arg.get_id() == "duration" {
        arg.help("How long the console session lasts: 15m to 12h").help_heading("Console")
    } else {
        profile_needed(arg)
    }
}
