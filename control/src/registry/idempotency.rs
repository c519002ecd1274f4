use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::registry::error::ChangeError;
use crate::store::{IdempotencyKey, Store, StoreError, StoredAnswer};

/// Who asks for something, and how it is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requester<'a> {
    pub(crate) actor: &'a str,
    /// Whether it is to be done once, however often it is asked.
    pub(crate) once: Option<&'a IdempotencyKey>,
    /// Whether it is only to be said what would be done.
    pub(crate) dry_run: bool,
}

impl<'a> Requester<'a> {
    /// One whose word is done each time.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn new(actor: &'a str) -> Self {
        Self {
            actor,
            once: None,
            dry_run: false,
        }
    }

    /// The answer, if this was asked and answered before.
    pub(super) fn recall<T: DeserializeOwned>(
        &self,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Option<T>, ChangeError> {
        let Some(once) = self.once else {
            return Ok(None);
        };
        let Some((request, answer)) = store.recall(self.actor, &once.key, now)? else {
            return Ok(None);
        };
        if request != once.request {
            return Err(ChangeError::KeyReused {
                key: once.key.clone(),
            });
        }
        let answer = serde_json::from_str(&answer).map_err(StoreError::unchanged)?;
        Ok(Some(answer))
    }

    /// What is to be kept of the answer.
    pub(super) fn stored_answer(
        &self,
        now: Timestamp,
        answer: &impl Serialize,
    ) -> Option<StoredAnswer> {
        Some(StoredAnswer {
            actor: self.actor.to_owned(),
            once: self.once?.clone(),
            at: now,
            outcomes: serde_json::to_string(answer).ok()?,
        })
    }
}
