//! `confirm = true`: a person's yes before credentials are handed out, wherever they come from.

use crate::arn::Arn;
use crate::error::{Error, Kind, Result};
use crate::plan::{Plan, Step};
use crate::say::visible;
use crate::terminal::{self, Unanswered};

use super::Broker;

impl Broker<'_> {
    /// Asks, where the plan wants it; before everything else, so that no code is typed for a no.
    ///
    /// Errors: `NeedsPerson` where nobody can be asked, `Other` for a no.
    pub(crate) fn confirm(&self) -> Result<()> {
        let Some(place) = &self.plan.confirm else { return Ok(()) };
        let profile = &self.plan.profile;
        let needs_person = |why: &str| {
            let message = format!("profile '{profile}' wants a yes before it is used ({place}), and {why}");
            Error::needs_person(message).hint("run the command in a terminal, or take `confirm` out")
        };
        if self.options.no_input {
            return Err(needs_person("--no-input forbids asking"));
        }
        match terminal::ask_shown(&question(self.plan)) {
            Ok(answer) if is_yes(&answer) => Ok(()),
            Ok(_) => {
                Err(Error::other(format!("profile '{profile}' was not confirmed: nothing was handed out")))
            }
            Err(Unanswered::NoTerminal) => Err(needs_person("there is no terminal to ask on")),
            Err(Unanswered::Closed) => Err(needs_person("nothing was answered")),
            Err(Unanswered::Signal(number)) => Err(Error::new(Kind::Signal(number), "interrupted")),
            Err(Unanswered::Failed(cause)) => {
                Err(needs_person(&format!("the terminal cannot be asked: {cause}")).caused_by(cause))
            }
        }
    }
}

/// `use profile 'prod' (role Admin in account 222222222222)? [y/N] `
fn question(plan: &Plan) -> String {
    let role = plan.steps.iter().rev().find_map(Step::role_arn).and_then(|arn| Arn::parse(arn)?.role_name());
    let what = match (role, plan.account_id()) {
        (Some(role), Some(account)) => format!(" (role {role} in account {account})"),
        (None, Some(account)) => format!(" (account {account})"),
        _ => String::new(),
    };
    format!("use profile '{}'{}? [y/N] ", visible(&plan.profile), visible(&what))
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        for yes in ["y", "Y", "yes", " Yes \r"] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in ["", "n", "no", "yess", "y y", "ok", "123456"] {
            assert!(!is_yes(no), "{no}");
        }
    }
}
