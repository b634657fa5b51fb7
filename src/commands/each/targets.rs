//! What there is to do: from selectors to profiles, from those to plans, from those to targets, in
//! a defined order.
//!
//! Every profile of the selection gets its plan before anything is asked or sent, and all that is
//! wrong is said at once.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;

use crate::arn::Arn;
use crate::cli::Shard;
use crate::commands::context::Context;
use crate::commands::profile_summary;
use crate::config::{Config, Key, Profile, ProfileColor};
use crate::error::{Error, Result};
use crate::plan::{self, Endpoint, Plan, Request, Step};
use crate::secret::Secret;
use crate::select::{self, Candidate, Selector, Word};

use super::outcome::Outcome;

/// Keys that make a profile more than settings for others. Identity Center gives credentials for a
/// role only.
const GIVES: [Key; 8] = [
    Key::RoleArn,
    Key::SourceProfile,
    Key::CredentialSource,
    Key::AwsAccessKeyId,
    Key::CredentialProcess,
    Key::WebIdentityTokenFile,
    Key::SsoAccountId,
    Key::LoginSession,
];

/// In a target's place for a region: each that its account has enabled.
pub(super) const ALL_REGIONS: &str = "all";

/// One profile of the selection.
pub(super) struct Member {
    pub(super) plan: Plan,
    /// Where to ask for its account's regions, if they are asked for.
    pub(super) account: Option<Endpoint>,
    /// The profile's settings that reach the command as variables; filled in when one is about to
    /// run.
    pub(super) settings: Vec<(String, Secret)>,
    pub(super) color: Option<ProfileColor>,
}

/// One run of the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RegionTarget {
    /// Its place in [`Work::members`].
    pub(super) member: usize,
    pub(super) region: String,
}

pub(super) struct Work {
    pub(super) members: Vec<Member>,
    /// In the order in which they are started, and shown: the files', then the regions'.
    pub(super) targets: Vec<RegionTarget>,
    /// Where nothing can be run, by member.
    pub(super) refused: HashMap<usize, Outcome>,
    /// Several regions: a profile's name alone does not say which target is meant.
    pub(super) is_matrix: bool,
}

impl Work {
    pub(super) fn plan(&self, target: &RegionTarget) -> &Plan {
        &self.members[target.member].plan
    }

    /// `client1`, or `client1/eu-west-1`
    pub(super) fn label(&self, target: &RegionTarget) -> String {
        let profile = &self.plan(target).profile;
        if self.is_matrix {
            format!("{profile}/{}", target.region)
        } else {
            profile.clone()
        }
    }
}

/// Makes plans, each profile's once.
pub(super) struct Planner<'a> {
    pub(super) context: &'a Context,
    pub(super) config: &'a Config,
    /// What the command line overrides, for all profiles.
    pub(super) request: Request,
    made: HashMap<String, Result<Plan>>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(context: &'a Context, config: &'a Config, request: Request) -> Planner<'a> {
        Planner {
            context,
            config,
            request,
            made: HashMap::new(),
        }
    }

    fn make(&self, name: &str) -> Result<Plan> {
        let request = Request {
            profile: Some(name.to_owned()),
            ..self.request.clone()
        };
        self.context.plan_of(self.config, &request)
    }

    /// Finds out where to ask for the regions of the accounts, if they are asked for.
    pub(super) fn find_account_management(&self, work: &mut Work) -> Result<()> {
        if work
            .targets
            .iter()
            .all(|target| target.region != ALL_REGIONS)
        {
            return Ok(());
        }
        for member in &mut work.members {
            let profile = Some(member.plan.profile.clone());
            let request = Request {
                profile,
                ..self.request.clone()
            };
            let draft = plan::draft(self.config, &request, &self.context.env)?;
            member.account = Some(draft.account_management()?);
        }
        Ok(())
    }

    fn look(&mut self, name: &str) -> Option<&Plan> {
        if !self.made.contains_key(name) {
            let made = self.make(name);
            self.made.insert(name.to_owned(), made);
        }
        self.made.get(name)?.as_ref().ok()
    }

    fn take(&mut self, name: &str) -> Result<Plan> {
        self.made.remove(name).unwrap_or_else(|| self.make(name))
    }
}

/// What the command line chooses, in the files' order.
///
/// Errors: a selector that is none, or fits nothing; a file of selectors that cannot be read.
pub(super) fn chosen(words: &[String], planner: &mut Planner<'_>) -> Result<Vec<String>> {
    let selectors = selectors(words)?;
    let with_plans = selectors.iter().any(Selector::needs_plans);
    let candidates: Vec<Candidate> = planner
        .config
        .profiles()
        .iter()
        .map(|profile| candidate(profile, planner, with_plans))
        .collect();
    let config = planner.config;
    let chosen = select::choose(&selectors, &candidates, &|name| {
        config.lines_for_profile(name)
    })?;
    Ok(chosen
        .into_iter()
        .map(|index| candidates[index].name.clone())
        .collect())
}

fn selectors(words: &[String]) -> Result<Vec<Selector>> {
    let mut selectors = Vec::new();
    for word in words {
        match select::word(word)? {
            Word::Selector(selector) => selectors.push(selector),
            Word::File { path, excludes } => {
                selectors.extend(select::lines(&read(&path)?, shown(&path), excludes)?);
            }
        }
    }
    Ok(selectors)
}

fn read(path: &str) -> Result<String> {
    let mut text = String::new();
    let read = match path {
        "-" => std::io::stdin().lock().read_to_string(&mut text),
        path => std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)),
    };
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(Error::config(format!(
            "the selectors in {} cannot be read: {error}",
            shown(path)
        ))
        .caused_by(error)),
    }
}

fn shown(path: &str) -> &str {
    if path == "-" { "stdin" } else { path }
}

