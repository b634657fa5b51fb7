//! What every command starts from: environment, voice, clock; and the way from there to a plan and
//! credentials.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};

use super::child_settings::ChildSettings;
use super::policy_option::{self, PipedPolicy};
use crate::broker::{Around, Broker, CodeOption, Options, Typed};
use crate::cache::Store;
use crate::cli::{Asking, Cli, NO_INPUT_VARIABLE, Target};
use crate::config::{self, Config, Paths};
use crate::credentials::Issued;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::files;
use crate::mfa::Code;
use crate::plan::{self, Draft, Origins, Plan, Read, Request};
use crate::role_options::RoleOptions;
use crate::say::{Color, Voice};
use crate::shell_state::ShellState;
use crate::sso::How;
use crate::terminal;

/// What credentials are issued for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A command or a shell, which works with the profile's other settings too.
    Child,
    /// The same for a shell that evaluates what is printed, with a person at it.
    Shell,
    /// The same for `serve`, which makes config files of its own.
    Endpoint,
    /// A program that knows the profile itself, such as the caller of `credential-process`: served
    /// to their end.
    Document,
    /// One that was handed them before, served to their end: no second confirmation.
    Again { is_confirmed: bool },
}

/// Whether the environment asks for no colour.
fn is_plain(env: &Env) -> bool {
    env.get("NO_COLOR").is_some() || env.get("TERM") == Some("dumb")
}

/// Made once, at the edge.
#[derive(Clone)]
pub(super) struct Context {
    /// The user's own environment, without what `assume` has put into this shell.
    pub(super) env: Env,
    /// The shell's environment as it is.
    pub(super) shell: Env,
    pub(super) shell_state: ShellState,
    pub(super) voice: Voice,
    pub(super) now: fn() -> DateTime<Utc>,
    /// The command line, without the program's name.
    pub(super) typed: Vec<OsString>,
    /// Whether what goes to stdout is coloured.
    pub(super) color: bool,
    /// The variables that stand for role overrides of this run.
    by_variable: Vec<&'static str>,
    pub(super) piped_policy: PipedPolicy,
}

impl Context {
    pub(super) fn new(env: Env, cli: &Cli, now: fn() -> DateTime<Utc>) -> Context {
        let speaking = &cli.speaking;
        let plain = is_plain(&env);
        let voice = Voice {
            quiet: speaking.quiet,
            verbose: speaking.verbose,
            color: speaking.color.for_stream(&std::io::stderr(), plain),
            over_progress: false,
        };
        let color = speaking.color.for_stream(&std::io::stdout(), plain);
        let shell_state = ShellState::of(&env);
        let (env, shell) = (shell_state.users().clone(), env);
        let by_variable = cli.by_variable.clone();
        Context {
            env,
            shell,
            shell_state,
            voice,
            now,
            typed: Vec::new(),
            color,
            by_variable,
            piped_policy: PipedPolicy::default(),
        }
    }

    /// How errors are printed before the options are known.
    pub(super) fn voice_by_default(env: &Env) -> Voice {
        Voice {
            color: Color::Auto.for_stream(&std::io::stderr(), is_plain(env)),
            ..Voice::default()
        }
    }

    /// The options that variables stand for in this run, as they would be typed.
    pub(super) fn options_of_variables(&self, role: &RoleOptions) -> Vec<String> {
        role.typed_for(&self.by_variable)
    }

    /// The time as the user's clock shows it.
    pub(super) fn local_now(&self) -> DateTime<FixedOffset> {
        (self.now)().with_timezone(&chrono::Local).fixed_offset()
    }

    /// Reads the profile files and the settings. What guards a profile there, and cannot be told
    /// which, is said.
    pub(super) fn config(&self) -> Result<Config> {
        let paths = Paths::from_env(&self.env);
        let texts = files::read(&paths)?;
        let config = Config::new(paths, texts)?;
        for guard in plan::guards_of_nobody(&config) {
            let hints = guard.hint_texts().join("; ");
            self.voice.warn(&format!("{guard} ({hints})"));
        }
        Ok(config)
    }

