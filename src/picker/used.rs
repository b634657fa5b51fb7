//! Which profiles are picked, how often and when: what the list is ordered by. Where it is kept,
//! the caller knows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Of another version, it is nothing.
const VERSION: u32 = 1;

/// More profiles than anybody remembers; the file stays small.
const KEPT: usize = 500;

/// How often each profile was picked, and when last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Used {
    version: u32,
    profiles: BTreeMap<String, Use>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Use {
    count: u32,
    /// Seconds since 1970.
    last: i64,
}

impl Default for Used {
    fn default() -> Used {
        Used {
            version: VERSION,
            profiles: BTreeMap::new(),
        }
    }
}

impl Used {
    /// What is damaged, or of another version, is nothing.
    pub(crate) fn read(bytes: &[u8]) -> Used {
        serde_json::from_slice(bytes)
            .ok()
            .filter(|used: &Used| used.version == VERSION)
            .unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        // Numbers and strings: it cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn pick(&mut self, profile: &str, now: DateTime<Utc>) {
        let known = self
            .profiles
            .entry(profile.to_owned())
            .or_insert(Use { count: 0, last: 0 });
        *known = Use {
            count: known.count.saturating_add(1),
            last: now.timestamp(),
        };
        while self.profiles.len() > KEPT {
            let oldest = self.profiles.iter().min_by_key(|(_, known)| known.last);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else {
                return;
            };
            self.profiles.remove(&oldest);
        }
    }

    /// More is more; 0 for one that was never picked. What was long ago counts less, as in zoxide.
    pub(crate) fn weight(&self, profile: &str, now: DateTime<Utc>) -> u64 {
        let Some(known) = self.profiles.get(profile) else {
            return 0;
        };
        let ago = now.timestamp().saturating_sub(known.last);
        let ages = [(3_600, 16), (86_400, 8), (604_800, 2)];
        let factor = ages
            .into_iter()
            .find(|(age, _)| ago < *age)
            .map_or(1, |(_, factor)| factor);
        u64::from(known.count) * factor
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        Utc.timestamp_opt(1_800_000_000, 0).unwrap() + TimeDelta::hours(hours)
    }

    #[test]
    fn often_and_lately() {
        let mut used = Used::default();
        for _ in 0..3 {
            used.pick("old", at(0));
        }
        used.pick("new", at(24 * 30));
        let now = at(24 * 30);
        assert!(used.weight("new", now) > used.weight("old", now));
        assert_eq!((used.weight("old", now), used.weight("never", now)), (3, 0));
        used.pick("old", now);
        assert!(used.weight("old", now) > used.weight("new", now));
    }

    #[test]
    fn what_is_damaged_is_nothing() {
        let mut used = Used::default();
        used.pick("client1", at(0));
        assert_eq!(Used::read(&used.bytes()), used);
        let other = String::from_utf8(used.bytes())
            .unwrap()
            .replace("\"version\":1", "\"version\":2");
        for bytes in [&b""[..], b"{", b"[]", b"\xff", other.as_bytes()] {
            assert_eq!(Used::read(bytes), Used::default());
        }
    }

    #[test]
    fn it_stays_small() {
        let mut used = Used::default();
        for number in 0..600 {
            used.pick(&format!("profile-{number}"), at(number));
        }
        assert_eq!(used.profiles.len(), KEPT);
        assert_eq!(used.weight("profile-0", at(600)), 0);
        assert!(used.weight("profile-599", at(600)) > 0);
    }
}
