//! Forgetting what rests on a session that has ended, for `login` and `logout`.

use std::collections::HashSet;

use super::context::Context;
use crate::cache::Store;
use crate::config::Config;
use crate::error::Result;
use crate::plan::{Plan, Request};

/// Every profile that has a plan.
pub(super) fn plans(context: &Context, config: &Config) -> Vec<Plan> {
    let names = config.profile_names().into_iter();
    let asked = names.map(|name| Request { profile: Some(name), ..Request::default() });
    // A profile that is wrong has no plan, and nothing is cached for it.
    asked.filter_map(|request| context.plan_of(config, &request).ok()).collect()
}

/// Forgets the entries of every step from the one that `first` names in its plan, also those that an option has made
/// other entries. How many there were.
pub(super) fn from_step(
    plans: &[Plan],
    store: &Store,
    first: impl Fn(&Plan) -> Option<usize>,
) -> Result<usize> {
    let mut profiles = HashSet::new();
    for plan in plans {
        let steps = first(plan).map_or(&[][..], |first| &plan.steps[first..]);
        profiles.extend(steps.iter().map(|step| step.profile.as_str()));
    }
    Ok(store.clear_where(|entry| profiles.contains(entry.profile.as_str()))?)
}

/// Forgets all role credentials of this session of Identity Center.
pub(super) fn of_session(plans: &[Plan], store: &Store, token_name: &str) -> Result<usize> {
    from_step(plans, store, |plan| (plan.sso()?.token_name() == token_name).then_some(0))
}

pub(super) fn counted(number: usize) -> String {
    match number {
        0 => "nothing".to_owned(),
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    }
}
