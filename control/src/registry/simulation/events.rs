use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use intermission_core::StateTag;

use super::control::{Response, Work};
use super::nodes::Message;
use super::replicas::{Act, Call};
use crate::wire::barrier::Progress;

/// Something that happens in a world at a moment.
#[derive(Debug)]
pub(super) enum Event {
    /// A process polls.
    Poll(usize),
    Arrive(Rc<Message>),
    Answer(usize, u64, Box<Response>),
    Fail(usize, u64),
    /// A process starts without an answer.
    Serve(usize),
    Adopt(usize, usize, Box<StateTag>),
    Join(usize, usize),
    Client(usize),
    /// The disk has written, in this life of control.
    Stored(usize, u32),
    /// A poll is answered though the store has not taken what it should.
    Hurry(usize, u32, u64),
    /// A held poll ends.
    Release(usize, u32, u64),
    Judge(usize, u32),
    /// The end of a wait is not stored in time.
    Late(usize, u32, Arc<Progress>),
    Restart(usize),
    /// A replica does something, in this life.
    Act(usize, u32, Act),
    /// A call comes to the store that replicas share.
    Call(Rc<Call>),
    /// A lease may have ended.
    Expire(u64),
    /// A replica that stops in order ends its lease.
    Revoke(u64),
    /// The command asks again.
    Order(Box<Work>),
    Operate,
    Disturb,
    Heal,
    Thaw(usize),
    Speak(usize, usize),
    Calm,
    Finish,
}

/// An event with its moment and its number, by which events are in order.
#[derive(Debug)]
pub(super) struct Scheduled(pub(super) Duration, pub(super) u64, pub(super) Event);

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}
