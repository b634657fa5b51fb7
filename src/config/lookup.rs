//! An index by name that is made once it pays: one look-up is faster without, and for many of them
//! the time must not grow with the number of names each time.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a command for one profile, its sources included, stays below.
const FEW: u32 = 32;

/// Where something of each name is.
#[derive(Debug)]
pub(super) struct Index<T> {
    lookups: AtomicU32,
    places: OnceLock<HashMap<Box<str>, T>>,
}

impl<T> Default for Index<T> {
    fn default() -> Index<T> {
        Index {
            lookups: AtomicU32::new(0),
            places: OnceLock::new(),
        }
    }
}

impl<T> Index<T> {
    /// The index, made now if there were many look-ups before this one; `None` for the first few.
    pub(super) fn get(
        &self,
        make: impl FnOnce() -> HashMap<Box<str>, T>,
    ) -> Option<&HashMap<Box<str>, T>> {
        if let Some(places) = self.places.get() {
            return Some(places);
        }
        if self.lookups.fetch_add(1, Ordering::Relaxed) < FEW {
            return None;
        }
        Some(self.places.get_or_init(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_there_were_many_look_ups() {
        let index = Index::default();
        let mut made = 0;
        for lookup in 0..3 * FEW {
            let places = index.get(|| {
                made += 1;
                HashMap::from([("a".into(), 1)])
            });
            assert_eq!(places.is_some(), lookup >= FEW);
        }
        assert_eq!(made, 1);
    }
}
