use std::cell::RefCell;
use std::time::Duration;

use intermission_core::{Kind, LONGEST_PASS_FORM, Reply};

use crate::host::HeaderLines;

/// The longest pause of a body before its request is answered.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest time of a body before its request is answered.
const LONGEST: Duration = Duration::from_secs(10);
/// The most bodies that are read at a time; further requests are answered at once.
const MOST: usize = 128;

/// The requests that are answered when their bodies have been read: refused ones, and forms with a pass.
///
/// Over HTTP/1 Envoy answers and closes the connection while the client still sends, and so resets it; many clients
/// read the answer only after they have sent the body (RFC 9112, section 9.6).
#[derive(Debug, Default)]
pub(crate) struct Unread(RefCell<Vec<Refused>>);

/// A request that waits for its answer.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) context: u32,
    pub(crate) purpose: Purpose,
    /// The header lines on which the answer depends.
    pub(crate) headers: HeaderLines,
    begun: Duration,
    /// The time of the last part of the body.
    heard: Duration,
    length: u64,
}

/// Why a body is read.
#[derive(Debug)]
pub(crate) enum Purpose {
    /// So that the client gets the refusal.
    Refusal(Kind),
    /// It is the form of the page that takes passes; what has come of it.
    Form(Vec<u8>),
}

impl Purpose {
    fn longest(&self) -> u64 {
        match self {
            Self::Refusal(_) => Reply::LONGEST_READ,
            Self::Form(_) => LONGEST_PASS_FORM as u64,
        }
    }
}

impl Unread {
    /// Whether one more may be read.
    pub(crate) fn has_room(&self) -> bool {
        self.0.borrow().len() < MOST
    }

    pub(crate) fn add(&self, context: u32, purpose: Purpose, headers: HeaderLines, now: Duration) {
        self.0.borrow_mut().push(Refused {
            context,
            purpose,
            headers,
            begun: now,
            heard: now,
            length: 0,
        });
    }

    /// Records a part of a body, which `content` gives where it is wanted; returns the request when it is to be answered.
    pub(crate) fn read(
        &self,
        context: u32,
        length: usize,
        is_last: bool,
        now: Duration,
        content: impl FnOnce() -> Vec<u8>,
    ) -> Option<Refused> {
        let mut unread = self.0.borrow_mut();
        let place = unread.iter().position(|one| one.context == context)?;
        let one = unread.get_mut(place)?;
        one.heard = now;
        one.length = one.length.saturating_add(length as u64);
        let ends = is_last || one.length > one.purpose.longest();
        if let Purpose::Form(form) = &mut one.purpose
            && length > 0
        {
            form.append(&mut content());
        }
        ends.then(|| unread.swap_remove(place))
    }

    /// Removes the requests whose bodies have taken too long.
    pub(crate) fn given_up(&self, now: Duration) -> Vec<Refused> {
        let since = |then: Duration| now.saturating_sub(then);
        let gives_up =
            |one: &mut Refused| since(one.heard) >= PATIENCE || since(one.begun) >= LONGEST;
        self.0.borrow_mut().extract_if(.., gives_up).collect()
    }

    pub(crate) fn forget(&self, context: u32) {
        self.0.borrow_mut().retain(|one| one.context != context);
    }
}
