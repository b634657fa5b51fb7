//! One request from its bytes to what happens to it: the log, the faults, the service. Sockets are
//! left to `server`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::answer::{AwsRefusal, Content, Reply, SandboxService};
use super::faults::{Fault, FaultKind, Faults};
use super::route::{self, RoutedRequest};
use super::sigv4::{self, Received};
use super::state::State;
use super::world::World;
use super::{account, federation, login, oidc, organizations, portal, sts};

/// A line of the request log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LoggedRequest {
    /// Counted from 1 since the server started, also across a cleared log.
    pub(crate) n: u64,
    pub(crate) action: Option<String>,
    /// All but Action and Version; of Identity Center's secrets only the beginning.
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) access_key_id: Option<String>,
    pub(crate) region: Option<String>,
    /// `None` where nothing was answered (yet).
    pub(crate) status: Option<u16>,
    /// The error code.
    pub(crate) code: Option<&'static str>,
    pub(crate) user_agent: Option<String>,
    pub(crate) fault: Option<FaultKind>,
}

/// The sandbox between two requests.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) state: State,
    pub(crate) faults: Faults,
    pub(crate) log: Vec<LoggedRequest>,
    requests: u64,
}

/// A request that was written down and waits for its turn.
#[derive(Debug)]
pub(crate) struct Admitted {
    number: u64,
    asked: RoutedRequest,
    fault: Option<Fault>,
}

impl Admitted {
    /// How long the request is to be left waiting, in milliseconds.
    pub(crate) fn delay(&self) -> u64 {
        self.fault
            .as_ref()
            .filter(|fault| fault.kind == FaultKind::Delay)
            .map_or(0, |fault| fault.milliseconds)
    }
}

/// What the client sees.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    Answer(Reply),
    /// Half of it, then the end of the connection.
    Truncated(Reply),
    Reset,
    Silence,
}

impl Desk {
    pub(crate) fn new(world: World) -> Desk {
        Desk {
            state: State::new(world),
            faults: Faults::default(),
            log: Vec::new(),
            requests: 0,
        }
    }

    /// Writes the request down and finds the fault that is meant for it.
    pub(crate) fn admit(&mut self, received: &Received<'_>) -> Admitted {
        self.requests += 1;
        let asked = route::route(received);
        let fault = self.faults.take(asked.action.as_deref());
        let claim = sigv4::claim(received).ok();
        let user_agent = received.headers.get("user-agent");
        self.log.push(LoggedRequest {
            n: self.requests,
            action: asked.action.clone(),
            params: asked.shown(),
            access_key_id: claim.as_ref().map(|claim| claim.access_key_id.clone()),
            region: claim.map(|claim| claim.region),
            status: None,
            code: None,
            user_agent: user_agent
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            fault: fault.as_ref().map(|fault| fault.kind),
        });
        Admitted {
            number: self.requests,
            asked,
            fault,
        }
    }

    /// Answers it, or does to it what its fault says; `now` is the machine's clock.
    pub(crate) fn process(
        &mut self,
        admitted: &Admitted,
        received: &Received<'_>,
        now: DateTime<Utc>,
    ) -> Reaction {
        let service = admitted.asked.service;
        let fault = admitted.fault.as_ref();
        let action = admitted.asked.action.as_deref().unwrap_or_default();
        let served = match fault.map(|fault| fault.kind) {
            Some(FaultKind::ResetBefore) => return Reaction::Reset,
            Some(FaultKind::Silent) => return Reaction::Silence,
            Some(FaultKind::Throttle) => Err(AwsRefusal::throttled(service)),
            Some(FaultKind::Error) => {
                let status = fault.map_or(500, |fault| fault.status);
                Err(AwsRefusal::broken(service, status))
            }
            Some(FaultKind::ResetAfter | FaultKind::Delay | FaultKind::Truncate) | None => {
                self.serve(&admitted.asked, action, received, now)
            }
        };
        let reply = match served {
            Ok(content) => Reply::result(action, content, admitted.number),
            Err(refusal) => Reply::refusal(service, &refusal, admitted.number),
        };
        if let Some(entry) = self.log.iter_mut().find(|entry| entry.n == admitted.number) {
            entry.status = Some(reply.status);
            entry.code = reply.code;
        }
        match fault.map(|fault| fault.kind) {
            Some(FaultKind::ResetAfter) => Reaction::Reset,
            Some(FaultKind::Truncate) => Reaction::Truncated(reply),
            _ => Reaction::Answer(reply),
        }
    }

    fn serve(
        &mut self,
        asked: &RoutedRequest,
        action: &str,
        received: &Received<'_>,
        now: DateTime<Utc>,
    ) -> Result<Content, AwsRefusal> {
        match asked.service {
            SandboxService::Sts => {
                sts::answer(&mut self.state, received, &asked.params, now).map(Content::Xml)
            }
            SandboxService::Oidc => oidc::answer(&mut self.state, action, received, now),
            SandboxService::Portal => portal::answer(&mut self.state, action, received, now),
            SandboxService::Organizations => {
                organizations::answer(&self.state, action, &asked.params, received, now)
            }
            SandboxService::Account => account::answer(&self.state, received, now),
            SandboxService::Signin => login::answer(&mut self.state, received, now),
            SandboxService::Federation => federation::answer(&mut self.state, &asked.params, now),
        }
    }
}
