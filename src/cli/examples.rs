//! What `--help` shows last: commands that can be typed as they stand, with what they do. And the
//! usage lines that clap cannot work out by itself.

pub(super) const XACCT: &str = "\
Examples:
  eval $(xacct assume client1)          put client1's credentials into this shell
  xacct exec client1 -- aws s3 ls       run one command in client1's account
  xacct sandbox tour                    a demonstration, without an AWS account";
pub(super) const ASSUME: &str = "\
Examples:
  eval $(xacct assume client1)                          sh, bash, zsh
  eval (xacct assume client1)                           fish
  xacct assume client1 | from json | load-env           nu
  xacct assume client1 | Out-String | iex               PowerShell
  eval $(xacct assume client1) && terraform plan        stops if assume fails
  xacct assume arn:aws:iam::222222222222:role/Audit --source-profile hub --external-id x1
  xacct assume client1 --format env > client1.env       for docker run --env-file";
pub(super) const UNSET: &str = "\
Examples:
  eval $(xacct unset)                   sh, bash, zsh
  xacct unset --shell fish | source     fish";
pub(super) const EXEC: &str = "\
Examples:
  xacct exec client1 -- aws s3 ls
  xacct exec client1 terraform plan -out=plan.bin
  xacct exec client1                    a shell with client1's credentials
  xacct exec --duration 4h client1 -- make deploy";
pub(super) const CREDENTIAL_PROCESS: &str = "\
Examples:
  xacct credential-process client1

To use it from every SDK, run 'xacct adopt client1'. By hand, under another name, write this to ~/.aws/config:
  [profile client1-sdk]
  credential_process = /usr/local/bin/xacct credential-process client1";
pub(super) const WHOAMI: &str = "\
Examples:
  xacct whoami                          the credentials in this shell
  xacct whoami client1 --json           a profile's credentials";
pub(super) const LIST: &str = "\
Examples:
  xacct list
  xacct ls --json | jq -r '.[] | select(.status == \"cached\") | .profile'";
pub(super) const EXPLAIN: &str = "\
Examples:
  xacct explain client1
  xacct explain client1 --duration 4h   what changes with a longer session
  xacct explain client1 --json";
pub(super) const CONFIG_SHOW: &str = "\
Examples:
  xacct config show client1
  xacct config show --json --no-origin";
pub(super) const LOGIN: &str = "\
Examples:
  xacct login acme                      sign in to IAM Identity Center, in the browser
  xacct login acme --device-code        with a browser on another computer
  xacct login me --aws                  sign in as `aws login` does, without an access key
  xacct login client1                   enter the MFA code now
  xacct login client1 --refresh         start a new MFA session";
pub(super) const LOGOUT: &str = "\
Examples:
  xacct logout acme
  xacct logout --all";
pub(super) const CLEAR: &str = "\
Examples:
  xacct clear client1 client2
  xacct clear --all";
pub(super) const ADD: &str = "\
Examples:
  xacct add                             prompts for everything
  xacct add client1 --role-arn ARN --source-profile hub
  xacct add hub --access-key            prompts for the key, or reads stdin";
pub(super) const ADOPT: &str = "\
Examples:
  xacct adopt client1 --dry-run         show the change
  xacct adopt client1 client2           then: aws --profile client1 s3 ls
  xacct adopt --all --yes
  xacct adopt client1 --undo            restore the profile";
pub(super) const IMPORT: &str = "\
Examples:
  xacct import aws-vault --dry-run      show the change
  xacct import granted --yes";
pub(super) const SANDBOX: &str = "\
Examples:
  xacct sandbox                         a shell with sample profiles
  xacct sandbox tour                    a demonstration
  xacct sandbox -- xacct list           one command in the sandbox
  xacct sandbox --world accounts.toml   with your own accounts and roles";
pub(super) const SANDBOX_SERVE: &str = "\
Examples:
  xacct sandbox serve
  xacct sandbox serve --dir /tmp/box --port 4599";
pub(super) const SANDBOX_CODE: &str = "\
Examples:
  xacct sandbox code
  XACCT_MFA_CODE=$(xacct sandbox code) xacct exec client1 -- aws s3 ls";
pub(super) const SANDBOX_LOG: &str = "\
Examples:
  xacct sandbox log
  xacct sandbox log --json";
pub(super) const SANDBOX_TOUR: &str = "\
Examples:
  xacct sandbox tour
  xacct sandbox tour | less";

/// For the commands that cannot do without PROFILE or --role-arn, where clap would show
/// `[PROFILE]`.
pub(super) const ASSUME_USAGE: &str = "xacct assume [OPTIONS] PROFILE
       xacct assume [OPTIONS] --role-arn ARN --source-profile NAME";
pub(super) const EXEC_USAGE: &str = "xacct exec [OPTIONS] PROFILE [[--] CMD [ARGS]...]
       xacct exec [OPTIONS] --role-arn ARN --source-profile NAME [-- CMD [ARGS]...]";
pub(super) const CREDENTIAL_PROCESS_USAGE: &str = "xacct credential-process [OPTIONS] PROFILE
       xacct credential-process [OPTIONS] --role-arn ARN --source-profile NAME";
pub(super) const EXPLAIN_USAGE: &str = "xacct explain [OPTIONS] PROFILE
       xacct explain [OPTIONS] --role-arn ARN --source-profile NAME";
pub(super) const LOGOUT_USAGE: &str = "xacct logout [OPTIONS] PROFILE
       xacct logout [OPTIONS] --all";
pub(super) const CLEAR_USAGE: &str = "xacct clear [OPTIONS] PROFILE...
       xacct clear [OPTIONS] --all";
pub(super) const ADD_USAGE: &str = "xacct add [OPTIONS] [NAME]
       xacct add [OPTIONS] NAME --role-arn ARN --source-profile NAME
       xacct add [OPTIONS] NAME --role-arn ARN --credential-source SOURCE
       xacct add [OPTIONS] NAME --access-key
       xacct add [OPTIONS] NAME --sso-session NAME --sso-account-id ID --sso-role-name NAME";
pub(super) const ADOPT_USAGE: &str = "xacct adopt [OPTIONS] PROFILE...
       xacct adopt [OPTIONS] --all";
