//! Fetching the source's own credentials, where that is a step of the plan.

use zeroize::Zeroizing;

use crate::aws::Answer;
use crate::error::{Error, Result};
use crate::plan::{Plan, Source};
use crate::sso::Asker;
use crate::terminal::interruptible;

use super::run::Run;
use super::words;

/// The session's name where the profile has none; a role of a web identity is assumed by no user.
const SESSION_NAME: &str = "xacct";

/// Never is anything handed out that has nothing left.
pub(super) fn expired(plan: &Plan) -> Error {
    Error::refused(format!("the source of '{}' gave credentials that have expired", plan.profile))
}

pub(super) async fn fetch(run: &Run<'_>) -> Result<Answer> {
    let broker = run.broker;
    let Source::WebIdentity { role_arn, role_session_name, token_file, profile } = &broker.plan.source else {
        let asker = Asker { until: run.patience.until(), ..broker.asker() };
        let credentials = crate::source::fetch(broker.plan, asker).await?;
        let left = credentials.expiration.map(|at| (at - (broker.now)()).num_seconds());
        if left.is_some_and(|left| left <= 0) {
            return Err(expired(broker.plan));
        }
        return Ok(Answer { credentials, arn: None });
    };
    let token = std::fs::read_to_string(token_file).map(Zeroizing::new).map_err(|error| {
        Error::config(format!(
            "web_identity_token_file of profile '{profile}': {token_file} cannot be read: {error}"
        ))
    })?;
    let name = role_session_name.as_deref().unwrap_or(SESSION_NAME);
    let answer =
        interruptible(run.sts()?.assume_role_with_web_identity(role_arn, name, token.trim())).await?;
    answer.map_err(|failure| words::failed(run, 0, failure))
}
