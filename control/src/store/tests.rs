//! What every store promises.

use std::time::Duration;

use intermission_core::{Mode, ServiceName, State};
use intermission_testkit as testkit;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::runtime::Runtime;

mod labels;
mod requests;
mod retention;

use super::*;
use crate::labels::Labels;
use crate::store::etcd::{Cluster, Etcd};
use crate::token::{Grant, Made, Role, TokenHash};
use crate::wire::node::MemberId;
use crate::wire::removed::Removed;
use crate::wire::stamp::Stamp;

/// The engines, each with an empty store.
struct Engines {
    sqlite: TempDir,
    etcd: testkit::Etcd,
    runtime: Runtime,
}

impl Engines {
    fn new() -> Self {
        Self {
            sqlite: tempfile::tempdir().unwrap(),
            etcd: testkit::Etcd::start(1),
            runtime: Runtime::new().unwrap(),
        }
    }

    /// Opens the store of each.
    fn open(&self) -> [Box<dyn Store>; 2] {
        [self.open_sqlite(), self.open_etcd()]
    }

    /// The level of the facts that the store in etcd has, as a program that starts reads it.
    fn level(&self) -> Option<String> {
        let line = ["get", "intermission/level", "--print-value-only"];
        let found = self.etcd.ctl(&line, b"").ok()?;
        Some(found.trim().to_owned())
    }

    fn open_sqlite(&self) -> Box<dyn Store> {
        let folder = Folder::open(self.sqlite.path(), Disk::Any).unwrap();
        Box::new(Sqlite::open(&folder, Timestamp::UNIX_EPOCH).unwrap())
    }

    fn open_etcd(&self) -> Box<dyn Store> {
        let cluster = Cluster {
            members: self
                .etcd
                .urls()
                .iter()
                .map(|url| url.parse().unwrap())
                .collect(),
            authority: None,
            identity: None,
            prefix: "intermission".to_owned(),
        };
        let runtime = self.runtime.handle().clone();
        Box::new(Etcd::open(&cluster, runtime, Timestamp::UNIX_EPOCH).unwrap())
    }
}

fn state(store: &dyn Store, revision: u64, mode: Mode) -> Step {
    state_of(store, "shop", revision, mode)
}

/// A state of a service, made so many seconds after the epoch as its revision says.
fn state_of(store: &dyn Store, service: &str, revision: u64, mode: Mode) -> Step {
    let (_, batch) = store.load().unwrap();
    let [Step::Identity(identity), ..] = &batch.0[..] else {
        panic!("{batch:?}");
    };
    let service: ServiceName = service.parse().unwrap();
    let mut state = State::initial(service, mode);
    state.store = identity.as_str().into();
    state.revision = revision;
    let stamp = Stamp {
        revision,
        at: seconds(revision),
        actor: "ann".to_owned(),
        action: format!("change {revision}"),
        reason: None,
    };
    Step::Changed(Box::new(StoredState::new(
        state,
        stamp,
        None,
        None,
        Labels::default(),
    )))
}

fn seconds(number: u64) -> Timestamp {
    Timestamp::from_second(number.try_into().unwrap()).unwrap()
}

#[test]
fn what_is_stored_is_loaded_and_in_the_history() {
    let engines = Engines::new();
    for mut store in engines.open() {
        let (at, _) = store.load().unwrap();
        let first = Batch(vec![state(&*store, 1, Mode::Off)]);
        let second = Batch(vec![state(&*store, 2, Mode::All)]);
        assert_eq!(store.commit(at, &first).unwrap(), Committed::Stored);
        assert_eq!(store.commit(at, &second).unwrap(), Committed::Behind);
        assert_eq!(store.commit(at.next(), &second).unwrap(), Committed::Stored);
        let (version, loaded) = store.load().unwrap();
        assert_eq!(version, at.next().next());
        let [Step::Identity(_), Step::Changed(latest)] = &loaded.0[..] else {
            panic!("{loaded:?}");
        };
        assert_eq!(latest.state.maintenance, Mode::All);
        let page = store.history("shop", None).unwrap();
        let revisions: Vec<_> = page
            .records
            .iter()
            .map(|record| record.stamp.revision)
            .collect();
        assert_eq!(revisions, [2, 1]);
        assert_eq!(
            page.records[0].before.as_deref(),
            page.records[1].after.as_deref()
        );
        assert_eq!(page.records[1].before, None);
        assert_eq!(
            store.document("shop", 2).unwrap().as_deref(),
            str::from_utf8(&latest.document).ok()
        );
        assert_eq!(store.document("shop", 3).unwrap(), None);
    }
}

#[test]
fn a_second_replica_follows_the_log_and_is_refused_what_it_decided_before() {
    let engines = Engines::new();
    let (mut one, mut other) = (engines.open_etcd(), engines.open_etcd());
    let (at, _) = other.load().unwrap();
    let first = Batch(vec![state(&*one, 1, Mode::Off)]);
    assert_eq!(one.commit(at, &first).unwrap(), Committed::Stored);
    assert_eq!(other.commit(at, &first).unwrap(), Committed::Behind);
    let After::Batches(followed) = other.after(at).unwrap() else {
        panic!("there is no gap");
    };
    let [Batch(steps)] = &followed[..] else {
        panic!("{followed:?}");
    };
    let ([Step::Changed(followed)], [Step::Changed(stored)]) = (&steps[..], &first.0[..]) else {
        panic!("{steps:?}");
    };
    assert_eq!(followed.document, stored.document);
    assert_eq!(followed.last_change, stored.last_change);
    let nothing = other.after(at.next()).unwrap();
    assert!(matches!(nothing, After::Batches(batches) if batches.is_empty()));
}

