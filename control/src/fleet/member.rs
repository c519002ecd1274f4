use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use intermission_core::Report;
use jiff::Timestamp;

use crate::values::now::Now;
use crate::values::version::Version;
use crate::wire::forgotten::Forgotten;
use crate::wire::node::{MemberId, NodeView, Standing};
use crate::wire::wait::Wait;

/// What is known of one such process.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: MemberId,
    pub(crate) kind: String,
    pub(crate) joined: Timestamp,
    /// The name of the token that its last report came with.
    pub(crate) token: String,
    /// The same, as the store has it; empty while the store forgets the member.
    pub(crate) stored_token: String,
    /// Whether that token has been revoked, so that no further report can come with it.
    pub(crate) revoked: bool,
    /// The longest time between two of its polls.
    pub(crate) wait: Duration,
    pub(crate) lease: Option<Duration>,
    /// Threads of it whose silence an operator has answered for, until they speak.
    pub(crate) forgiven: BTreeSet<String>,
    /// What it said last; `None` if nothing since control started.
    pub(crate) heard: Option<LastReport>,
    /// Whether requests may run on it that another history has admitted, whose revisions are none of this one. That holds
    /// until every thread of it has a state of this history in force and nothing runs, because control may have started
    /// again after a fork was reported.
    pub(crate) strayed: bool,
    /// When memory has learned of it, or has heard it first where there are no other replicas: its silence begins then, or when
    /// it is heard later.
    pub(crate) expected: Instant,
    /// How often another replica has relayed it.
    pub(crate) relays: u64,
}

/// The last report of a member.
#[derive(Clone, Debug)]
pub(crate) struct LastReport {
    /// When it came, or when the replica that hears the member has said so last.
    pub(crate) at: Instant,
    pub(crate) time: Timestamp,
    pub(crate) report: Report,
    pub(crate) position: Position,
    /// The version that memory had when it came.
    pub(crate) version: Version,
    pub(crate) by: By,
}

/// The replica of control that has heard a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// This one.
    Here,
    /// Another one, and whether it hears the member still.
    Peer { id: String, hears: bool },
}

impl LastReport {
    pub(crate) fn new(report: Report, position: Position, version: Version, now: Now) -> Self {
        Self {
            at: now.instant,
            time: now.time,
            report,
            position,
            version,
            by: By::Here,
        }
    }

    /// Takes note of what the history of the store says of the state that is reported.
    pub(super) fn place(&mut self, placed: &Self) {
        if self.position == Position::Unproven && self.report.applied == placed.report.applied {
            self.position = placed.position;
        }
    }
}

/// What a node has in force, as far as control's own history knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// Nothing of this store yet.
    Before,
    /// A state that only the store's history knows, which has not been asked yet. It is none that is in force now.
    Unproven,
    /// This revision.
    At(u64),
    /// A revision that this store never made: it is ahead of it, or another of the same number.
    Forked,
}

/// How many times the longest wait a member may be silent.
const PATIENCE: u32 = 3;
/// What a lease is given beyond its time, for a clock that runs slow.
const MARGIN: Duration = Duration::from_secs(2);
/// How the name begins that stands for the silent threads that are not listed one by one.
const OTHERS: &str = "more-";

impl Member {
    /// Takes a report that came with `token`, unless a later one was heard before it.
    pub(super) fn report(&mut self, mut heard: LastReport, token: &str) {
        let before = self.heard.as_ref();
        let late = before.is_some_and(|before| before.report.seq >= heard.report.seq);
        if !late {
            // What was looked up once is known.
            let same = before.filter(|before| before.report.applied == heard.report.applied);
            let known = same.filter(|before| before.position != Position::Forked);
            if let Some(before) = known.filter(|_| heard.position == Position::Unproven) {
                heard.position = before.position;
            }
            self.revoked = false;
            self.wait = heard.report.wait;
            self.lease = heard.report.lease;
            token.clone_into(&mut self.token);
            self.heard = Some(heard);
            self.note_strayed();
            self.unforgive();
        }
    }

