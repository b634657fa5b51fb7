//! Fetching the source's own credentials, where that is a step of the plan.

use crate::aws::IssuedCredentials;
use crate::cache::SignIn;
use crate::error::{Error, Result};
use crate::files;
use crate::plan::{Plan, Source};
use crate::source::Fetched;
use crate::sso::Asker;
use crate::terminal::interruptible;

use super::refusals;
use super::run::Run;

/// Never is anything handed out that has nothing left.
pub(super) fn expired(plan: &Plan) -> Error {
    Error::refused(format!(
        "the source of '{}' gave credentials that have expired",
        plan.profile
    ))
}

/// The answer, and the sign-in that it came from, where the source has one.
pub(super) async fn fetch(run: &Run<'_>) -> Result<(IssuedCredentials, Option<SignIn>)> {
    let broker = run.broker;
    let Source::WebIdentity(web) = &broker.plan.source else {
        let asker = Asker {
            until: run.lock_until(),
            ..broker.asker()
        };
        let Fetched {
            credentials,
            sign_in,
        } = crate::source::fetch(broker.plan, asker).await?;
        let left = credentials
            .expiration()
            .map(|at| (at - (broker.now)()).num_seconds());
        if left.is_some_and(|left| left <= 0) {
            return Err(expired(broker.plan));
        }
        return Ok((
            IssuedCredentials {
                credentials,
                arn: None,
                user_id: None,
            },
            sign_in,
        ));
    };
    let token = files::read_text(web.token_file.as_ref())
        .map_err(|error| web.token_file_error(&format!("cannot be read: {error}")))?;
    if token.trim().is_empty() {
        let error = web.token_file_error("is empty");
        return Err(error.hint("whatever issues the token puts it there; has it run?"));
    }
    let sts = run.sts()?;
    let answer = sts.assume_role_with_web_identity(web, token.trim());
    let answer = interruptible(answer).await?;
    answer
        .map(|answer| (answer, None))
        .map_err(|failure| refusals::failed(run, 0, failure))
}