    /// `XACCT_CACHE_DIR`, else `xacct` under the user's cache directory. Nothing is read or made
    /// yet.
    pub(super) fn store(&self) -> Result<Store> {
        let own = self.env.path("XACCT_CACHE_DIR").map(PathBuf::from);
        own.or_else(|| self.env.cache_dir.as_ref().map(|dir| dir.join("xacct")))
            .map(Store::new)
            .ok_or_else(|| {
                Error::config("no home directory found to keep credentials under")
                    .hint("set XACCT_CACHE_DIR")
            })
    }

    pub(super) fn plan(&self, config: &Config, target: &Target) -> Result<Plan> {
        self.plan_of(config, &self.request(target)?)
    }

    /// The command line's words as a request; the session policy's file is read here.
    pub(super) fn request(&self, target: &Target) -> Result<Request> {
        Ok(self.with_variables(request(target, &self.piped_policy)?))
    }

    /// Says which of the overrides stood in a variable.
    pub(super) fn with_variables(&self, request: Request) -> Request {
        Request {
            by_variable: self.by_variable.clone(),
            ..request
        }
    }

    /// The plan of a profile; where none has the name, of the session of Identity Center that has
    /// it. A profile that has nothing else to sign in to may name a session and no role.
    pub(super) fn plan_to_sign_in(&self, config: &Config, name: &str) -> Result<Plan> {
        if config.profile(name)?.is_none() && config.sso_session(name).is_some() {
            return plan::of_sso_session(config, &self.env, name);
        }
        let planned = self.plan_of(config, &Request::of_profile(name));
        if planned.as_ref().is_ok_and(Plan::has_sign_in) {
            return planned;
        }
        match plan::of_profiles_session(config, &self.env, name) {
            Ok(Some(session)) => Ok(session),
            _ => planned,
        }
    }

    /// The plan, with the files that it names read.
    pub(super) fn plan_of(&self, config: &Config, request: &Request) -> Result<Plan> {
        finished(plan::draft(config, request, &self.env)?)
    }

    /// The plan, and where its values come from.
    pub(super) fn explained(&self, config: &Config, target: &Target) -> Result<(Plan, Origins)> {
        let request = self.request(target)?;
        let draft = plan::draft(config, &request, &self.env)?;
        let origins = draft.origins();
        Ok((finished(draft)?, origins))
    }

