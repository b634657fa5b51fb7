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
  xacct console client1 --duration 8h   with MFA, this needs a separate code
  xacct console client1 --copy          over SSH: copies to your local clipboard
  xacct console client3 --switch-role --print";
const USAGE: &str = "xacct console [OPTIONS] PROFILE
       xacct console [OPTIONS] --role-arn ARN --source-profile NAME";

/// Open the AWS console, signed in as a profile
///
/// For a role of IAM Identity Center, xacct opens Identity Center's own link. For an access key, it
/// starts a federation session (GetFederationToken), which has the user's permissions but no MFA.
/// Otherwise, it exchanges the profile's credentials for a sign-in URL. Anyone who has this URL can
/// sign in with it for 15 minutes.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE, mut_args(profile_and_session))]
pub(crate) struct Console {
    /// The service to open, or a console path such as s3/buckets/my-bucket
    #[arg(
        long,
        env = "XACCT_SERVICE",
        value_name = "NAME",
        help_heading = "Console"
    )]
    pub(crate) service: Option<String>,
    /// Print the URL instead of opening it
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    #[arg(help_heading = "Console")]
    pub(crate) print: bool,
    /// Copy the URL to your terminal's clipboard, also over SSH and in tmux
    #[arg(
        long,
        env = "XACCT_COPY",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    #[arg(help_heading = "Console", conflicts_with = "print")]
    pub(crate) copy: bool,
    /// The browser: firefox, chrome, chromium, edge, brave, system, or a command line
    #[arg(
        long,
        env = "XACCT_BROWSER",
        value_name = "BROWSER",
        help_heading = "Console"
    )]
    pub(crate) browser: Option<String>,
    /// Use the console's switch-role link, if you are signed in already
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_SWITCH_ROLE",
        value_parser = BoolishValueParser::new()
    )]
    #[arg(action = ArgAction::SetTrue, help_heading = "Console", conflicts_with = "service")]
    pub(crate) switch_role: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// `--duration` is that of the browser's session here.
fn profile_and_session(arg: Arg) -> Arg {
    if arg.get_id() == "duration" {
        arg.help("How long the console session lasts: 15m to 12h")
            .help_heading("Console")
    } else {
        profile_needed(arg)
    }
}
