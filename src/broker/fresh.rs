//! When credentials are used as they are, renewed, or replaced: arithmetic on what is left of them.

use chrono::{DateTime, Utc};

use crate::cache::Entry;

/// Renewal starts with this much left, in seconds, or a quarter of the lifetime if that is less.
const RENEW: i64 = 900;
/// A person is asked with this much left, or a tenth of the lifetime if that is less.
const ASK: i64 = 300;

/// What newer credentials would cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    /// A newer one costs a person's time.
    pub(super) needs_person: bool,
    /// Serve until true expiry rather than ask: no person can be asked, or the caller is an SDK.
    pub(super) until_expiry: bool,
}

/// Seconds left; negative after expiry.
pub(super) fn left(entry: &Entry, now: DateTime<Utc>) -> i64 {
    (entry.expires_at - now).num_seconds()
}

/// Whether the entry is used as it is. `min_ttl` is `--min-ttl` in seconds; `demand` costs file
/// reads and is asked only in the stretch where it matters.
pub(super) fn good(
    entry: &Entry,
    now: DateTime<Utc>,
    min_ttl: i64,
    demand: impl FnOnce() -> Demand,
) -> bool {
    let left = left(entry, now);
    if left <= 0 || left < min_ttl {
        return false;
    }
    let lifetime = (entry.expires_at - entry.issued_at).num_seconds().max(0);
    if left > RENEW.min(lifetime / 4) {
        return true;
    }
    let demand = demand();
    demand.needs_person && (demand.until_expiry || left > ASK.min(lifetime / 10))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::cache::sample;

    /// An entry of `lifetime` seconds, and the moment when `left` of them are left.
    fn at(lifetime: i64, left: i64) -> (Entry, DateTime<Utc>) {
        let issued_at = Utc.timestamp_opt(1_800_000_000, 0).unwrap();
        let expires_at = issued_at + chrono::Duration::seconds(lifetime);
        let entry = Entry {
            expires_at,
            issued_at,
            ..sample("ASIA")
        };
        (entry, expires_at - chrono::Duration::seconds(left))
    }

    fn verdict(lifetime: i64, left: i64, needs_person: bool, until_expiry: bool) -> bool {
        let (entry, now) = at(lifetime, left);
        good(&entry, now, 0, || Demand {
            needs_person,
            until_expiry,
        })
    }

    #[test]
    fn renewed_with_a_quarter_of_an_hour_left() {
        assert!(verdict(3600, 901, false, false));
        assert!(!verdict(3600, 900, false, false));
        assert!(verdict(900, 226, false, false), "a quarter of a short life");
        assert!(!verdict(900, 225, false, false));
    }

    #[test]
    fn a_person_is_asked_later() {
        assert!(verdict(3600, 301, true, false));
        assert!(!verdict(3600, 300, true, false));
        assert!(!verdict(900, 90, true, false), "a tenth of a short life");
        assert!(verdict(900, 91, true, false));
    }

    #[test]
    fn an_sdk_is_served_until_expiry_and_never_past_it() {
        assert!(verdict(3600, 1, true, true));
        assert!(!verdict(3600, 0, true, true));
        assert!(!verdict(3600, -5, true, true));
    }

    #[test]
    fn min_ttl_is_kept() {
        let (entry, now) = at(43_200, 3599);
        assert!(!good(&entry, now, 3600, || Demand {
            needs_person: true,
            until_expiry: true
        }));
        let (entry, now) = at(43_200, 3600);
        assert!(good(&entry, now, 3600, || panic!("not asked")));
    }
}
