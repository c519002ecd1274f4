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
pub(crate) struct Departing {
    asked: Arc<Notify>,
    departed: bool,
    /// Dropped when it is gone.
    _gone: watch::Sender<()>,
}

impl Departure {
    pub(crate) fn new() -> (Self, Departing) {
        let asked = Arc::new(Notify::new());
        let (sender, gone) = watch::channel(());
        let departing = Departing {
            asked: Arc::clone(&asked),
            departed: false,
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

    pub(crate) fn is_polling(&self) -> bool {
        self.gone.has_changed().is_ok()
    }
}

impl Drop for Departure {
    fn drop(&mut self) {
        self.asked.notify_one();
    }
}

impl Departing {
    /// Ends when the node is to depart.
    pub(crate) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// The poller has said its last word.
    pub(crate) fn depart(mut self) {
        self.departed = true;
    }
}

impl Drop for Departing {
    fn drop(&mut self) {
        // The others are those who hold the policy.
        let in_use = Arc::strong_count(&self.asked) > 1;
        if in_use && !self.departed {
            tracing::error!(
                "the task that polls was dropped, as it is when the runtime ends on which the poller was started: the \
                 state in force stays as it is, or until its lease ends; start the poller on the runtime that serves"
            );
        }
    }
}
