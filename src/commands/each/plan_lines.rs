//! `--plan`: what would be done, a JSON object a line, for whatever runs it instead.

use serde::Serialize;

use super::targets::{ALL_REGIONS, Work};
use crate::broker::{Broker, Forecast};
use crate::plan::Step;
use crate::say::visible_json;

#[derive(Serialize)]
struct PlanLine<'a> {
    profile: &'a str,
    account_id: Option<&'a str>,
    role_arn: Option<&'a str>,
    /// `None` where the account's regions are not known yet.
    region: Option<&'a str>,
    /// A person would be asked for a code, or to sign in, before this one could run.
    would_prompt: bool,
}

/// In the order in which they would run. Looks at the cache, sends nothing.
pub(super) fn text(work: &Work, brokers: &[Broker<'_>]) -> String {
    let mut text = String::new();
    let forecasts: Vec<Forecast> = brokers.iter().map(Broker::forecast).collect();
    for target in &work.targets {
        let (plan, forecast) = (work.plan(target), forecasts[target.member]);
        let line = PlanLine {
            profile: &plan.profile,
            account_id: plan.account_id(),
            role_arn: plan.steps.iter().rev().find_map(Step::role_arn),
            region: Some(target.region.as_str()).filter(|region| *region != ALL_REGIONS),
            would_prompt: forecast.would_prompt || forecast.would_sign_in,
        };
        // A plain struct with string keys: serialising it cannot fail.
        text += &visible_json(&serde_json::to_string(&line).unwrap_or_default());
        text.push('\n');
    }
    text
}
