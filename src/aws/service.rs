//! What the clients of all services are made of: where the service is, the way there, how often a
//! request is sent and when, and what becomes of its error.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use aws_config::SdkConfig;
use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::http::Response;
use chrono::{DateTime, Utc};

use super::client::{self, CorrectedClock, Effort, WatchClock};
use super::failure::{self, Failure};
use super::network::{KnownServer, Network};
use super::pages;
use crate::error::Result;
use crate::plan::{Connection, Endpoint};
use crate::say::Voice;

/// Who asks, over which connections.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) network: &'a Network,
    pub(crate) connection: &'a Connection,
    pub(crate) now: fn() -> DateTime<Utc>,
    pub(crate) voice: Voice,
}

/// A service at one address.
#[derive(Clone)]
pub(super) struct Service {
    /// As it is called in what is said.
    name: &'static str,
    pub(super) url: String,
    region: String,
    endpoint: Endpoint,
    connection: Connection,
    network: Network,
    /// With the seconds that AWS's clock is ahead, as the last answer's `Date` header had it.
    server: KnownServer,
    pub(super) now: fn() -> DateTime<Utc>,
    pub(super) voice: Voice,
}

impl Service {
    /// `region` is the one that requests are signed for.
    ///
    /// Errors: of kind `Config`, where the CA bundle cannot be read.
    pub(super) fn new(
        name: &'static str,
        url: String,
        endpoint: &Endpoint,
        region: &str,
        asking: Asking<'_>,
    ) -> Result<Service> {
        Ok(Service {
            name,
            region: region.to_owned(),
            endpoint: endpoint.clone(),
            connection: asking.connection.clone(),
            network: asking.network.clone(),
            server: asking.network.server(&url, asking.connection)?,
            now: asking.now,
            voice: asking.voice,
            url,
        })
    }

    /// The same, with connections of its own; what is known of the clocks goes along.
    pub(super) fn reconnected(&self) -> Result<Service> {
        let network = Network::default();
        let http = network.server(&self.url, &self.connection)?.http;
        let clock_offset = Arc::clone(&self.server.clock_offset);
        let server = KnownServer { http, clock_offset };
        Ok(Service {
            network,
            server,
            ..self.clone()
        })
    }

    /// For `-v`: what is asked where; never a code or a secret.
    pub(super) fn asking(&self, what: &str) {
        self.voice.trace(1, &format!("{what}: asking {}", self.url));
    }

    /// For one request that is not signed.
    pub(super) fn config(&self, effort: Effort) -> SdkConfig {
        let effort = if self.network.is_paced() {
            effort.unrepeated()
        } else {
            effort
        };
        client::shared(
            &self.connection,
            &self.endpoint,
            self.region.clone(),
            &self.server.http,
            effort,
        )
    }

    /// For one request: it is signed by what the last answer said of the clocks.
    pub(super) fn signed(&self, effort: Effort, keys: SdkCredentials) -> SdkConfig {
        let clock = CorrectedClock {
            now: self.now,
            offset: self.clock_skew().unwrap_or(0),
        };
        self.config(effort)
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .time_source(SharedTimeSource::new(clock))
            .build()
    }

    /// Goes into each client that signs.
    pub(super) fn watch(&self) -> WatchClock {
        WatchClock {
            now: self.now,
            offset: Arc::clone(&self.server.clock_offset),
        }
    }

    /// Seconds that AWS's clock is ahead, by the last answer; 0 where there was none.
    pub(super) fn clock_offset(&self) -> i64 {
        self.server.clock_offset.load(Ordering::Relaxed)
    }

    /// Seconds that AWS's clock is ahead, where the difference is more than requests take.
    pub(super) fn clock_skew(&self) -> Option<i64> {
        failure::skew(self.clock_offset())
    }

    /// Sends a request, when it is its turn. `request` makes a new client for each attempt, which
    /// signs by the clock as it is known then.
    pub(super) async fn send<T, E>(
        &self,
        effort: Effort,
        request: impl AsyncFn() -> std::result::Result<T, SdkError<E, Response>>,
    ) -> std::result::Result<T, Failure>
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let attempts = client::attempts(&self.connection, effort);
        // What carries a code is sent once, whatever the answer.
        let sent = self.network.send(attempts, effort, async || {
            let answer = Box::pin(request()).await;
            answer.map_err(|error| self.told(Failure::from_sdk(error, (self.now)())))
        });
        sent.await
    }

    /// A list that comes page by page: `request` takes the last page's token, `parts` gives a
    /// page's entries and the next one.
    pub(super) async fn list<P, T, E>(
        &self,
        request: impl AsyncFn(Option<String>) -> std::result::Result<P, SdkError<E, Response>>,
        parts: impl Fn(P) -> (Option<Vec<T>>, Option<String>),
    ) -> std::result::Result<Vec<T>, Failure>
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let all = pages::all(async |token: Option<String>| {
            let page = self.send(Effort::Usual, async || request(token.clone()).await);
            let (entries, next) = parts(page.await?);
            Ok((entries.unwrap_or_default(), next))
        });
        all.await
    }

    /// Says it, for `-v`.
    pub(super) fn told(&self, failure: Failure) -> Failure {
        self.voice.trace(1, &format!("{}: {failure}", self.name));
        failure
    }
}
