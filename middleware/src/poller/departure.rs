use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

/// How long one waits for the goodbye.
const PATIENCE: Duration = Duration::from_secs(5);

/// The end of a node, as seen by those who hold its policy: it departs when the last of them is gone,
/// or when one says so.
#[derive(Debug)]
pub(crate) struct Departure {
    asked: Arc<Notify>,
    gone: watch::Receiver<()>,
}

/// The same, as seen by the poller.
#[derive(Debug)]
pub(super) struct Departing {
    asked: Arc<Notify>,
    /// Dropped when it is gone.
    _gone: watch::Sender<()>,
}

impl Departure {
    pub(super) fn new() -> (Self, Departing) {
        let asked = Arc::new(Notify::new());
        let (sender, gone) = watch::channel(());
        let departing = Departing {
            asked: Arc::clone(&asked),
            _gone: sender,
        };
        (Self { asked, gone }, departing)
    }

    /// Departs, and waits until the poller is gone.
    pub(crate) async fn depart(&self) {
        self.asked.notify_one();
        let mut gone = self.gone.clone();
        // It sends nothing, so the change is its end.
        let _ = tokio::time::timeout(PATIENCE, gone.changed()).await;
    }
}

impl Drop for Departure {
    fn drop(&mut self) {
        self.asked.notify_one();
    }
}

impl Departing {
    /// Ends when the node is to depart.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }
}
