//! `xacct init SHELL`: its options and examples.

use clap::ArgAction;
use clap::builder::BoolishValueParser;

use crate::duration;
use crate::render::shell::Shell;

const EXAMPLES: &str = "\
Examples:
  eval \"$(xacct init bash)\"                            in ~/.bashrc, likewise zsh in ~/.zshrc
  eval \"$(xacct init zsh --prompt --renew)\"            with the account in the prompt, and renewal
  xacct init fish | source                             in ~/.config/fish/config.fish
  eval \"$(xacct init sh)\"                              in ~/.profile or $ENV, for dash, ksh and others
  eval \"`xacct init tcsh`\"                             in ~/.tcshrc
  eval (xacct init elvish | slurp)                     in ~/.config/elvish/rc.elv
  xacct init powershell | Out-String | Invoke-Expression   in $PROFILE
  mkdir ~/.config/nushell/autoload; xacct init nu | save -f ~/.config/nushell/autoload/xacct.nu

  From then on, 'xacct assume client1' puts the credentials into the shell, and Tab completes profiles.";

/// Print a function for your shell, so that 'xacct assume client1' acts on it, and completion
///
/// It is printed only: you put the line that evaluates it into your shell's start-up file. The function hands every
/// other command, and 'assume' with --print, --format or --shell, to the program as it is.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Init {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: InitShell,
    /// Show the profile and the time that is left in the prompt
    #[arg(long, env = "XACCT_PROMPT", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) prompt: bool,
    /// Before a prompt, renew credentials with less than this left where nobody has to be asked (without a value: 10m)
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
    /// What was typed behind 'xacct'
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
