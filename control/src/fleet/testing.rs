//! Reports and members for the tests of this folder.

use std::collections::BTreeSet;
use std::time::Duration;

use intermission_core::{MemberId, Report, Running};

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
