//! Reports and members for the tests of this folder.

use std::collections::BTreeSet;
use std::time::Duration;

use intermission_core::Counts;

use crate::fleet::member::{LastReport, Member};
use crate::fleet::report::Report;
use crate::wire::node::MemberId;

pub(crate) const WAIT: Duration = Duration::from_secs(10);

/// The report of a node that runs nothing and has nothing in force.
pub(crate) fn report(name: &str) -> Report {
    Report {
        id: MemberId {
            name: name.into(),
            boot: "b".into(),
        },
        kind: "tower".into(),
        seq: 1,
        applied: None,
        requests: 0,
        upgraded: 0,
        oldest: None,
        silent: Vec::new(),
        wait: WAIT,
        format: 2,
        lease: None,
        error: None,
        counts: Counts::default(),
        probed: Vec::new(),
        leaving: false,
    }
}

/// A member by its first report, which came with the token `nodes`.
pub(crate) fn member(heard: LastReport) -> Member {
    let report = &heard.report;
    Member {
        id: report.id.clone(),
        kind: report.kind.clone(),
        joined: heard.time,
        token: "nodes".to_owned(),
        stored_token: "nodes".to_owned(),
        revoked: false,
        wait: report.wait,
        lease: report.lease,
        forgiven: BTreeSet::new(),
        expected: heard.at,
        heard: Some(heard),
    }
}
