use std::sync::Arc;

use intermission_core::{Mode, Running, ServiceName, State};

use crate::in_force::InForce;
#[cfg(feature = "poller")]
use crate::poller::Departure;

/// The policy in force, shared by every layer that is given a clone.
///
/// A [`Poller`](crate::Poller) keeps it up to date; [`swap`](Self::swap) does it by hand.
#[derive(Clone, Debug)]
pub struct PolicyHandle {
    in_force: Arc<InForce>,
    /// Goes with the last handle.
    #[cfg(feature = "poller")]
    departure: Option<Arc<Departure>>,
}

impl PolicyHandle {
    /// Begins with `state`.
    #[must_use]
    pub fn new(state: State) -> Self {
        Self {
            in_force: Arc::new(InForce::new(state)),
            #[cfg(feature = "poller")]
            departure: None,
        }
    }

    /// A handle that a poller keeps up to date until it departs.
    #[cfg(feature = "poller")]
    pub(crate) fn polled(in_force: Arc<InForce>, departure: Departure) -> Self {
        Self {
            in_force,
            departure: Some(Arc::new(departure)),
        }
    }

    /// Puts `state` in force for every request that comes from now on.
    ///
    /// Answers are rendered here, `Retry-After` too, which counts down to an announced end. A
    /// [`Poller`](crate::Poller) renders them anew as time passes; by hand, swap the same state again.
    ///
    /// What a [`Poller`](crate::Poller) keeps up to date cannot be swapped by hand, since control would go on to
    /// count on what it was told: that is logged as an error, and changes nothing.
    pub fn swap(&self, state: State) {
        #[cfg(feature = "poller")]
        if self.departure.is_some() {
            tracing::error!(
                "a state was swapped by hand, but the policy is a poller's: it stays as it is"
            );
            return;
        }
        self.in_force.swap(state);
    }

    /// The state in force.
    #[must_use]
    pub fn state(&self) -> State {
        self.in_force.state()
    }

    /// What still runs of the requests that were admitted before the state in force, and that it
    /// might refuse.
    #[must_use]
    pub fn running(&self) -> Running {
        self.in_force.running()
    }

    pub(crate) fn in_force(&self) -> &InForce {
        &self.in_force
    }

    /// Says goodbye to control, so that nobody waits for this node: to be called when the server has
    /// ended its last request.
    ///
    /// Returns when control has been told, or when nothing more can be done about it: after 5 s, or at once
    /// where no [`Poller`](crate::Poller) runs. While requests run, while anybody keeps the guard of one, and
    /// after a connection was upgraded of which nobody kept it, control is not told. The state in force stays
    /// as it is from now on.
    #[cfg(feature = "poller")]
    pub async fn leave(&self) {
        if let Some(departure) = &self.departure {
            departure.depart().await;
        }
    }
}

/// Open, until told otherwise.
impl Default for PolicyHandle {
    fn default() -> Self {
        Self::new(State::initial(ServiceName::unknown(), Mode::Off))
    }
}
