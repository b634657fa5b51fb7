//! What the brokers of one run have in common; a command with one profile has it for itself.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::aws::Network;
use crate::cache::Entry;
use crate::credentials::Credentials;
use crate::plan::PlanKey;

/// An entry that rests on what a process answered.
pub(super) struct Rest {
    pub(super) key: PlanKey,
    /// The digest of the source, in hex.
    pub(super) source: String,
    pub(super) answer: String,
}

/// Cheap to clone: all clones are one.
#[derive(Clone, Default)]
pub(crate) struct Common(Rc<SharedState>);

#[derive(Default)]
struct SharedState {
    network: Network,
    /// What has been complained about; once is enough.
    complained: RefCell<BTreeSet<String>>,
    /// The keys of what was issued in this run: with `--refresh`, once is enough for all who share
    /// it.
    issued: RefCell<HashSet<PlanKey>>,
    /// What the cache could not take: one prompt must do for all, also where nothing can be
    /// written.
    unwritten: RefCell<HashMap<PlanKey, Entry>>,
    /// What the cache held of processes' answers when the first of them was asked.
    rests: OnceCell<Vec<Rest>>,
    pruned: Cell<bool>,
    asking: Cell<u32>,
    has_sent_code: Cell<bool>,
    /// By their IDs: what a keyring has given in this run, for all who wait for it.
    keys: RefCell<HashMap<String, StoredKey>>,
}

/// One answer of a keyring, once it is there.
pub(super) type StoredKey = Rc<tokio::sync::OnceCell<Credentials>>;

impl Common {
    /// For a run with up to this many requests at once, which back off together where AWS asks for
    /// it.
    pub(crate) fn of_many(requests: u32) -> Common {
        Common(Rc::new(SharedState {
            network: Network::paced(requests),
            ..SharedState::default()
        }))
    }

    pub(super) fn network(&self) -> &Network {
        &self.0.network
    }

    /// Whether this is said for the first time.
    pub(super) fn is_new(&self, complaint: &str) -> bool {
        self.0.complained.borrow_mut().insert(complaint.to_owned())
    }

    pub(super) fn note_issued(&self, key: PlanKey) {
        self.0.issued.borrow_mut().insert(key);
    }

    pub(super) fn has_issued(&self, key: &PlanKey) -> bool {
        self.0.issued.borrow().contains(key)
    }

    pub(super) fn remember(&self, key: PlanKey, entry: &Entry) {
        self.0.unwritten.borrow_mut().insert(key, entry.clone());
    }

    pub(super) fn forget(&self, key: &PlanKey) {
        self.0.unwritten.borrow_mut().remove(key);
    }

    pub(super) fn remembered(&self, key: &PlanKey) -> Option<Entry> {
        self.0.unwritten.borrow().get(key).cloned()
    }

    /// What rests on processes' answers; `read` looks at every file of the cache, which is done
    /// once a run.
    pub(super) fn rests(&self, read: impl FnOnce() -> Vec<Rest>) -> &[Rest] {
        self.0.rests.get_or_init(read)
    }

    /// True once a run: pruning looks at every file of the cache.
    pub(super) fn may_prune(&self) -> bool {
        !self.0.pruned.replace(true)
    }

    /// The place for what a keyring gives for the access key of this ID.
    pub(super) fn stored_key(&self, id: &str) -> StoredKey {
        let mut keys = self.0.keys.borrow_mut();
        Rc::clone(keys.entry(id.to_owned()).or_default())
    }

    pub(super) fn note_sent_code(&self) {
        self.0.has_sent_code.set(true);
    }

    /// Whether an MFA code was sent in this run.
    pub(crate) fn has_sent_code(&self) -> bool {
        self.0.has_sent_code.get()
    }

    /// While this is kept, a person may be looking at a question.
    pub(super) fn asking(&self) -> Asking {
        self.0.asking.set(self.0.asking.get() + 1);
        Asking(self.clone())
    }

    /// Whether a question may be on the terminal, where nothing else should be written then.
    pub(crate) fn is_asking(&self) -> bool {
        self.0.asking.get() > 0
    }
}

pub(super) struct Asking(Common);

impl Drop for Asking {
    fn drop(&mut self) {
        let asking = &self.0.0.asking;
        asking.set(asking.get().saturating_sub(1));
    }
}
