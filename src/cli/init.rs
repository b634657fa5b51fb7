//! `xacct init SHELL`: its options and examples.

use clap::ArgAction;
use clap::builder::BoolishValueParser;

use crate::duration;
use crate::render::shell::Shell;

const EXAMPLES: &str = "\
Examples:
  eval \"$(xacct init bash)\"                            in ~/.bashrc; for zsh, in ~/.zshrc
  eval \"$(xacct init zsh --prompt --renew)\"            with a prompt segment and renewal
  xacct init fish | source                             in ~/.config/fish/config.fish
  eval \"$(xacct init sh)\"                              in ~/.profile or $ENV (dash, ksh)
  eval \"`xacct init tcsh`\"                             in ~/.tcshrc
  eval (xacct init elvish | slurp)                     in ~/.config/elvish/rc.elv
  xacct init powershell | Out-String | Invoke-Expression   in $PROFILE
  mkdir ~/.config/nushell/autoload; xacct init nu | save -f ~/.config/nushell/autoload/xacct.nu

Then 'xacct assume client1' changes your shell without eval, and Tab completes profile names.";

/// Print shell integration: assume without eval, completion
///
/// xacct changes no files: add the line from the examples to your shell's start-up file. Other
/// commands, and 'assume' with --print, --format or --shell, work as without the integration.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Init {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: InitShell,
    /// Show the profile and the remaining time in the prompt
    #[arg(
        long,
        env = "XACCT_PROMPT",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) prompt: bool,
    /// Renew credentials that expire sooner than this before each prompt [10m without a value]
    #[arg(long, env = "XACCT_RENEW", value_name = "DURATION", value_parser = duration::parse)]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "10m")]
    pub(crate) renew: Option<u64>,
    /// Print a profile's colour, for the prompt
    // Asked by the prompt's segment when the profile has become another one.
    #[arg(long, value_name = "PROFILE", hide = true)]
    pub(crate) color_of: Option<String>,
    /// Print what tcsh and elvish are to do with what was typed
    // Their functions cannot tell; tcsh's words come in a variable.
    #[arg(long, hide = true)]
    pub(crate) line: bool,
    /// The words after 'xacct'
    #[arg(hide = true, last = true, requires = "line")]
    pub(crate) typed: Vec<String>,
}

/// [`Shell`], less the one that has nothing to hold a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum InitShell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    #[value(alias = "nushell")]
    Nu,
    #[value(aliases = ["dash", "ash", "ksh", "mksh"])]
    Sh,
    #[value(alias = "csh")]
    Tcsh,
    Elvish,
    // Hidden: it is answered with what to use instead.
    #[value(hide = true)]
    Cmd,
}

impl From<InitShell> for Shell {
    fn from(shell: InitShell) -> Shell {
        match shell {
            InitShell::Bash => Shell::Bash,
            InitShell::Zsh => Shell::Zsh,
            InitShell::Fish => Shell::Fish,
            InitShell::PowerShell => Shell::PowerShell,
            InitShell::Nu => Shell::Nu,
            InitShell::Sh => Shell::Sh,
            InitShell::Cmd => Shell::Cmd,
            InitShell::Tcsh => Shell::Tcsh,
            InitShell::Elvish => Shell::Elvish,
        }
    }
}
