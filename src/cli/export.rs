//! `export`: roles for other programs.

const AESR: &str = "\
Examples:
  xacct export aesr > roles.ini         paste it into the extension's options
  xacct export aesr client1 client2";

/// Export roles to other tools
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Export {
    #[command(subcommand)]
    pub(crate) action: ExportAction,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum ExportAction {
    Aesr(ExportAesr),
}

/// Print roles for the AWS Extend Switch Roles extension
///
/// The extension uses the console's switch-role form, which cannot send an external ID or start
/// from another role. Roles that need this are omitted; a comment explains why. xacct sends nothing
/// to AWS.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = AESR)]
pub(crate) struct ExportAesr {
    /// The profiles [default: all roles]
    #[arg(value_name = "PROFILE")]
    pub(crate) profiles: Vec<String>,
}
