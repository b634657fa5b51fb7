//! Asking AWS Organizations with a profile's credentials: which accounts there are, where they hang
//! and how they are tagged. No more of the tree is walked than is asked for.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::aws::{Asking, Failure, Network, OrganizationAccount, Organizations, Tag, Unit};
use crate::config::nearest;
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::Endpoint;

use super::{Broker, refusals, wait};

/// Requests that are under way at a time: Organizations lets few through.
const AT_A_TIME: usize = 4;

/// Whether an account with these tags is wanted.
type HasTags<'a> = &'a dyn Fn(&[Tag]) -> bool;

/// What to ask for.
pub(crate) struct Inquiry<'a> {
    /// Ids, or paths from the root; without any, the whole organization.
    pub(crate) units: &'a [String],
    /// Whether the paths of the accounts' units are wanted.
    pub(crate) paths: bool,
    /// Which accounts are wanted, as far as they themselves tell.
    pub(crate) is_wanted: &'a dyn Fn(&OrganizationAccount) -> bool,
    /// Which of these are wanted for their tags; `None` where tags do not count.
    pub(crate) has_tags: Option<HasTags<'a>>,
}

/// An account that was found.
#[derive(Debug, Clone)]
pub(crate) struct FoundAccount {
    pub(crate) member: OrganizationAccount,
    /// `Workloads/Prod`, or the root's name; empty where it was not asked for.
    pub(crate) unit: String,
    pub(crate) is_wanted: bool,
}

/// A unit with the path that leads to it.
struct UnitPath {
    id: String,
    path: String,
}

/// One inquiry under way.
struct OrganizationInquiry<'a> {
    broker: &'a Broker<'a>,
    endpoint: &'a Endpoint,
    service: Organizations,
}

impl Broker<'_> {
    /// The accounts of the organization that these credentials, the plan's, may list.
    ///
    /// Errors: `Refused` where AWS says no, `Config` where there is no such organizational unit,
    /// `Unreachable`.
    pub(crate) fn organization(
        &self,
        endpoint: &Endpoint,
        credentials: &Credentials,
        inquiry: &Inquiry<'_>,
    ) -> Result<Vec<FoundAccount>> {
        let plan = self.plan;
        let most = u32::try_from(AT_A_TIME).unwrap_or(u32::MAX);
        let asking = Asking {
            network: &Network::paced(most),
            connection: &plan.connection,
            now: self.now,
            voice: self.voice,
        };
        let service = Organizations::new(endpoint, &plan.region.name, credentials, asking)?;
        let asker = OrganizationInquiry {
            broker: self,
            endpoint,
            service,
        };
        wait(asker.found(inquiry))?
    }
}

