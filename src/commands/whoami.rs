//! `xacct whoami [PROFILE]`: GetCallerIdentity of the shell's credentials, or of a profile's.

use std::process::ExitCode;

use serde::Serialize;

use super::context::Context;
use super::print;
use crate::aws::Identity;
use crate::broker;
use crate::cli::{Target, Whoami};
use crate::error::{Error, Result};
use crate::plan::{self, Source};
use crate::say;

pub(super) fn run(asked: &Whoami, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let plan = match target(asked, context)? {
        Some(target) => context.plan(&config, &target)?,
        None => context.plan_of_environment(&config, &asked.target)?,
    };
    if let (Source::Environment { .. }, []) = (&plan.source, &plan.steps[..]) {
        // Also keys that have ended, which STS knows better.
        let credentials = crate::source::keys(&plan.source)?;
        return show(
            &broker::identify(&plan, &credentials, context.now, context.voice)?,
            asked.json,
        );
    }
    let options = context.options(&config, &asked.asking)?;
    let store = context.store()?;
    let broker = context.broker("whoami", &plan, &store, &options);
    let credentials = broker.credentials()?;
    show(&broker.identify(&credentials)?, asked.json)
}

/// The profile that is meant; `None` for what is in the environment: keys, which win over
/// `AWS_PROFILE` in every SDK, or else a web identity, which does not.
fn target(asked: &Whoami, context: &Context) -> Result<Option<Target>> {
    if asked.target.profile.is_some() || asked.target.role.role_arn.is_some() {
        return Ok(Some(asked.target.clone()));
    }
    if context.shell.get("AWS_ACCESS_KEY_ID").is_some() {
        return Ok(None);
    }
    let named = context
        .shell
        .get("AWS_PROFILE")
        .or_else(|| context.shell.get("AWS_DEFAULT_PROFILE"));
    let Some(name) = named else {
        if plan::web_identity_in_environment(&context.shell) {
            return Ok(None);
        }
        return Err(Error::config(
            "no credentials in this shell: neither AWS_ACCESS_KEY_ID nor AWS_PROFILE is set",
        )
        .hint("xacct whoami PROFILE    shows a profile's identity"));
    };
    Ok(Some(Target {
        profile: Some(name.to_owned()),
        ..asked.target.clone()
    }))
}

/// The document of `whoami --json`. Its names are a promise: scripts read them.
#[derive(Serialize)]
struct IdentityDocument<'a> {
    account_id: &'a str,
    arn: &'a str,
    user_id: &'a str,
}

fn show(identity: &Identity, json: bool) -> Result<ExitCode> {
    let Identity {
        account_id,
        arn,
        user_id,
    } = identity;
    let text = if json {
        super::json(&IdentityDocument {
            account_id,
            arn,
            user_id,
        })
    } else {
        [("account", account_id), ("arn", arn), ("user id", user_id)]
            .map(|(name, value)| format!("{name:<8} {}\n", say::visible(value)))
            .concat()
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
