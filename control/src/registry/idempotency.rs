use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::registry::error::ChangeError;
use crate::store::{IdempotencyKey, Store, StoreError, StoredAnswer};

/// Who asks for something that is perhaps to be done once, however often it is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requester<'a> {
    pub(super) actor: &'a str,
    pub(super) once: Option<&'a IdempotencyKey>,
}

impl Requester<'_> {
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
