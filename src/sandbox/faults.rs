//! What the sandbox can be told to do wrong, to the next requests or to those of one action.

use serde::{Deserialize, Serialize};

/// The kinds of fault, by the name that the control API gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// 400 `Throttling`: "Rate exceeded". Nothing is processed.
    Throttle,
    /// `status` (500 or 503). Nothing is processed.
    Error,
    /// The connection is reset before anything is processed.
    ResetBefore,
    /// The request is processed (codes are spent, sessions made), then the connection is reset.
    ResetAfter,
    /// The request is processed `milliseconds` later.
    Delay,
    /// The request is processed, and half of the body is sent before the connection closes.
    Truncate,
    /// The connection stays open and nothing ever comes. Nothing is processed.
    Silent,
}

/// One order, as the control API takes it: `{"kind":"throttle","count":2,"action":"AssumeRole"}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// How many requests it hits.
    #[serde(default = "once")]
    pub(crate) count: u32,
    /// The action it waits for; any where absent.
    pub(crate) action: Option<String>,
    #[serde(default = "internal_error")]
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) milliseconds: u64,
}

fn once() -> u32 {
    1
}

fn internal_error() -> u16 {
    500
}

/// The orders that are not used up, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The oldest order that hits this action; one request less is left of it.
    pub(crate) fn take(&mut self, action: Option<&str>) -> Option<Fault> {
        self.0.retain(|fault| fault.count > 0);
        let hits = |fault: &&mut Fault| fault.action.is_none() || fault.action.as_deref() == action;
        let fault = self.0.iter_mut().find(hits)?;
        fault.count -= 1;
        Some(fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hits_what_it_was_meant_for_and_wears_out() {
        let mut faults = Faults::default();
        let fault = |text| serde_json::from_str::<Fault>(text);
        faults.add(fault(r#"{"kind":"throttle","count":2,"action":"AssumeRole"}"#).unwrap());
        faults.add(fault(r#"{"kind":"silent"}"#).unwrap());
        let mut kind = |action| faults.take(action).map(|fault| fault.kind);
        assert_eq!(kind(Some("GetCallerIdentity")), Some(FaultKind::Silent));
        assert_eq!(kind(Some("GetCallerIdentity")), None);
        assert_eq!(kind(Some("AssumeRole")), Some(FaultKind::Throttle));
        assert_eq!(kind(Some("AssumeRole")), Some(FaultKind::Throttle));
        assert_eq!(kind(Some("AssumeRole")), None);
        assert!(fault(r#"{"kind":"explode"}"#).is_err());
        assert!(fault(r#"{"kind":"silent","often":3}"#).is_err());
    }
}
