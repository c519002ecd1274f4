//! The copy of the last good state from which a node starts while its endpoint cannot be reached.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use intermission_core::{ServiceName, State};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::poller::write;

/// The pause after a failure to save a state.
const AGAIN: Duration = Duration::from_secs(5);

/// Reads the copy, which must be of `service` if that is known; a copy that cannot be used is ignored with a warning.
pub(super) async fn load(file: &Path, service: Option<&ServiceName>) -> Option<State> {
    let from = file.to_owned();
    let read = tokio::task::spawn_blocking(move || write::read(&from));
    let document = match read
        .await
        .unwrap_or_else(|lost| Err(io::Error::other(lost)))
    {
        Ok(document) => document,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the saved copy cannot be read");
            return None;
        }
    };
    let state = match State::parse(&document) {
        Ok(state) => state,
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the saved copy is not valid");
            error.closed()?.clone()
        }
    };
    if let Some(service) = service.filter(|service| **service != state.service) {
        tracing::warn!(
            file = %file.display(),
            "the saved copy is of service {}, but this node is of service {service}; it is ignored: give each \
             service a file of its own",
            state.service
        );
        return None;
    }
    Some(state)
}

/// Saves states in a task of its own, because polls must not wait for a disk.
#[derive(Debug)]
pub(super) struct Saver {
    latest: watch::Sender<Option<State>>,
    task: JoinHandle<()>,
}

impl Saver {
    pub(super) fn new(file: PathBuf) -> Self {
        let (latest, states) = watch::channel(None);
        let task = tokio::spawn(save_all(file, states));
        Self { latest, task }
    }

    /// Saves `state`, which replaces each earlier one.
    pub(super) fn save(&self, state: State) {
        self.latest.send_replace(Some(state));
    }

    /// Waits until the last state is saved.
    pub(super) async fn finish(self) {
        drop(self.latest);
        let _ = self.task.await;
    }
}

/// Saves the latest state until the sender is dropped; after a failure it tries again.
async fn save_all(file: PathBuf, mut states: watch::Receiver<Option<State>>) {
    let mut has_failed = false;
    while states.changed().await.is_ok() {
        loop {
            let Some(document) = states.borrow_and_update().as_ref().map(State::to_json) else {
                break;
            };
            let to = file.clone();
            let replaced = tokio::task::spawn_blocking(move || write::replace(&to, &document));
            let Err(error) = replaced
                .await
                .unwrap_or_else(|lost| Err(io::Error::other(lost)))
            else {
                has_failed = false;
                break;
            };
            if !has_failed {
                tracing::warn!(file = %file.display(), %error, "the state cannot be saved");
            }
            has_failed = true;
            if let Ok(Err(_)) = tokio::time::timeout(AGAIN, states.changed()).await {
                return;
            }
        }
    }
}
