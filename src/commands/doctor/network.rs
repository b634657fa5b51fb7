//! Asks the network: each endpoint once, and for each access key AWS whose it is. No role is
//! assumed and no code used.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt};

use crate::aws::{self, Failure, Sts};
use crate::commands::context::Context;
use crate::credentials::Credentials;
use crate::credentials::shown_id;
use crate::doctor::network::{self, KeyHolder, Said, Stage, Unreached};
use crate::doctor::{Finding, Looked, Planned, catalog};
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::plan::{Connection, Plan, Source};
use crate::runtime;
use crate::source;

/// How many requests are under way at a time.
const AT_ONCE: usize = 16;

/// What is asked once for all who would ask it.
#[derive(Default)]
struct NetworkWork<'p> {
    /// By access key and world: all endpoints of a partition give the same answer.
    keys: BTreeMap<(String, String), &'p Planned>,
    /// By URL, with how it is reached.
    endpoints: BTreeMap<String, &'p Connection>,
}

/// What one request came to.
struct ProbeAnswer {
    url: String,
    asked: Option<KeyHolder>,
    /// Seconds that the server's clock is ahead, where there was an answer.
    offset: Option<i64>,
    unreached: Option<Unreached>,
}

/// What the network said, or why it was not asked.
pub(super) struct NetworkAnswers {
    of_requests: Vec<ProbeAnswer>,
    /// CA bundles that cannot be used.
    bundles: Vec<Finding>,
    skipped: Option<String>,
}

/// Asks, unless `offline`. CA bundles are files, and looked at all the same.
pub(super) fn ask(
    context: &Context,
    planned: &[Planned],
    looked_at: &dyn Fn(&str) -> bool,
    offline: bool,
) -> NetworkAnswers {
    let meant: Vec<&Planned> = planned
        .iter()
        .filter(|one| looked_at(&one.profile.name))
        .collect();
    let (unusable, bundles) = bundles(&meant);
    if offline {
        return NetworkAnswers {
            of_requests: Vec::new(),
            bundles,
            skipped: Some("--offline".to_owned()),
        };
    }
    let mut usable = meant;
    usable.retain(|one| {
        one.plan.as_ref().is_ok_and(|plan| {
            let bundle = plan.connection.ca_bundle.as_ref();
            bundle.is_none_or(|path| !unusable.contains(path))
        })
    });
    let work = work(&usable);
    match ask_all(&work, context) {
        Ok(of_requests) => NetworkAnswers {
            of_requests,
            bundles,
            skipped: None,
        },
        Err(error) => NetworkAnswers {
            of_requests: Vec::new(),
            bundles,
            skipped: Some(error.to_string()),
        },
    }
}

impl NetworkAnswers {
    /// What is wrong with the network, the keys and the clock.
    pub(super) fn findings(&self, context: &Context, planned: &[Planned]) -> Vec<Finding> {
        let unreached: Vec<Unreached> = self
            .of_requests
            .iter()
            .filter_map(|answer| answer.unreached.clone())
            .collect();
        let asked: Vec<KeyHolder> = self
            .of_requests
            .iter()
            .filter_map(|answer| answer.asked.clone())
            .collect();
        // Of several, the one that took the least time to come.
        let offset = self
            .of_requests
            .iter()
            .filter_map(|answer| answer.offset)
            .min_by_key(|offset| offset.abs());
        let mut findings = network::proxies(&context.env);
        findings.extend(self.bundles.iter().cloned());
        findings.extend(network::check(planned, &unreached, &asked, offset));
        findings
    }

    pub(super) fn looked(&self) -> Vec<Looked> {
        if let Some(why) = &self.skipped {
            return vec![Looked::not("network", why)];
        }
        let asked = self
            .of_requests
            .iter()
            .filter_map(|answer| answer.asked.as_ref());
        let keys = asked
            .filter(|asked| asked.said != Said::Nothing)
            .map(|asked| shown_id(&asked.access_key_id).to_owned());
        let urls: BTreeSet<String> = self
            .of_requests
            .iter()
            .map(|answer| answer.url.clone())
            .collect();
        vec![
            Looked::at("access keys", keys.collect()),
            Looked::at("endpoints", urls.into_iter().collect()),
        ]
    }
}

/// The CA bundles that cannot be used, and what there is to say of each.
fn bundles(planned: &[&Planned]) -> (BTreeSet<String>, Vec<Finding>) {
    let plans = planned.iter().filter_map(|one| one.plan.as_ref().ok());
    let paths: BTreeSet<&String> = plans
        .filter_map(|plan| plan.connection.ca_bundle.as_ref())
        .collect();
    let wrong: Vec<(&String, Error)> = paths
        .into_iter()
        .filter_map(|path| Some((path, aws::ca_bundle(path).err()?)))
        .collect();
    (
        wrong.iter().map(|(path, _)| (*path).clone()).collect(),
        wrong
            .iter()
            .map(|(_, error)| {
                Finding::new(&catalog::CA_BUNDLE, error.to_string())
                    .fix(error.hint_texts().join("; "))
            })
            .collect(),
    )
}

fn work<'p>(planned: &[&'p Planned]) -> NetworkWork<'p> {
    let mut work = NetworkWork::default();
    for one in planned {
        let Ok(plan) = &one.plan else { continue };
        if let Some(id) = plan.source.access_key_id()
            && has_sts(plan)
        {
            work.keys.entry((id.to_owned(), world(plan))).or_insert(one);
        }
    }
    for one in planned {
        let Ok(plan) = &one.plan else { continue };
        for url in urls(plan) {
            work.endpoints.entry(url).or_insert(&plan.connection);
        }
    }
    work
}

