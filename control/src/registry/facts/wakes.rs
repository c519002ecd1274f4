use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};

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

/// The services whose nodes are to be woken: all of them after the answer to the operator, which would come after theirs
/// otherwise.
#[derive(Debug, Default)]
pub(in crate::registry) struct Sleeping {
    services: Mutex<Vec<Arc<Wakes>>>,
    is_news: Notify,
}

impl Sleeping {
    /// There is news for the nodes of a service.
    pub(in crate::registry) fn add(&self, service: &Arc<Wakes>) {
        let services = self.services.lock();
        let mut services = services.unwrap_or_else(PoisonError::into_inner);
        services.push(Arc::clone(service));
        self.is_news.notify_one();
    }

    /// Waits until there is news for some nodes.
    pub(in crate::registry) async fn news(&self) {
        self.is_news.notified().await;
    }

    /// Wakes the nodes of all services for which there is news.
    pub(in crate::registry) fn wake(&self) {
        let services = self.services.lock();
        let services = mem::take(&mut *services.unwrap_or_else(PoisonError::into_inner));
        for service in services {
            service.nodes.send_replace(());
        }
    }
}