    /// The option or variable that forbids prompts, if one does.
    pub(super) fn no_input(&self, asking: &Asking) -> Option<&'static str> {
        asking.no_input.then(|| self.what_forbids_asking())
    }

    fn what_forbids_asking(&self) -> &'static str {
        if self.by_variable.contains(&NO_INPUT_VARIABLE) {
            NO_INPUT_VARIABLE
        } else {
            "--no-input"
        }
    }

    /// The plan for what is in the shell's environment, whatever the profiles say.
    pub(super) fn plan_of_environment(&self, config: &Config, target: &Target) -> Result<Plan> {
        finished(plan::draft_of_environment(
            config,
            &self.request(target)?,
            &self.shell,
        )?)
    }

    /// How credentials are asked for.
    pub(super) fn options(&self, config: &Config, asking: &Asking) -> Result<Options> {
        let forbidden_by = self.what_forbids_asking();
        let code = match (&asking.mfa_code, asking.no_input) {
            (Some(code), _) => CodeOption::Given(
                Code::parse(code.expose())
                    .map_err(|why| Error::usage(format!("--mfa-code: {why}")))?,
            ),
            (None, true) => CodeOption::None { forbidden_by },
            (None, false) => CodeOption::Prompt(config.settings().mfa.clone()),
        };
        Ok(Options {
            code,
            typed: self.typed_of(asking),
            no_input: self.no_input(asking),
            sign_in: (!asking.no_input).then(|| how(asking)),
            refresh: asking.refresh,
            verify: asking.verify,
            min_ttl: asking.min_ttl.unwrap_or(0),
            within: asking.within.map(Duration::from_secs),
            until_expiry: false,
            for_shell: false,
            verify_after: config.settings().verify_after,
            audit: config.settings().audit,
        })
    }

    fn typed_of(&self, asking: &Asking) -> Typed {
        let sign_in = [
            (
                asking.device_code && !self.by_variable.contains(&"XACCT_DEVICE_CODE"),
                "--device-code",
            ),
            (
                asking.no_browser && !self.by_variable.contains(&"XACCT_NO_BROWSER"),
                "--no-browser",
            ),
        ];
        Typed {
            mfa_code: asking.mfa_code.is_some() && !self.by_variable.contains(&"XACCT_MFA_CODE"),
            sign_in: sign_in
                .into_iter()
                .find(|(is_typed, _)| *is_typed)
                .map(|(_, option)| option),
        }
    }

    /// The whole way: files, plan, credentials. `command` is the word the user typed, for those who
    /// wait.
    pub(super) fn issue(
        &self,
        command: &str,
        target: &Target,
        asking: &Asking,
        purpose: Purpose,
    ) -> Result<Issued> {
        let config = self.config()?;
        // A Ctrl-C while the pipe is read must not reach a shell that waits for statements.
        if purpose == Purpose::Shell && policy_option::is_piped(&target.role.session) {
            terminal::take();
        }
        let plan = self.plan(&config, target)?;
        let mut options = self.options(&config, asking)?;
        if matches!(purpose, Purpose::Document | Purpose::Again { .. }) {
            options.until_expiry = true;
            // An SDK that waits for an answer is no time for a browser.
            options.sign_in = None;
        }
        if matches!(purpose, Purpose::Again { .. }) {
            options.code = CodeOption::Server;
            options.no_input = Some("serve");
        }
        options.for_shell = purpose == Purpose::Shell;
        let store = self.store()?;
        // Before anyone is asked for a code: what is wrong with a setting must not cost one.
        let settings = match purpose {
            Purpose::Child | Purpose::Shell => {
                self.child_settings(&config, &store).of(&plan.profile)?
            }
            Purpose::Endpoint => match config.profile(&plan.profile)? {
                Some(profile) => config::child_variables(&config, &profile, &self.env)?,
                None => Vec::new(),
            },
            Purpose::Document | Purpose::Again { .. } => Vec::new(),
        };
        let broker = self.broker(command, &plan, &store, &options);
        if purpose != (Purpose::Again { is_confirmed: true }) {
            broker.confirm()?;
        }
        let credentials = broker.credentials()?;
        Ok(Issued {
            credentials,
            profile: plan.profile,
            region: plan.region.name,
            settings,
        })
    }

    pub(super) fn child_settings<'a>(
        &'a self,
        config: &'a Config,
        store: &'a Store,
    ) -> ChildSettings<'a> {
        ChildSettings::new((config, store), &self.env, self.voice, self.now)
    }

    pub(super) fn broker<'a>(
        &'a self,
        command: &str,
        plan: &'a Plan,
        store: &'a Store,
        options: &'a Options,
    ) -> Broker<'a> {
        let me = format!(
            "xacct {command} {} (pid {})",
            plan.profile,
            std::process::id()
        );
        Broker::new(plan, self.around(me, store, options))
    }

    /// What a broker works with; `me` is for those who wait.
    pub(super) fn around<'a>(
        &'a self,
        me: String,
        store: &'a Store,
        options: &'a Options,
    ) -> Around<'a> {
        Around {
            store,
            env: &self.env,
            options,
            voice: self.voice,
            now: self.now,
            me,
        }
    }
}

fn finished(draft: Draft<'_>) -> Result<Plan> {
    let policies = files::read_policies(draft.policy_files())?;
    let token = draft.token_file().and_then(files::digest_of);
    let process = draft
        .process()
        .map(|inputs| files::digest_of_inputs(&inputs))
        .unwrap_or_default();
    draft.plan(&Read {
        policies,
        token,
        process,
    })
}

/// What the command line says of signing in.
pub(super) fn how(asking: &Asking) -> How {
    How {
        device_code: asking.device_code,
        no_browser: asking.no_browser,
    }
}

fn request(target: &Target, piped: &PipedPolicy) -> Result<Request> {
    let mut role = target.role.clone();
    role.session = piped.read(&role.session)?;
    let mut profile = target.profile.clone();
    // A role ARN may stand where a profile's name does.
    if target.source_profile.is_some()
        && let Some(role_arn) = profile.take_if(|name| name.starts_with("arn:"))
    {
        if let Some(other) = &role.role_arn {
            return Err(Error::usage(format!(
                "two roles were named: PROFILE is one, and --role-arn is {other}"
            )));
        }
        role.role_arn = Some(role_arn);
    }
    Ok(Request {
        profile,
        source_profile: target.source_profile.clone(),
        role,
        ..Request::default()
    })
}
