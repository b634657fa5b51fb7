//! What the requests of one run have in common: connections, what is known of AWS's clock, and
//! their pace.
//!
//! Building an HTTP client with TLS takes milliseconds, and a new connection a round trip or three:
//! a run over a thousand accounts does so once a server.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use aws_sdk_sts::config::SharedHttpClient;

use super::client::Effort;
use super::connector;
use super::failure::Failure;
use super::pace::Pace;
use crate::error::Result;
use crate::plan::Connection;

/// How often a request is sent again that was throttled. With the pauses that is over half a
/// minute.
const THROTTLED_TRIES: u32 = 12;
/// Before the second attempt at a request that got no answer; twice as long before each next one.
const FIRST_BACKOFF: Duration = Duration::from_millis(200);

/// How long to wait before the second attempt of [`retried`]; before each next one, twice as long.
const PAUSE: Duration = Duration::from_millis(300);
/// How often [`retried`] sends a request that AWS throttles.
const THROTTLED_ATTEMPTS: u32 = 7;

/// Cheap to clone: all clones are one.
#[derive(Clone, Default)]
pub(crate) struct Network(Rc<NetworkState>);

#[derive(Default)]
struct NetworkState {
    servers: RefCell<HashMap<ServerName, KnownServer>>,
    /// `None`: requests are sent as they come, and the SDK retries each for itself.
    pace: Option<Pace>,
}

#[derive(PartialEq, Eq, Hash)]
struct ServerName {
    url: String,
    ca_bundle: Option<String>,
}

/// One server's connections, and the seconds that its clock is ahead.
#[derive(Clone)]
pub(super) struct KnownServer {
    pub(super) http: SharedHttpClient,
    pub(super) clock_offset: Arc<AtomicI64>,
}

impl Network {
    /// For a run with up to this many requests at once, which back off together.
    pub(crate) fn paced(most: u32) -> Network {
        Network(Rc::new(NetworkState {
            servers: RefCell::default(),
            pace: Some(Pace::new(most)),
        }))
    }

    /// Errors: of kind `Config`, where the CA bundle cannot be read.
    pub(super) fn server(&self, url: &str, connection: &Connection) -> Result<KnownServer> {
        let server = ServerName {
            url: url.to_owned(),
            ca_bundle: connection.ca_bundle.clone(),
        };
        if let Some(known) = self.0.servers.borrow().get(&server) {
            return Ok(known.clone());
        }
        let known = KnownServer {
            http: connector::http_client(url, connection)?,
            clock_offset: Arc::default(),
        };
        self.0.servers.borrow_mut().insert(server, known.clone());
        Ok(known)
    }

    pub(super) fn is_paced(&self) -> bool {
        self.0.pace.is_some()
    }

    /// Sends a request, which the SDK must not retry where this is paced: here it is, when it is
    /// its turn again. `attempts` is 1 or more, the first one included; those that were throttled
    /// do not count, except for [`Effort::Once`].
    pub(super) async fn send<T>(
        &self,
        attempts: u32,
        effort: Effort,
        request: impl AsyncFn() -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        let Some(pace) = &self.0.pace else {
            return request().await;
        };
        let (mut attempt, mut throttled, mut backoff) = (1, 0, FIRST_BACKOFF);
        loop {
            let turn = pace.turn().await;
            let answer = request().await;
            match &answer {
                Err(failure) if failure.is_throttled() => {
                    turn.throttled();
                    throttled += 1;
                    if effort == Effort::Once || throttled > THROTTLED_TRIES {
                        return answer;
                    }
                }
                // The answer has told how far the clocks are apart, and the next signature is
                // right.
                Err(failure) if failure.clock_skew().is_some() && attempt < attempts => {
                    attempt += 1;
                }
                Err(Failure::Unreachable { .. }) if attempt < attempts => {
                    drop(turn);
                    attempt += 1;
                    tokio::time::sleep(backoff).await;
                    backoff *= 2;
                }
                Err(Failure::Unreachable { .. }) => return answer,
                Ok(_) | Err(Failure::Refused { .. }) => {
                    turn.answered();
                    return answer;
                }
            }
        }
    }
}

/// Sends a request for which there is no client of the SDK, as often as one of the SDK's would.
/// `once` is told how many seconds AWS's clock is ahead; `tell` hears of each failure.
pub(super) async fn retried<T>(
    max_attempts: u32,
    tell: impl Fn(&Failure),
    once: impl AsyncFn(i64) -> std::result::Result<T, Failure>,
) -> std::result::Result<T, Failure> {
    let (mut attempt, mut pause, mut offset) = (1, PAUSE, 0);
    loop {
        let failure = match once(offset).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        tell(&failure);
        let most = if failure.is_throttled() {
            THROTTLED_ATTEMPTS
        } else {
            max_attempts
        };
        let skew = failure.clock_skew().filter(|_| offset == 0);
        let is_final = matches!(failure, Failure::Refused { .. }) && skew.is_none();
        if attempt >= most || is_final {
            return Err(failure);
        }
        offset = skew.unwrap_or(offset);
        attempt += 1;
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn throttled() -> Failure {
        let why = "Throttling: Rate exceeded (HTTP 400)".to_owned();
        Failure::failed(why, anyhow::anyhow!("throttled")).throttled_if(true)
    }

    /// How often a request is sent that is throttled the first time.
    fn sent(effort: Effort) -> u32 {
        let sent = Cell::new(0);
        let answer = crate::runtime::run(Network::paced(8).send(1, effort, async || {
            sent.set(sent.get() + 1);
            if sent.get() == 1 {
                Err(throttled())
            } else {
                Ok(())
            }
        }));
        assert_eq!(answer.unwrap().is_ok(), effort != Effort::Once);
        sent.get()
    }

    #[test]
    fn what_carries_a_code_is_never_repeated() {
        assert_eq!((sent(Effort::Usual), sent(Effort::Once)), (2, 1));
    }
}
