//! How long a run may take that an SDK waits for: SDKs give a `credential_process` up without a
//! word, and what it says afterwards nobody reads (docs/aws.md A4). Each request has a limit of its
//! own; this is the whole run's.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::config::words;
use crate::error::Error;
use crate::terminal;

use super::Broker;

/// Within the 21.6 s of the Rust SDKs, which are the first to give up; Go's wait a minute.
const LIMIT: Duration = Duration::from_secs(20);
/// How often is looked while a person is asked.
const LOOK: Duration = Duration::from_millis(200);

/// The moment at which a run gives up.
pub(super) struct Patience {
    /// `None` where a person waits, who can press Ctrl-C.
    until: Cell<Option<Instant>>,
    asking: Cell<bool>,
}

impl Patience {
    /// From now on.
    pub(super) fn of(broker: &Broker<'_>) -> Patience {
        Patience::within(limit(broker))
    }

    fn within(limit: Option<Duration>) -> Patience {
        Patience {
            until: Cell::new(limit.map(|limit| Instant::now() + limit)),
            asking: Cell::new(false),
        }
    }

    /// Before a person is asked: as things stand then.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until.get()
    }

    /// Work that is given up in time; `None` then.
    pub(super) async fn bound<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        terminal::unless(self.ends(), work).await.ok()
    }

    /// A question to a person, who takes the time that it takes: whether somebody still waits is
    /// looked at elsewhere.
    pub(super) async fn unhurried<T>(&self, question: impl Future<Output = T>) -> T {
        let began = Instant::now();
        self.asking.set(true);
        let answer = question.await;
        self.asking.set(false);
        self.until
            .set(self.until.get().map(|until| until + began.elapsed()));
        answer
    }

    async fn ends(&self) {
        let Some(mut next) = self.until.get() else {
            return std::future::pending().await;
        };
        loop {
            sleep_until(next).await;
            match self.until.get() {
                Some(until) if until > Instant::now() => next = until,
                _ if self.asking.get() => next = Instant::now() + LOOK,
                _ => return,
            }
        }
    }
}

/// `--within`, and what SDKs wait.
fn limit(broker: &Broker<'_>) -> Option<Duration> {
    let of_sdks = broker.options.until_expiry.then_some(LIMIT);
    broker.options.within.into_iter().chain(of_sdks).min()
}

/// The error for a run that was given up, with what to run where nobody is in a hurry.
pub(super) fn too_slow(broker: &Broker<'_>) -> Error {
    let profile = &broker.plan.profile;
    if let Some(within) = broker
        .options
        .within
        .filter(|within| limit(broker) == Some(*within))
    {
        let within = crate::duration::readable(i64::try_from(within.as_secs()).unwrap_or(i64::MAX));
        return Error::unreachable(format!(
            "the credentials of '{profile}' took longer than --within {within}"
        ));
    }
    Error::unreachable(format!(
        "the credentials of '{profile}' took longer than {} s, after which SDKs give a \
         credential_process up",
        LIMIT.as_secs()
    ))
    .hint_of_profile(ahead(broker))
}

/// The command that leaves the credentials in the cache, or what costs a person's time on the way
/// to them.
fn ahead(broker: &Broker<'_>) -> String {
    let plan = broker.plan;
    let profile = words::typed(&plan.profile);
    let needs_code = plan.steps.iter().any(|step| step.serial_number().is_some());
    if needs_code || plan.sso().is_some() {
        return format!("in a terminal, run: xacct login {profile}");
    }
    format!("to have them ready, run: xacct whoami {profile}")
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LATE: Duration = Duration::from_mins(1);

    fn run<T>(work: impl Future<Output = T>) -> T {
        crate::runtime::run(work).unwrap()
    }

    #[test]
    fn work_is_given_up_in_time_and_only_then() {
        run(async {
            assert_eq!(Patience::within(Some(SOON)).bound(sleep(LATE)).await, None);
            assert_eq!(
                Patience::within(Some(LATE)).bound(async { 7 }).await,
                Some(7)
            );
            let patience = Patience::within(None);
            assert_eq!(
                (patience.until(), patience.bound(sleep(SOON)).await),
                (None, Some(()))
            );
        });
    }

    #[test]
    fn all_parts_of_a_run_have_one_limit() {
        run(async {
            let patience = Patience::within(Some(SOON * 3));
            let parts = async {
                for _ in 0..5 {
                    patience.bound(sleep(SOON)).await?;
                }
                Some(())
            };
            assert_eq!(parts.await, None);
            // What needs no time is still done afterwards.
            assert_eq!(patience.bound(async { 7 }).await, Some(7));
        });
    }

    #[test]
    fn a_person_takes_the_time_it_takes() {
        run(async {
            let patience = Patience::within(Some(SOON));
            let asked = async {
                patience.unhurried(sleep(SOON * 5)).await;
                7
            };
            assert_eq!(patience.bound(asked).await, Some(7));
            assert_eq!(patience.bound(sleep(LATE)).await, None);
        });
    }

    #[test]
    fn what_must_not_be_cut_off_comes_to_its_end() {
        run(async {
            let ended = Cell::new(false);
            let refresh = terminal::finishing(async {
                sleep(SOON * 3).await;
                ended.set(true);
            });
            let after = async {
                refresh.await.unwrap();
                sleep(LATE).await;
            };
            assert_eq!(Patience::within(Some(SOON)).bound(after).await, None);
            assert!(ended.get());
        });
    }
}