fn candidate(profile: &Profile, planner: &mut Planner<'_>, with_plans: bool) -> Candidate {
    let text = |key| profile.line(key).map(str::to_owned);
    let gives_credentials = GIVES.iter().any(|key| profile.line(*key).is_some());
    let name = profile.name.clone();
    let tags = profile_summary::tags(profile).unwrap_or_default();
    let plan = if with_plans && gives_credentials {
        planner.look(&name)
    } else {
        None
    };
    let Some(plan) = plan else {
        // Without a plan there is what it says itself: it is chosen by that, and then what is wrong
        // with it is said.
        let role_arn = text(Key::RoleArn);
        let role = role_arn.as_deref().and_then(Arn::parse);
        return Candidate {
            name,
            tags,
            account_id: role.map(|role| role.account_id.to_owned()),
            role: role.and_then(|role| role.role_name()).map(str::to_owned),
            sources: text(Key::SourceProfile)
                .or_else(|| text(Key::CredentialSource))
                .into_iter()
                .collect(),
            gives_credentials,
        };
    };
    let role = plan
        .steps
        .iter()
        .rev()
        .find_map(Step::role_arn)
        .and_then(|arn| Arn::parse(arn)?.role_name());
    let role = role.or_else(|| plan.sso()?.role_name.as_deref());
    let session = plan.sso().and_then(|sso| sso.session.clone());
    let way = plan.steps.iter().map(|step| step.profile.clone());
    let mut sources: Vec<String> = [profile_summary::source(&plan.source)]
        .into_iter()
        .chain(session)
        .chain(way)
        .collect();
    // What a profile is for others it is not for itself.
    sources.retain(|source| *source != name);
    Candidate {
        tags,
        account_id: plan.account_id().map(str::to_owned),
        role: role.map(str::to_owned),
        sources,
        gives_credentials,
        name,
    }
}

/// The plans of the chosen profiles, and a target for each region: the profile's own where none is
/// given.
///
/// Errors: of kind `Config`, once everything that is wrong with any of them was said.
pub(super) fn work(
    names: &[String],
    regions: &[String],
    planner: &mut Planner<'_>,
) -> Result<Work> {
    let voice = planner.context.voice;
    if regions.len() > 1 && regions.iter().any(|region| region == ALL_REGIONS) {
        return Err(Error::usage(
            "--regions: 'all' stands for every enabled region, and stands alone",
        ));
    }
    let (mut members, mut warnings, mut wrong) = (Vec::new(), BTreeSet::new(), Vec::new());
    for name in names {
        let made = planner.take(name);
        match made.and_then(|plan| check_regions(&plan, regions).map(|()| plan)) {
            Ok(mut plan) => {
                // Said here, and so once where many have the same.
                for warning in std::mem::take(&mut plan.warnings) {
                    if warnings.insert(warning.clone()) {
                        voice.warn(&warning);
                    }
                }
                let color = color(planner.config, name);
                members.push(Member {
                    plan,
                    account: None,
                    settings: Vec::new(),
                    color,
                });
            }
            Err(error) => wrong.push(error),
        }
    }
    if wrong.is_empty() {
        let targets = targets(&members, regions);
        let (refused, is_matrix) = (HashMap::new(), !regions.is_empty());
        return Ok(Work {
            members,
            targets,
            refused,
            is_matrix,
        });
    }
    let (count, mut said) = (wrong.len(), BTreeSet::new());
    for error in wrong {
        if said.insert(error.to_string()) {
            voice.error(&error);
        }
    }
    let (profiles, them) = if count == 1 {
        ("profile", "it")
    } else {
        ("profiles", "them")
    };
    Err(Error::config(format!(
        "{count} of {} {profiles} cannot be used: nothing was run",
        names.len()
    ))
    .hint(format!("correct {them}, or leave {them} out: '!NAME'")))
}

/// Errors: of kind `Config`, for what is not a region, and for one of another partition than the
/// role's.
fn check_regions(plan: &Plan, regions: &[String]) -> Result<()> {
    let mut named = regions.iter().filter(|region| *region != ALL_REGIONS);
    named.try_for_each(|region| plan.check_region(region, "--regions"))
}

fn color(config: &Config, name: &str) -> Option<ProfileColor> {
    profile_summary::color(&config.profile(name).ok()??)
}

fn targets(members: &[Member], regions: &[String]) -> Vec<RegionTarget> {
    let mut seen = BTreeSet::new();
    let regions: Vec<&String> = regions
        .iter()
        .filter(|region| seen.insert(*region))
        .collect();
    let of = |(member, this): (usize, &Member)| -> Vec<RegionTarget> {
        if regions.is_empty() {
            return vec![RegionTarget {
                member,
                region: this.plan.region.name.clone(),
            }];
        }
        regions
            .iter()
            .map(|region| RegionTarget {
                member,
                region: (*region).clone(),
            })
            .collect()
    };
    members.iter().enumerate().flat_map(of).collect()
}

/// Leaves this part. By name and region, so that it is the same on every machine that has the same
/// profiles, in whatever order.
pub(super) fn keep(shard: Shard, work: &mut Work) {
    let mut sorted: Vec<(&str, &str, usize)> = work
        .targets
        .iter()
        .enumerate()
        .map(|(index, target)| {
            (
                work.plan(target).profile.as_str(),
                target.region.as_str(),
                index,
            )
        })
        .collect();
    sorted.sort_unstable();
    let mine: BTreeSet<usize> = sorted
        .iter()
        .skip(shard.part - 1)
        .step_by(shard.of)
        .map(|(_, _, index)| *index)
        .collect();
    let mut index = 0..;
    work.targets
        .retain(|_| index.next().is_some_and(|index| mine.contains(&index)));
}