    /// Takes its last report, as another replica relays it.
    pub(super) fn relayed(&mut self, relayed: LastReport) {
        self.relays += 1;
        match &mut self.heard {
            Some(heard) if heard.report.seq == relayed.report.seq => {
                if matches!(heard.by, By::Peer { .. }) && relayed.by != heard.by {
                    heard.at = heard.at.min(relayed.at);
                    heard.by = relayed.by.clone();
                }
                if heard.position == Position::Unproven {
                    self.place(&relayed);
                }
            }
            _ => {
                let token = self.stored_token.clone();
                self.report(relayed, &token);
            }
        }
    }

    /// Takes note that the replica `peer` lives, and hears the member if it said so.
    pub(super) fn hears(&mut self, peer: &str, now: Now) {
        if let Some(heard) = &mut self.heard
            && let By::Peer { id, hears: true } = &heard.by
            && id == peer
        {
            heard.at = heard.at.max(now.instant);
            heard.time = heard.time.max(now.time);
        }
    }

    /// Takes note of what the history of the store says of the state that it has reported.
    pub(super) fn place(&mut self, placed: &LastReport) {
        if let Some(heard) = &mut self.heard {
            heard.place(placed);
            self.note_strayed();
        }
    }

    fn note_strayed(&mut self) {
        if let Some(LastReport {
            report, position, ..
        }) = &self.heard
        {
            let is_idle = report.running.requests + report.running.upgraded == 0;
            let is_home = matches!(position, Position::At(_)) && report.silent.is_empty();
            self.strayed = *position == Position::Forked || (self.strayed && !(is_home && is_idle));
        }
    }

    /// Answers for the silence of threads.
    pub(super) fn forgive(&mut self, silent: &BTreeSet<String>) {
        self.forgiven.extend(silent.iter().cloned());
        self.unforgive();
    }

    /// Answers no more for threads that have spoken again: their next silence is another.
    fn unforgive(&mut self) {
        let Some(heard) = &self.heard else {
            return;
        };
        let silent = &heard.report.silent;
        if !silent.iter().any(|name| name.starts_with(OTHERS)) {
            self.forgiven.retain(|name| silent.contains(name));
        }
    }

    /// How it stands to `revision`.
    pub(crate) fn standing(&self, revision: u64, wait: &Wait, now: Instant) -> Standing {
        let Some(heard) = &self.heard else {
            return if self.is_lost(now) {
                Standing::Lost
            } else {
                Standing::Unheard
            };
        };
        let report = &heard.report;
        let silent = self.silent().next().is_some();
        let in_force = match heard.position {
            Position::Forked => return Standing::Forked,
            Position::Before | Position::Unproven => false,
            Position::At(applied) => applied >= revision,
        };
        let runs = report.running.requests + report.running.upgraded > 0
            && (self.strayed || report.running.oldest.is_none_or(|oldest| oldest < revision));
        let runs = runs && (report.running.requests > 0 || !wait.ignore_upgraded);
        if in_force && !silent && !runs {
            return Standing::Drained;
        }
        if self.is_lost(now) {
            return Standing::Lost;
        }
        match () {
            () if !in_force && report.error.is_some() => Standing::Refused,
            () if silent => Standing::Unsure,
            () if !in_force => Standing::Behind,
            () if report.running.requests == 0 => Standing::Unsure,
            () => Standing::Running,
        }
    }

    /// Whether it is silent for so long that something must be wrong, or cannot report any more.
    pub(super) fn is_lost(&self, now: Instant) -> bool {
        self.revoked || self.is_silent(now)
    }

    /// Whether it is silent for so long that something must be wrong.
    pub(super) fn is_silent(&self, now: Instant) -> bool {
        self.silence(now) > self.wait * PATIENCE
    }

    /// Whether this replica hears it. That memory was loaded since the last report says nothing of that.
    pub(super) fn is_heard_here(&self, now: Instant) -> bool {
        let is_here = |heard: &LastReport| {
            let silence = now.saturating_duration_since(heard.at);
            heard.by == By::Here && silence <= self.wait * PATIENCE
        };
        self.heard.as_ref().is_some_and(is_here) && !self.revoked
    }

