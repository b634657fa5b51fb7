//! `confirm = true`: a person's yes before credentials are handed out, wherever they come from.

use crate::arn::Arn;
use crate::error::{Error, Kind, Result};
use crate::plan::{Confirm, Plan, Step};
use crate::runtime;
use crate::say::visible;
use crate::terminal::{self, Unanswered, is_yes};

use super::Broker;

/// Asks once for all the plans that want it.
///
/// Errors: as [`Broker::confirm`].
pub(crate) fn confirm_all(plans: &[&Plan], no_input: Option<&str>) -> Result<()> {
    let wanting: Vec<&Plan> = plans
        .iter()
        .copied()
        .filter(|plan| plan.confirm.is_some())
        .collect();
    let [first, .., last] = wanting.as_slice() else {
        return wanting
            .first()
            .map_or(Ok(()), |plan| confirm_one(plan, no_input));
    };
    let count = wanting.len();
    let place = format!(
        "{} and others",
        first.confirm.as_ref().map_or("", |confirm| &confirm.place)
    );
    let who = format!(
        "{count} profiles ('{}' to '{}')",
        first.profile, last.profile
    );
    let listed: Vec<String> = wanting
        .iter()
        .map(|plan| format!("  {}", named(plan)))
        .collect();
    let listed = listed.join("\n");
    ask(&Question {
        text: format!("{listed}\nuse these {count} profiles? [y/N] "),
        wanted: format!("{who} want a yes before they are used ({place})"),
        refused: format!("{who} were not confirmed"),
        no_input,
    })
}

fn confirm_one(plan: &Plan, no_input: Option<&str>) -> Result<()> {
    let Some(Confirm { profile, place }) = &plan.confirm else {
        return Ok(());
    };
    let who = format!("profile '{}'", plan.profile);
    let (through, wants) = if *profile == plan.profile {
        (
            String::new(),
            format!("{who} wants a yes before it is used"),
        )
    } else {
        let wants =
            format!("{who} goes through profile '{profile}', which wants a yes before it is used");
        (format!(" through '{}'", visible(profile)), wants)
    };
    ask(&Question {
        text: format!("use profile {}{through}? [y/N] ", named(plan)),
        wanted: format!("{wants} ({place})"),
        refused: format!("{who} was not confirmed"),
        no_input,
    })
}

impl Broker<'_> {
    /// Asks, where the plan wants it; before everything else, so that no code is typed for a no.
    ///
    /// Errors: `NeedsPerson` where nobody can be asked, `Other` for a no.
    pub(crate) fn confirm(&self) -> Result<()> {
        // A Ctrl-C at the question must not reach a shell that waits for statements.
        if self.plan.confirm.is_some() && self.options.for_shell {
            terminal::take();
        }
        let done = confirm_one(self.plan, self.options.no_input);
        if done.is_err() {
            self.noted(done)
        } else {
            done
        }
    }
}

/// What is asked, and what is said where it cannot be, or where the answer is no.
struct Question<'a> {
    text: String,
    wanted: String,
    refused: String,
    /// What forbids asking.
    no_input: Option<&'a str>,
}

fn ask(question: &Question<'_>) -> Result<()> {
    let message = |why: &str| format!("{}, and {why}", question.wanted);
    let hint = "run the command in a terminal, or take `confirm` out";
    if let Some(what) = question.no_input {
        let message = message(&format!("{what} forbids asking"));
        return Err(Error::needs_person(message).hint(hint));
    }
    match runtime::run(terminal::ask_shown(&question.text))? {
        Ok(answer) if is_yes(&answer) => Ok(()),
        Ok(_) => Err(Error::other(format!(
            "{}: nothing was handed out",
            question.refused
        ))),
        Err(why) => {
            let is_closed = matches!(why, Unanswered::Closed);
            let error = why.error(message);
            Err(match error.kind {
                Kind::NeedsPerson if is_closed => {
                    error.hint("run the command again and answer y, or take `confirm` out")
                }
                Kind::NeedsPerson if error.hints.is_empty() => error.hint(hint),
                _ => error,
            })
        }
    }
}

/// `'prod' (role Admin in account 222222222222)`
fn named(plan: &Plan) -> String {
    let role = plan
        .steps
        .iter()
        .rev()
        .find_map(Step::role_arn)
        .and_then(|arn| Arn::parse(arn)?.role_name());
    let what = match (role, plan.account_id()) {
        (Some(role), Some(account)) => format!(" (role {role} in account {account})"),
        (None, Some(account)) => format!(" (account {account})"),
        _ => String::new(),
    };
    format!("'{}'{}", visible(&plan.profile), visible(&what))
}
