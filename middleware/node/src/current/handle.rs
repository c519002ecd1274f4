use std::sync::Arc;

use intermission_core::{Mode, Running, ServiceName, State};

#[cfg(feature = "poller")]
use crate::current::departure::Departure;
use crate::current::policy_cell::PolicyCell;

/// The policy in force. Its clones share it.
///
/// A [`Poller`](crate::Poller) keeps it up to date; [`swap`](Self::swap) does it by hand.
#[derive(Clone, Debug)]
pub struct PolicyHandle {
    cell: Arc<PolicyCell>,
    /// Goes with the last handle.
    #[cfg(feature = "poller")]
    departure: Option<Arc<Departure>>,
}

impl PolicyHandle {
    /// A policy that enforces `state`.
    #[must_use]
    pub fn new(state: State) -> Self {
        Self {
            cell: Arc::new(PolicyCell::new(state)),
            #[cfg(feature = "poller")]
            departure: None,
        }
    }

    /// A handle that a poller keeps up to date until it departs.
    #[cfg(feature = "poller")]
    pub(crate) fn polled(cell: Arc<PolicyCell>, departure: Departure) -> Self {
        Self {
            cell,
            departure: Some(Arc::new(departure)),
        }
    }

    /// Puts `state` in force for every request that comes from now on.
    ///
    /// Answers are rendered here, `Retry-After` too, which counts down to an announced end. A
    /// [`Poller`](crate::Poller) renders them anew as time passes; by hand, swap the same state again.
    ///
    /// A policy that a [`Poller`](crate::Poller) keeps up to date cannot be swapped by hand, because control relies on the
    /// reports of the node: the call logs an error and changes nothing.
    pub fn swap(&self, state: State) {
        #[cfg(feature = "poller")]
        if self.departure.is_some() {
            tracing::error!(
                "a state was swapped by hand, but the policy is a poller's: it stays as it is"
            );
            return;
        }
        self.cell.swap(state);
    }

    /// The state in force.
    #[must_use]
    pub fn state(&self) -> State {
        self.cell.state()
    }

    /// Whether the endpoint has not answered yet, so that the state in force is a saved copy or a default. A node that fails
    /// its readiness probe meanwhile gets no traffic before it knows the state of its service.
    ///
    /// A state that is swapped by hand is never provisional.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        !*self.cell.answered().borrow()
    }

    /// Waits for the first answer of the endpoint. Returns at once after the first answer and without a
    /// [`Poller`](crate::Poller), and never if the poller ends before the first answer.
    pub async fn answered(&self) {
        let mut answered = self.cell.answered();
        // The handle keeps the sender alive.
        let _ = answered.wait_for(|answered| *answered).await;
    }

    /// Waits until another state is in force than at the time of the call, and returns it.
    ///
    /// A stream of events or a WebSocket runs on when maintenance begins, and `enter --wait` waits for it. So its handler
    /// should end it; [`until`](Self::until) is easier for that.
    pub fn changed(&self) -> impl Future<Output = State> + Send + Sync + use<> {
        let (policy, mut changes) = (self.clone(), self.cell.changes());
        async move {
            let _ = changes.changed().await;
            policy.state()
        }
    }

    /// Waits until the state in force meets a condition, and returns it.
    ///
    /// ```
    /// # async fn next_event() -> String { String::from("event") }
    /// # async fn send(_: String) {}
    /// # mod intermission { pub use intermission_core::*; pub use intermission_node::*; }
    /// use intermission::{Mode, PolicyHandle};
    ///
    /// /// Sends events until maintenance begins.
    /// async fn events(policy: PolicyHandle) {
    ///     let maintenance = policy.until(|state| state.maintenance != Mode::Off);
    ///     let mut maintenance = std::pin::pin!(maintenance);
    ///     loop {
    ///         tokio::select! {
    ///             _ = &mut maintenance => return,
    ///             event = next_event() => send(event).await,
    ///         }
    ///     }
    /// }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let policy = PolicyHandle::default();
    /// # let mut state = policy.state();
    /// # state.maintenance = Mode::All;
    /// # policy.swap(state);
    /// # events(policy).await;
    /// # });
    /// ```
    pub fn until<F>(&self, condition: F) -> impl Future<Output = State> + Send + Sync + use<F>
    where
        F: Fn(&State) -> bool + Send + Sync,
    {
        let policy = self.clone();
        async move {
            loop {
                let changed = policy.changed();
                let state = policy.state();
                if condition(&state) {
                    return state;
                }
                changed.await;
            }
        }
    }

    /// The state in force, or the one before the lease has closed the service.
    #[cfg(feature = "poller")]
    #[doc(hidden)]
    #[must_use]
    pub fn last_state(&self) -> State {
        self.cell.last_state()
    }

    /// The running requests that earlier states admitted and the state in force might refuse.
    #[must_use]
    pub fn running(&self) -> Running {
        self.cell.running()
    }

    /// Whether a [`Poller`](crate::Poller) keeps the policy up to date: not after [`leave`](Self::leave), and not after its
    /// task was dropped with the runtime.
    #[cfg(feature = "poller")]
    #[must_use]
    pub fn is_polling(&self) -> bool {
        self.departure
            .as_ref()
            .is_some_and(|departure| departure.is_polling())
    }

    /// Ends the membership of this node, so that no wait includes it. Call it when the server has ended its last
    /// request. From the call on the layer refuses every request except those for exempt paths and those of probers, because no
    /// poller keeps the state up to date.
    ///
    /// Returns when control has received the last report, at the latest after 5 s, and at once without a running
    /// [`Poller`](crate::Poller). The report is not sent while requests run or guards exist, nor after the upgrade of a
    /// connection whose guard was not kept.
    #[cfg(feature = "poller")]
    pub async fn leave(&self) {
        if let Some(departure) = &self.departure {
            departure.depart().await;
        }
    }
}

// Here, since applications have the handle and no cell.
impl PolicyCell {
    /// The cell of a handle.
    #[inline]
    #[must_use]
    pub fn of(handle: &PolicyHandle) -> &Self {
        &handle.cell
    }
}

/// Open, until the first swap.
impl Default for PolicyHandle {
    fn default() -> Self {
        Self::new(State::initial(ServiceName::unknown(), Mode::Off))
    }
}
