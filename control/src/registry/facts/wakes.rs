use tokio::sync::watch;

/// What wakes those who wait for news of one service. Each of them subscribes, and then looks, and looks again each
/// time it is woken.
#[derive(Debug, Default)]
pub(crate) struct Wakes {
    /// For the held polls of nodes: there is another state, or a barrier has begun. A report of one node does not wake
    /// the polls of the others.
    pub(crate) nodes: watch::Sender<()>,
    /// For operators: there is something else to see of the service, its nodes or its barriers.
    pub(crate) operators: watch::Sender<()>,
}