/// An override, or else the partition.
fn world(plan: &Plan) -> String {
    match &plan.endpoint.url {
        Some((url, _)) => url.clone(),
        None => crate::arn::partition_of_region(&plan.region.name).to_owned(),
    }
}

/// Whether its STS can be there: an address of its own, or that of a region.
fn has_sts(plan: &Plan) -> bool {
    plan.endpoint.url.is_some() || crate::doctor::is_region(&plan.region.name)
}

/// The servers that the plan leads to. One whose region cannot be one has been told of already.
fn urls(plan: &Plan) -> Vec<String> {
    let mut urls = Vec::new();
    let is_web_identity = matches!(plan.source, Source::WebIdentity { .. });
    let asks_sts = plan.source.is_keys()
        || is_web_identity
        || plan.steps.iter().any(|s| s.role_arn().is_some());
    if asks_sts && has_sts(plan) {
        urls.extend(aws::endpoint_url(&plan.endpoint, &plan.region).ok());
    }
    if let (Some(sso), Some(center)) = (plan.sso(), &plan.identity_center)
        && crate::doctor::is_region(&sso.region)
    {
        urls.extend(aws::oidc_url(&center.oidc, &sso.region).ok());
        urls.extend(aws::portal_url(&center.portal, &sso.region).ok());
    }
    urls.iter()
        .map(|url| format!("{}/", url.trim_end_matches('/')))
        .collect()
}

/// Errors: the runtime does not start.
fn ask_all(work: &NetworkWork<'_>, context: &Context) -> Result<Vec<ProbeAnswer>> {
    runtime::run(async {
        let keys = work.keys.values().map(|one| ask_whose(one, context));
        let mut answers: Vec<ProbeAnswer> = stream::iter(keys)
            .buffered(AT_ONCE)
            .filter_map(|answer| async { answer })
            .collect()
            .await;
        // What a key's question reached, or did not, need not be tried again.
        let known: BTreeSet<String> = answers.iter().map(|answer| answer.url.clone()).collect();
        let others = work
            .endpoints
            .iter()
            .filter(|(url, _)| !known.contains(*url));
        let probes = others.map(|(url, connection)| probe(url, connection, context));
        let further: Vec<ProbeAnswer> = stream::iter(probes)
            .buffered(AT_ONCE)
            .filter_map(|answer| async { answer })
            .collect()
            .await;
        answers.extend(further);
        answers
    })
}

/// `GetCallerIdentity`; `None` where the profile's files are wrong, which was told already.
async fn ask_whose(one: &Planned, context: &Context) -> Option<ProbeAnswer> {
    let plan = one.plan.as_ref().ok()?;
    let credentials = keys_of(&plan.source, context).await?;
    let sts = Sts::new(plan, context.now, context.voice).ok()?;
    let url = format!("{}/", sts.url().trim_end_matches('/'));
    let answer = sts.confirm(&credentials).await;
    let (said, unreached) = match answer {
        Ok(who) => (
            Said::Caller {
                account_id: who.account_id,
                arn: who.arn,
            },
            None,
        ),
        Err(failure) if failure.is_dead_signer() => match failure {
            Failure::Refused { code, message, .. } => (Said::Dead { code, message }, None),
            Failure::Unreachable { .. } => (Said::Nothing, None),
        },
        Err(Failure::Refused { code, message, .. }) => (Said::Refused { code, message }, None),
        Err(Failure::Unreachable { cause, .. }) => (
            Said::Nothing,
            Some(unreached(&url, aws::trouble(&url, &cause).await)),
        ),
    };
    let offset = unreached.is_none().then(|| sts.clock_offset());
    Some(ProbeAnswer {
        url,
        asked: asked(plan, said),
        offset,
        unreached,
    })
}

fn asked(plan: &Plan, said: Said) -> Option<KeyHolder> {
    let source = &plan.source;
    Some(KeyHolder {
        access_key_id: source.access_key_id()?.to_owned(),
        holder: source.profile().map(str::to_owned),
        account_id: source.account_id().map(str::to_owned),
        said,
    })
}

/// `doctor` has nobody unlock anything: what a locked keyring holds is not asked about.
async fn keys_of(source: &Source, context: &Context) -> Option<Credentials> {
    let Source::StoredKey(key) = source else {
        return source::keys(source).ok();
    };
    let keyring = Keyring {
        env: &context.env,
        may_ask: false,
    };
    let secret = keyring.get(key.store, &key.access_key_id).await.ok()?;
    source::stored_credentials(key, secret).ok()
}

async fn probe(url: &str, connection: &Connection, context: &Context) -> Option<ProbeAnswer> {
    let url = url.to_owned();
    Some(
        match aws::probe(&url, connection, context.now).await.ok()? {
            Ok(offset) => ProbeAnswer {
                url,
                asked: None,
                offset,
                unreached: None,
            },
            Err(trouble) => {
                let unreached = Some(unreached(&url, trouble));
                ProbeAnswer {
                    url,
                    asked: None,
                    offset: None,
                    unreached,
                }
            }
        },
    )
}

fn unreached(url: &str, trouble: aws::Trouble) -> Unreached {
    let stage = match trouble.stage {
        aws::ProbeStage::Name => Stage::Name,
        aws::ProbeStage::Connection => Stage::Connection,
        aws::ProbeStage::Tls => Stage::Tls,
        aws::ProbeStage::Answer => Stage::Answer,
    };
    let url = url.trim_end_matches('/').to_owned();
    let is_proxy = aws::proxy_of(&url).is_some();
    Unreached {
        is_proxy,
        url,
        host: trouble.host,
        stage,
        why: trouble.why,
    }
}
