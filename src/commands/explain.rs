//! `xacct explain PROFILE`: the plan, what of it is cached, and whether it would prompt; no
//! network.

mod document;
mod text;

use std::process::ExitCode;

use chrono::{DateTime, Utc};

use super::context::Context;
use super::print;
use crate::aws;
use crate::broker::{Broker, Forecast};
use crate::cache::Entry;
use crate::cli::Explain;
use crate::error::Result;
use crate::masked;
use crate::plan::{Action, Origins, Plan, Step};

pub(super) fn run(asked: &Explain, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let (plan, origins) = context.explained(&config, &asked.target)?;
    let options = context.options(&config, &asked.asking)?;
    let store = context.store()?;
    let endpoint = aws::endpoint_url(&plan.endpoint, &plan.region)?;
    let broker: Broker<'_> = context.broker("explain", &plan, &store, &options);
    let entries = broker.entries();
    let forecast = broker.forecast();
    let now = (context.now)();
    let explained = Explained {
        plan: &plan,
        origins: &origins,
        endpoint: &masked::address(&endpoint),
        entries: &entries,
        forecast: &forecast,
    };
    let text = if asked.json {
        super::json(&explained.document(now))
    } else {
        explained.readable(now)
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// A plan with what is known of it.
struct Explained<'a> {
    plan: &'a Plan,
    origins: &'a Origins,
    endpoint: &'a str,
    entries: &'a [Option<Entry>],
    forecast: &'a Forecast,
}

impl<'a> Explained<'a> {
    /// The steps, with the places of their values and what is cached.
    fn steps(
        &self,
    ) -> impl Iterator<Item = (&'a Step, &'a [(&'static str, String)], Option<&'a Entry>)> {
        let mut roles = self.origins.roles.iter();
        let origins = self.origins;
        self.plan
            .steps
            .iter()
            .zip(self.entries)
            .map(move |(step, entry)| {
                let places = match &step.action {
                    Action::AssumeRole(_) => roles.next().map(Vec::as_slice).unwrap_or_default(),
                    Action::GetSessionToken { .. } => &origins.session[..],
                    Action::Source => &origins.source[..],
                };
                (step, places, entry.as_ref())
            })
    }
}

fn live(entry: Option<&Entry>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    entry.map(|entry| entry.expires_at).filter(|at| *at > now)
}

fn place_of<'p>(places: &'p [(&'static str, String)], name: &str) -> Option<&'p str> {
    places
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, place)| place.as_str())
}