    /// Whether it is lost, has been silent for `after`, and its lease has run out; a replica that served until `ended` may have
    /// heard it.
    pub(super) fn is_gone(&self, after: Duration, ended: Option<Instant>, now: Instant) -> bool {
        let lease = self.lease.map_or(Duration::ZERO, |lease| lease + MARGIN);
        let since = ended.map_or(Duration::MAX, |ended| now.saturating_duration_since(ended));
        let silence = self.silence(now).min(since);
        self.is_lost(now) && self.is_silent(now) && silence >= after.max(lease)
    }

    /// The revision that it has in force, if it is one of this store.
    pub(super) fn revision(&self) -> Option<u64> {
        match self.heard.as_ref()?.position {
            Position::At(revision) => Some(revision),
            Position::Before | Position::Unproven | Position::Forked => None,
        }
    }

    /// Requests since what it has in force came into force, by the rule that decided about them.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let reports = self.heard.iter().map(|heard| &heard.report);
        reports.flat_map(|report| report.counts.iter())
    }

    pub(super) fn silence(&self, now: Instant) -> Duration {
        let heard = self.heard.as_ref().map(|heard| heard.at);
        let since = heard.map_or(self.expected, |at| at.max(self.expected));
        now.saturating_duration_since(since)
    }

    /// Its threads of which nothing is known.
    fn silent(&self) -> impl Iterator<Item = &String> {
        let silent = self.heard.iter().flat_map(|heard| &heard.report.silent);
        silent.filter(|name| !self.forgiven.contains(*name))
    }

    /// As operators see it, where it stands so.
    pub(crate) fn view(&self, standing: Standing, now: Instant) -> NodeView {
        let heard = self.heard.as_ref();
        let report = heard.map(|heard| &heard.report);
        let lease_ended = || {
            self.lease
                .is_some_and(|lease| self.silence(now) > lease + MARGIN)
        };
        NodeView {
            name: self.id.name.clone(),
            boot: self.id.boot.clone(),
            kind: self.kind.clone(),
            standing,
            revision: self.revision(),
            applied: report.and_then(|report| report.applied.clone()),
            running: report.map_or(0, |report| report.running.requests),
            upgraded: report.map_or(0, |report| report.running.upgraded),
            oldest: report.and_then(|report| report.running.oldest),
            silent: self.silent().cloned().collect(),
            error: report.and_then(|report| report.error.clone()),
            joined: self.joined,
            heard: heard.map(|heard| heard.time),
            lost: self.is_lost(now),
            closed: self.is_lost(now) && lease_ended(),
            wait: self.wait.as_secs(),
            token: self.token.clone(),
            format: report.map(|report| report.format),
            rules: self
                .counts()
                .map(|(rule, count)| (rule.to_owned(), count))
                .collect(),
            probed: report.map_or_else(Vec::new, |report| report.probed.clone()),
            replica: heard.and_then(|heard| match &heard.by {
                By::Here => None,
                By::Peer { id, .. } => Some(id.clone()),
            }),
        }
    }

    /// What is answered for when it is forgotten.
    pub(super) fn forget(&self) -> Forgotten {
        let silent = self.heard.iter().flat_map(|heard| &heard.report.silent);
        Forgotten {
            id: self.id.clone(),
            silent: silent.cloned().collect(),
        }
    }
}

/// Requests since `revision` came into force, by the rule that decided about them, on the members that are not lost and
/// have just this revision in force.
pub(super) fn requests<'m>(
    members: impl Iterator<Item = &'m Member>,
    revision: u64,
    now: Instant,
) -> BTreeMap<&'static str, u64> {
    let mut requests = BTreeMap::new();
    let has = |member: &&Member| member.revision() == Some(revision) && !member.is_lost(now);
    for (rule, count) in members.filter(has).flat_map(Member::counts) {
        let total: &mut u64 = requests.entry(rule).or_default();
        *total = total.saturating_add(count);
    }
    requests
}