#[test]
fn no_program_of_before_takes_an_operator_of_one_service_for_one_of_all() {
    let engines = Engines::new();
    let mut store = engines.open_etcd();
    let (mut at, _) = store.load().unwrap();
    for (role, services, level) in [
        (Role::Operator, &[][..], None),
        (Role::Node, &["shop"], None),
        (Role::Operator, &["shop"], Some("4")),
    ] {
        let created = Made {
            by: "ann".to_owned(),
            at: seconds(1),
        };
        let made = Step::TokenMade {
            hash: TokenHash::of(b"imo_"),
            grant: Grant {
                services: services.iter().map(|name| (*name).to_owned()).collect(),
                ..Grant::new(&format!("{role}-{}", services.len()), role, created)
            },
        };
        store.commit(at, &Batch(vec![made])).unwrap();
        at = at.next();
        assert_eq!(
            engines.level().filter(|level| !level.is_empty()).as_deref(),
            level
        );
    }
}

#[test]
fn a_service_is_removed_with_its_members_until_it_has_a_later_revision() {
    let engines = Engines::new();
    for mut store in engines.open() {
        let (mut at, _) = store.load().unwrap();
        let joined = Step::Joined {
            service: "shop".to_owned(),
            member: StoredMember {
                id: MemberId {
                    name: "a".to_owned(),
                    boot: "b1".to_owned(),
                },
                kind: "tower".to_owned(),
                wait: Duration::from_secs(10),
                lease: None,
                joined: seconds(1),
                token: "nodes".to_owned(),
            },
        };
        let removed = Step::Removed {
            service: "shop".to_owned(),
            removed: Removed {
                stamp: Stamp {
                    revision: 1,
                    at: seconds(2),
                    actor: "ann".to_owned(),
                    action: "remove".to_owned(),
                    reason: None,
                },
                maintenance: "writes".to_owned(),
            },
        };
        assert_eq!(removed.level(), 5);
        let (first, again) = (state(&*store, 1, Mode::Off), state(&*store, 2, Mode::Off));
        let mut commit = |store: &mut dyn Store, step| {
            let stored = store.commit(at, &Batch(vec![step])).unwrap();
            assert_eq!(stored, Committed::Stored);
            at = at.next();
            store.load().unwrap().1.0
        };
        commit(&mut *store, first);
        commit(&mut *store, joined);
        let loaded = commit(&mut *store, removed);
        let [Step::Identity(_), Step::Removed { removed, .. }] = &loaded[..] else {
            panic!("{loaded:?}");
        };
        let Removed { stamp, .. } = removed;
        assert_eq!((stamp.revision, &*stamp.actor), (1, "ann"));
        assert_eq!(removed.mode(), Mode::Writes);
        assert_eq!(store.history("shop", None).unwrap().records.len(), 1);
        let loaded = commit(&mut *store, again);
        assert!(
            matches!(&loaded[..], [Step::Identity(_), Step::Changed(_)]),
            "{loaded:?}"
        );
    }
    assert_eq!(engines.level().as_deref(), Some("5"));
}

#[test]
fn a_replica_that_loads_the_store_learns_which_processes_have_left_of_late() {
    let engines = Engines::new();
    let mut store = engines.open_etcd();
    let (mut at, _) = store.load().unwrap();
    let id = |name: &str| MemberId {
        name: name.to_owned(),
        boot: "b1".to_owned(),
    };
    let left = |name| Step::Left {
        service: "shop".to_owned(),
        id: id(name),
        seq: 7,
    };
    let again = Step::Joined {
        service: "shop".to_owned(),
        member: StoredMember {
            id: id("again"),
            kind: "tower".to_owned(),
            wait: Duration::from_secs(10),
            lease: None,
            joined: seconds(1),
            token: "nodes".to_owned(),
        },
    };
    let first = state(&*store, 1, Mode::Off);
    for step in [first, left("gone"), left("again"), again] {
        let committed = store.commit(at, &Batch(vec![step])).unwrap();
        assert_eq!(committed, Committed::Stored);
        at = at.next();
    }
    let (_, Batch(loaded)) = store.load().unwrap();
    let named = loaded.iter().filter_map(|step| match step {
        Step::Left { id, seq: 7, .. } => Some(("left", id.name.as_str())),
        Step::Joined { member, .. } => Some(("joined", member.id.name.as_str())),
        _ => None,
    });
    let named: Vec<_> = named.collect();
    assert_eq!(
        named,
        [("left", "gone"), ("left", "again"), ("joined", "again")]
    );

    // They are no part of what is copied.
    let mut copied = engines.open_sqlite();
    copy(&*store, &mut *copied).unwrap();
}

#[test]
fn a_replica_whose_lease_has_ended_does_not_begin_to_serve() {
    let engines = Engines::new();
    let mut store = engines.open_etcd();
    let (at, _) = store.load().unwrap();
    let serves = Batch(vec![Step::Serves {
        replica: "r".to_owned(),
    }]);
    let heartbeat = |verb, said: &[u8]| {
        let line = [verb, "intermission/live/r"];
        engines.etcd.ctl(&line, said).unwrap();
    };
    heartbeat("put", b"beat");
    heartbeat("del", b"");
    let refused = store.commit(at, &serves).unwrap_err();
    assert!(refused.to_string().contains("lease"), "{refused}");
    assert_eq!(store.load().unwrap().0, at);
    heartbeat("put", b"beat");
    assert_eq!(store.commit(at, &serves).unwrap(), Committed::Stored);
}
