//! Looks at the keyrings that have access keys, or may get some; nothing is unlocked.

use crate::commands::context::Context;
use crate::config::Config;
use crate::doctor::Finding;
use crate::doctor::keyring::{StoreFact, check, is_of_interest};
use crate::keyring::{Keyring, StoreState, stores};
use crate::runtime;

pub(super) fn look(context: &Context, config: &Config) -> Vec<Finding> {
    if !is_of_interest(config) {
        return Vec::new();
    }
    let keyring = Keyring {
        env: &context.env,
        may_ask: false,
    };
    let mut wanted = stores();
    let named = config.settings().keys_store;
    let with_keys = config.stored_keys().keys.iter().map(|key| key.store);
    for store in with_keys.chain(named) {
        if !wanted.contains(&store) {
            wanted.push(store);
        }
    }
    let facts = runtime::run(async {
        let mut facts = Vec::new();
        for store in wanted {
            let state = keyring.state(store).await;
            facts.push(StoreFact {
                store,
                is_locked: state == StoreState::Locked,
                missing: match state {
                    StoreState::Missing(why) => Some(why),
                    _ => None,
                },
            });
        }
        facts
    });
    facts.map_or_else(|_| Vec::new(), |facts| check(config, &facts))
}
