use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use intermission_core::{Lasting, Mode, Running, State, StateTag};

/// A client that the rules know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Client {
    Stranger,
    /// The allowlist admits it.
    Tester,
}

impl Client {
    pub(in super::super) const ALL: [Self; 2] = [Self::Stranger, Self::Tester];

    /// Why a state admits it, if it does.
    pub(in super::super) fn admitted_by(self, state: &State) -> Option<Lasting> {
        match state.maintenance {
            Mode::Off => Some(Lasting::Open),
            _ if self == Self::Tester && state.allowlist.enabled => Some(Lasting::Allowlisted),
            _ => None,
        }
    }
}

/// A request that runs.
#[derive(Clone)]
pub(in super::super) struct Request {
    pub(in super::super) client: Client,
    pub(super) under: Rc<State>,
    pub(super) lasting: Lasting,
    /// Whether the node does not see its end.
    pub(in super::super) upgraded: bool,
    pub(in super::super) ends: Duration,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (under, ends) = (self.under.revision, self.ends.as_secs_f64());
        write!(
            f,
            "a request of a {:?} admitted by {under}, until {ends:.3}",
            self.client
        )
    }
}

/// A thread of a process, such as a worker of Envoy.
#[derive(Debug)]
pub(in super::super) struct Thread {
    pub(in super::super) in_force: Rc<State>,
    pub(super) tag: Option<StateTag>,
    /// Whether it takes requests; its place in the reports comes first.
    pub(in super::super) serves: bool,
    pub(in super::super) requests: Vec<Request>,
    /// Since when it does nothing.
    pub(in super::super) stuck: Option<Duration>,
    /// Whether an operator answers for its silence.
    pub(in super::super) excused: bool,
}

impl Thread {
    /// The requests that what is in force would refuse.
    pub(super) fn running(&self) -> Running {
        let mut running = Running::default();
        for request in &self.requests {
            if !self.in_force.still_admits(request.lasting, &request.under) {
                running = running.and(Running {
                    requests: u64::from(!request.upgraded),
                    upgraded: u64::from(request.upgraded),
                    oldest: Some(request.under.revision_in_order_of(&self.in_force)),
                });
            }
        }
        running
    }
}

/// The name of a thread in reports.
pub(in super::super) fn name(place: usize) -> String {
    format!("t{place}")
}
