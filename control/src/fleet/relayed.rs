//! The reports of nodes that one replica relays to the others.

use std::time::Duration;

use intermission_core::{Counts, Report, Running};

use crate::fleet::member::{By, LastReport, Member, Position};
use crate::values::now::Now;
use crate::values::version::Version;
use crate::wire::node::MemberId;

/// The last reports of some members of one service.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Relayed {
    /// The version that memory had when they were relayed.
    #[prost(uint64, tag = "1")]
    pub(crate) version: u64,
    #[prost(message, repeated, tag = "2")]
    pub(crate) members: Vec<RelayedMember>,
}

/// A member and its last report. A default value takes no space.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct RelayedMember {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    boot: String,
    #[prost(uint64, tag = "3")]
    seq: u64,
    /// For how many milliseconds it has been silent.
    #[prost(uint64, tag = "4")]
    silence: u64,
    /// Whether the replica hears it no more.
    #[prost(bool, tag = "5")]
    is_lost: bool,
    /// The version that memory had when the report came.
    #[prost(uint64, tag = "6")]
    version: u64,
    #[prost(string, optional, tag = "7")]
    applied: Option<String>,
    #[prost(enumeration = "Place", tag = "8")]
    place: i32,
    #[prost(uint64, tag = "9")]
    requests: u64,
    #[prost(uint64, tag = "10")]
    upgraded: u64,
    #[prost(uint64, optional, tag = "11")]
    oldest: Option<u64>,
    #[prost(string, repeated, tag = "12")]
    silent: Vec<String>,
    /// In seconds.
    #[prost(uint64, tag = "13")]
    wait: u64,
    /// In seconds.
    #[prost(uint64, optional, tag = "14")]
    lease: Option<u64>,
    #[prost(string, optional, tag = "15")]
    error: Option<String>,
    #[prost(string, repeated, tag = "16")]
    probed: Vec<String>,
    #[prost(uint64, tag = "17")]
    format: u64,
    #[prost(message, repeated, tag = "18")]
    counts: Vec<RelayedCount>,
}

/// How many requests a rule has decided about.
#[derive(Clone, PartialEq, prost::Message)]
struct RelayedCount {
    #[prost(string, tag = "1")]
    rule: String,
    #[prost(uint64, tag = "2")]
    requests: u64,
}

/// A [`Position`], whose revision is in the tag of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
enum Place {
    At = 0,
    Before = 1,
    Unproven = 2,
    Forked = 3,
}

impl Place {
    fn of(position: Position) -> Self {
        match position {
            Position::At(_) => Self::At,
            Position::Before => Self::Before,
            Position::Unproven => Self::Unproven,
            Position::Forked => Self::Forked,
        }
    }
}

impl RelayedMember {
    /// What this replica has heard of a member.
    pub(super) fn of(member: &Member, heard: &LastReport, now: Now) -> Self {
        let LastReport {
            report,
            position,
            version,
            ..
        } = heard;
        let silence = member.silence(now.instant);
        let counts = report.counts.iter().map(|(rule, requests)| RelayedCount {
            rule: rule.to_owned(),
            requests,
        });
        Self {
            name: report.id.name.clone(),
            boot: report.id.boot.clone(),
            seq: report.seq,
            silence: u64::try_from(silence.as_millis()).unwrap_or(u64::MAX),
            is_lost: member.is_silent(now.instant),
            version: version.0,
            applied: report.applied.clone(),
            place: Place::of(*position).into(),
            requests: report.running.requests,
            upgraded: report.running.upgraded,
            oldest: report.running.oldest,
            silent: report.silent.clone(),
            wait: report.wait.as_secs(),
            lease: report.lease.map(|lease| lease.as_secs()),
            error: report.error.clone(),
            probed: report.probed.clone(),
            format: report.format,
            counts: counts.collect(),
        }
    }

    /// Whether this says the same of a member; only numbers that change with each poll may differ.
    pub(super) fn says(&self, member: &Member, heard: &LastReport, now: Now) -> bool {
        let Self {
            name: _,
            boot: _,
            seq: _,
            silence: _,
            is_lost,
            version: _,
            applied,
            place,
            requests,
            upgraded,
            oldest,
            silent,
            wait,
            lease,
            error,
            probed,
            format,
            counts: _,
        } = self;
        let report = &heard.report;
        let Running {
            requests: runs,
            upgraded: runs_upgraded,
            oldest: first,
        } = report.running;
        // What has drained has done so for good, and what runs by a later revision only may have.
        let runs_alike = match (runs + runs_upgraded, requests + upgraded) {
            (0, before) => before == 0,
            (_, 0) => true,
            _ => first == *oldest,
        };
        runs_alike
            && *is_lost == member.is_silent(now.instant)
            && *applied == report.applied
            && *place == i32::from(Place::of(heard.position))
            && *silent == report.silent
            && *wait == report.wait.as_secs()
            && *lease == report.lease.map(|lease| lease.as_secs())
            && *error == report.error
            && *probed == report.probed
            && *format == report.format
    }

    /// Whether the member has reported since memory has `version`, and this does not say so.
    pub(super) fn is_before(&self, version: Version, heard: &LastReport) -> bool {
        self.version < version.0 && version <= heard.version
    }

    /// Whether something else runs by a report.
    pub(super) fn running_differs(&self, heard: &LastReport) -> bool {
        let running = Running {
            requests: self.requests,
            upgraded: self.upgraded,
            oldest: self.oldest,
        };
        running != heard.report.running
    }

    /// Whether the numbers of requests by rule are others in a report.
    pub(super) fn counts_differ(&self, heard: &LastReport) -> bool {
        let mut counts = Counts::default();
        for RelayedCount { rule, requests } in &self.counts {
            counts.add(rule, *requests);
        }
        counts != heard.report.counts
    }

    /// The replica hears the member no more.
    pub(super) fn withdraw(&mut self) {
        self.is_lost = true;
    }

    pub(crate) fn id(&self) -> MemberId {
        MemberId {
            name: self.name.clone(),
            boot: self.boot.clone(),
        }
    }

    /// The last report of a member of this kind, as the replica `peer` has heard it.
    pub(crate) fn heard(&self, kind: &str, peer: &str, now: Now) -> LastReport {
        let silence = Duration::from_millis(self.silence);
        let mut counts = Counts::default();
        for RelayedCount { rule, requests } in &self.counts {
            counts.add(rule, *requests);
        }
        let report = Report {
            seq: self.seq,
            applied: self.applied.clone(),
            running: Running {
                requests: self.requests,
                upgraded: self.upgraded,
                oldest: self.oldest,
            },
            counts,
            silent: self.silent.clone(),
            wait: Duration::from_secs(self.wait),
            lease: self.lease.map(Duration::from_secs),
            error: self.error.clone(),
            probed: self.probed.clone(),
            format: self.format,
            ..Report::new(self.id(), kind)
        };
        LastReport {
            at: now.instant.checked_sub(silence).unwrap_or(now.instant),
            time: now.time.checked_sub(silence).unwrap_or(now.time),
            report,
            position: self.position(),
            version: Version(self.version),
            by: By::Peer {
                id: peer.to_owned(),
                hears: !self.is_lost,
            },
        }
    }

    fn position(&self) -> Position {
        let tag = self.applied.as_deref().map(str::parse);
        match (Place::try_from(self.place), tag) {
            (Ok(Place::At), Some(Ok::<intermission_core::StateTag, _>(tag))) => {
                Position::At(tag.revision())
            }
            (Ok(Place::Before), _) => Position::Before,
            (Ok(Place::Unproven), _) => Position::Unproven,
            _ => Position::Forked,
        }
    }
}
