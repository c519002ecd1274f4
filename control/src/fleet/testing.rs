//! Reports and members for the tests of this folder, and a question that only tests ask.

use std::collections::BTreeSet;
use std::time::Duration;

use intermission_core::{MemberId, Report, Running};

use crate::fleet::fleet::Fleet;
use crate::fleet::member::{LastReport, Member};

pub(crate) const WAIT: Duration = Duration::from_secs(10);

/// The report of a node that runs nothing and has nothing in force.
pub(crate) fn report(name: &str) -> Report {
    let id = MemberId {
        name: name.into(),
        boot: "b".into(),
    };
    Report {
        wait: WAIT,
        ..Report::new(id, "tower")
    }
}

/// Running requests that this revision has admitted.
pub(crate) fn running(requests: u64, oldest: Option<u64>) -> Running {
    Running {
        requests,
        upgraded: 0,
        oldest,
    }
}

/// A member by its first report, which came with the token `nodes`.
pub(crate) fn member(heard: LastReport) -> Member {
    let report = &heard.report;
    let mut member = Member {
        id: report.id.clone(),
        kind: report.kind.clone(),
        joined: heard.time,
        token: "nodes".to_owned(),
        stored_token: "nodes".to_owned(),
        revoked: false,
        strayed: true,
        wait: report.wait,
        lease: report.lease,
        forgiven: BTreeSet::new(),
        expected: heard.at,
        relays: 0,
        heard: None,
    };
    member.report(heard, "nodes");
    member
}

impl Fleet {
    /// The number of the last report of a process that is a member, or that the store has not taken yet.
    pub(crate) fn last_seq(&self, service: &str, id: &MemberId) -> Option<u64> {
        let of_service = self.services.get(service)?;
        let heard = match of_service.member(id) {
            Some(member) => member.heard.as_ref(),
            None => of_service.unstored().heard(id),
        };
        Some(heard?.report.seq)
    }
}