impl OrganizationInquiry<'_> {
    async fn found(&self, inquiry: &Inquiry<'_>) -> Result<Vec<FoundAccount>> {
        let listed = if inquiry.units.is_empty() && !inquiry.paths {
            let members = self.service.accounts().await;
            let members = members.map_err(|failure| self.failed("ListAccounts", failure))?;
            members
                .into_iter()
                .map(|member| (member, String::new()))
                .collect()
        } else {
            let places = self.places(inquiry).await?;
            self.below(places).await?
        };
        let mut found: Vec<FoundAccount> = listed
            .into_iter()
            .map(|(member, unit)| FoundAccount {
                is_wanted: (inquiry.is_wanted)(&member),
                member,
                unit,
            })
            .collect();
        if let Some(has_tags) = inquiry.has_tags {
            self.sort_out(&mut found, has_tags).await?;
        }
        Ok(found)
    }

    /// Asks for the tags of those that are wanted so far.
    async fn sort_out(&self, found: &mut [FoundAccount], has_tags: HasTags<'_>) -> Result<()> {
        let wanted = found.iter_mut().filter(|found| found.is_wanted);
        let asked = stream::iter(wanted).map(|found| async move {
            let tags = self.service.tags(&found.member.account_id).await?;
            Ok((found, tags))
        });
        let mut answers = asked.buffered(AT_A_TIME);
        while let Some(answer) = answers.next().await {
            let (found, tags) =
                answer.map_err(|failure| self.failed("ListTagsForResource", failure))?;
            found.is_wanted = has_tags(&tags);
        }
        Ok(())
    }

    /// Where to begin.
    async fn places(&self, inquiry: &Inquiry<'_>) -> Result<Vec<UnitPath>> {
        let mut places = Vec::new();
        let mut roots = Vec::new();
        if inquiry.units.is_empty() || !inquiry.units.iter().all(|unit| unit.starts_with("ou-")) {
            roots = self
                .service
                .roots()
                .await
                .map_err(|failure| self.failed("ListRoots", failure))?;
        }
        if inquiry.units.is_empty() {
            places.extend(roots.iter().map(root));
        }
        for unit in inquiry.units {
            match roots.iter().find(|root| root.id == *unit) {
                Some(found) => places.push(root(found)),
                None if unit.starts_with("ou-") || unit.starts_with("r-") => {
                    let path = if inquiry.paths {
                        self.path(unit).await?
                    } else {
                        String::new()
                    };
                    places.push(UnitPath {
                        id: unit.clone(),
                        path,
                    });
                }
                None => places.extend(self.by_path(&roots, unit).await?),
            }
        }
        Ok(places)
    }

    /// Goes down the path from the root; `/` is the root itself.
    async fn by_path(&self, roots: &[Unit], path: &str) -> Result<Vec<UnitPath>> {
        let mut places: Vec<UnitPath> = roots.iter().map(root).collect();
        let mut walked = String::new();
        for name in path
            .split('/')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let mut units = Vec::new();
            for place in &places {
                units.extend(self.units_in(&place.id).await?);
            }
            let matching = units
                .iter()
                .filter(|unit| unit.name.eq_ignore_ascii_case(name));
            let next: Vec<&Unit> = matching.collect();
            if next.is_empty() && walked.is_empty() && roots.iter().any(|root| root.name == name) {
                continue;
            }
            let Some(first) = next.first() else {
                return Err(no_such_unit(path, &walked, name, &units));
            };
            walked = if walked.is_empty() {
                first.name.clone()
            } else {
                format!("{walked}/{}", first.name)
            };
            places = next
                .iter()
                .map(|unit| UnitPath {
                    id: unit.id.clone(),
                    path: walked.clone(),
                })
                .collect();
        }
        Ok(places)
    }

    /// The path of a unit that was named by its id.
    async fn path(&self, id: &str) -> Result<String> {
        let mut names = Vec::new();
        let mut next = Some(id.to_owned());
        while let Some(id) = next {
            let name = self.service.unit_name(&id).await;
            names.push(name.map_err(|failure| self.failed("DescribeOrganizationalUnit", failure))?);
            next = self
                .service
                .unit_above(&id)
                .await
                .map_err(|failure| self.failed("ListParents", failure))?;
        }
        names.reverse();
        Ok(names.join("/"))
    }

    /// All accounts in these places and below, level by level, each once.
    async fn below(&self, mut level: Vec<UnitPath>) -> Result<Vec<(OrganizationAccount, String)>> {
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        let mut progress = self.broker.voice.progress();
        loop {
            level.retain(|place| seen.insert(place.id.clone()));
            if level.is_empty() {
                return Ok(found);
            }
            progress.say(&format!(
                "{} accounts in {} organizational units",
                found.len(),
                seen.len()
            ));
            let asked = stream::iter(level).map(|place| async move {
                let accounts = self.service.accounts_in(&place.id).await;
                let accounts =
                    accounts.map_err(|failure| self.failed("ListAccountsForParent", failure))?;
                let units = self.units_in(&place.id).await?;
                Ok::<_, Error>((place, accounts, units))
            });
            let answers: Vec<_> = asked.buffered(AT_A_TIME).try_collect().await?;
            level = Vec::new();
            for (place, accounts, units) in answers {
                found.extend(
                    accounts
                        .into_iter()
                        .map(|member| (member, place.path.clone())),
                );
                level.extend(units.into_iter().map(|unit| UnitPath {
                    path: if place.id.starts_with("r-") {
                        unit.name
                    } else {
                        format!("{}/{}", place.path, unit.name)
                    },
                    id: unit.id,
                }));
            }
        }
    }

    async fn units_in(&self, parent: &str) -> Result<Vec<Unit>> {
        let units = self.service.units_in(parent).await;
        units.map_err(|failure| self.failed("ListOrganizationalUnitsForParent", failure))
    }

    fn failed(&self, action: &str, failure: Failure) -> Error {
        let service = (self.service.url(), self.endpoint);
        refusals::not_listed(self.broker.plan, service, action, failure)
    }
}

fn root(root: &Unit) -> UnitPath {
    UnitPath {
        id: root.id.clone(),
        path: root.name.clone(),
    }
}

fn no_such_unit(path: &str, walked: &str, name: &str, units: &[Unit]) -> Error {
    let place = if walked.is_empty() {
        "the root".to_owned()
    } else {
        format!("'{walked}'")
    };
    let error = Error::config(format!(
        "no organizational unit '{path}': {place} has no '{name}'"
    ));
    let names: Vec<&str> = units.iter().map(|unit| unit.name.as_str()).collect();
    match (nearest(name, &names).as_slice(), names.as_slice()) {
        (_, []) => error,
        ([], names) => error.hint(format!("there are: {}", names.join(", "))),
        (near, _) => error.did_you_mean(&near.join(" or ")),
    }
}
