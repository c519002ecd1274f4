use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::store::batch::{StoredAnswer, StoredBarrier};
use crate::token::Grant;

/// A store that was read as a whole.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Checked {
    pub(crate) services: u64,
    pub(crate) revisions: u64,
    pub(crate) documents: u64,
    pub(crate) members: u64,
    pub(crate) tokens: u64,
    #[serde(flatten)]
    pub(crate) size: Size,
    /// What is wrong, the first of it.
    pub(crate) faults: Vec<Fault>,
    /// How many faults there are beside these.
    pub(crate) more_faults: u64,
}

/// How much room a store takes, in bytes.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Size {
    /// The database and its log, and how much of it is free for reuse.
    File { bytes: u64, free_bytes: u64 },
    /// Keys and values in a cluster, and the database of the member that was asked, with all that others have in it.
    Cluster {
        bytes: u64,
        member_bytes: u64,
        member_bytes_in_use: u64,
        /// How large that database may become; members before etcd 3.6 do not say it.
        member_quota: Option<u64>,
    },
}

/// Something that is wrong, and where.
#[derive(Debug, Serialize)]
pub(crate) struct Fault {
    pub(crate) place: String,
    pub(crate) fault: String,
}

/// How many faults are named.
const NAMED: usize = 100;
/// How far the clock of the machine that checks may be behind that of control.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);

impl Checked {
    /// Takes note of something that is wrong.
    pub(crate) fn fault(&mut self, place: impl fmt::Display, fault: impl fmt::Display) {
        if self.faults.len() == NAMED {
            self.more_faults += 1;
            return;
        }
        self.faults.push(Fault {
            place: place.to_string(),
            fault: fault.to_string(),
        });
    }

    /// Takes note that part of the store cannot be read.
    pub(crate) fn note<E: fmt::Display>(
        &mut self,
        place: impl fmt::Display,
        result: Result<(), E>,
    ) {
        if let Err(error) = result {
            self.fault(place, error);
        }
    }

    pub(crate) fn identity(&mut self, identity: &str) {
        if let Err(error) = identity.parse::<ulid::Ulid>() {
            self.fault("identity", format!("{identity:?} is no ULID: {error}"));
        }
    }

    pub(crate) fn answer(&mut self, answer: &StoredAnswer, now: Timestamp, place: &str) {
        if answer.at.duration_since(now) > MARGIN {
            self.fault(
                place,
                format!(
                    "its time is {}, and the clock of this machine says {now}",
                    answer.at
                ),
            );
        }
    }

    /// Takes a token for services of which `is_known` says whether they are there.
    pub(crate) fn token(&mut self, grant: &Grant, is_known: impl Fn(&str) -> bool, place: &str) {
        self.tokens += 1;
        for service in grant.services.iter().filter(|service| !is_known(service)) {
            self.fault(
                place,
                format!("it is for {service}, and there is no such service"),
            );
        }
    }

    /// Takes an open wait for a service of which this revision is in force.
    pub(crate) fn open_wait(&mut self, wait: &StoredBarrier, in_force: Option<u64>, place: &str) {
        let StoredBarrier {
            service, revision, ..
        } = wait;
        match in_force {
            None => self.fault(
                place,
                format!("it is for {service}, and there is no such service"),
            ),
            Some(in_force) if in_force < *revision => self.fault(
                place,
                format!(
                    "it waits for revision {revision} of {service}, and {in_force} is in force"
                ),
            ),
            Some(_) => {}
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

impl Default for Size {
    fn default() -> Self {
        Self::File {
            bytes: 0,
            free_bytes: 0,
        }
    }
}
