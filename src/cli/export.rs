//! `export`: roles for other programs.

const AESR: &str = "\
Examples:
  xacct export aesr > roles.ini         every role; paste it into the extension's options
  xacct export aesr client1 client2";

/// Write the roles down for other programs
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Export {
    #[command(subcommand)]
    pub(crate) action: ExportAction,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum ExportAction {
    Aesr(ExportAesr),
}

/// Print the roles as a configuration of the browser extension AWS Extend Switch Roles
///
/// The extension changes roles in the console by AWS's switch-role form, which can send no external ID and start from no
/// other role. Roles that need that are left out, and a comment says why. AWS is not asked.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = AESR)]
pub(crate) struct ExportAesr {
    /// The profiles, which are roles; without any, every role
    #[arg(value_name = "PROFILE")]
    pub(crate) profiles: Vec<String>,
}
