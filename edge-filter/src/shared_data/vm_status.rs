use intermission_core::{Running, StateTag};

use crate::shared_data::text::{lines, numbers, words};

/// The status of one VM, which it publishes in its slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VmStatus {
    /// The time of publication, in milliseconds of the wall clock.
    pub(crate) at: u64,
    /// The tag of the state in force; `None` before the first answer.
    pub(crate) tag: Option<StateTag>,
    pub(crate) running: Running,
    /// The queue that wakes the VM.
    pub(crate) queue: u32,
}

impl VmStatus {
    /// `AT QUEUE REQUESTS OLDEST`, and if a state is in force `REVISION =STORE` and the entity tag in a second line.
    pub(crate) fn to_text(&self) -> String {
        let Running {
            requests, oldest, ..
        } = self.running;
        let oldest = oldest.unwrap_or_default();
        let mut text = format!("{} {} {requests} {oldest}", self.at, self.queue);
        if let Some(tag) = &self.tag {
            text += &format!(" {} ={}\n{tag}", tag.revision(), tag.store());
        }
        text
    }

    pub(crate) fn read(value: &[u8]) -> Option<Self> {
        let (line, etag) = lines(value);
        let (&[at, queue, requests, oldest, ref revision @ ..], etag) =
            (&*numbers(line), std::str::from_utf8(etag).ok()?)
        else {
            return None;
        };
        let tag = revision.first().and_then(|revision| {
            let store = words(line).last()?.strip_prefix('=')?;
            Some(StateTag::received(store, *revision, Some(etag)))
        });
        Some(Self {
            at,
            queue: u32::try_from(queue).ok()?,
            tag,
            running: Running {
                requests,
                // Envoy reports the end of every connection.
                upgraded: 0,
                oldest: (requests > 0).then_some(oldest),
            },
        })
    }
}
