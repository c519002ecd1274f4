use std::cell::{Cell, RefCell};
use std::rc::Rc;

use intermission_core::{Reason, Running, State};

/// The requests that this VM has admitted and that still run: streams and upgraded connections too, until they close.
///
/// Envoy has the headers of a request no more once it has gone on, so that what is judged is why and under which state
/// it was admitted.
#[derive(Debug, Default)]
pub(crate) struct Admitted {
    requests: RefCell<Vec<Request>>,
    /// How many of them are testers'.
    testers: Cell<usize>,
}

#[derive(Debug)]
struct Request {
    context: u32,
    reason: Reason,
    under: Rc<State>,
    /// Whether the state in force might refuse it.
    counts: bool,
}

impl Request {
    fn is_tester(&self) -> bool {
        self.reason == Reason::Allowlisted
    }
}

impl Admitted {
    pub(crate) fn add(&self, context: u32, reason: Reason, under: &Rc<State>) {
        if reason == Reason::Allowlisted {
            self.testers.set(self.testers.get() + 1);
        }
        self.requests.borrow_mut().push(Request {
            context,
            reason,
            under: Rc::clone(under),
            counts: false,
        });
    }

    /// Forgets a request that has ended, and tells whether it counted.
    pub(crate) fn remove(&self, context: u32) -> bool {
        let mut requests = self.requests.borrow_mut();
        // Most that end have come lately.
        let place = requests
            .iter()
            .rposition(|request| request.context == context);
        let request = place.map(|place| requests.swap_remove(place));
        if request.as_ref().is_some_and(Request::is_tester) {
            self.testers.set(self.testers.get().saturating_sub(1));
        }
        request.is_some_and(|request| request.counts)
    }

    pub(crate) fn has(&self, context: u32) -> bool {
        let requests = self.requests.borrow();
        requests.iter().any(|request| request.context == context)
    }

    /// Whether a request was admitted because its client is on the allowlist.
    pub(crate) fn is_tester(&self, context: u32) -> bool {
        self.testers.get() > 0
            && self
                .requests
                .borrow()
                .iter()
                .any(|request| request.context == context && request.is_tester())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.requests.borrow().is_empty()
    }

    /// Finds out which ones the state that comes into force might refuse.
    pub(crate) fn judge(&self, state: &State) {
        // Most requests are alike in what counts.
        let mut last: Option<(Reason, Rc<State>, bool)> = None;
        for request in &mut *self.requests.borrow_mut() {
            let known = last.as_ref().filter(|(reason, under, _)| {
                *reason == request.reason && Rc::ptr_eq(under, &request.under)
            });
            request.counts = match known {
                Some((.., counts)) => *counts,
                None => !state.still_admits(request.reason, &request.under),
            };
            last = Some((request.reason, Rc::clone(&request.under), request.counts));
        }
    }

    /// Those that count; the revisions of another store than that of `state` count as 0.
    pub(crate) fn running(&self, state: &State) -> Running {
        let requests = self.requests.borrow();
        let counting = requests.iter().filter(|request| request.counts);
        let mut running = Running::default();
        for Request { under, .. } in counting {
            let of_same_store = under.store == state.store;
            running = running.and(Running {
                requests: 1,
                upgraded: 0,
                oldest: Some(if of_same_store { under.revision } else { 0 }),
            });
        }
        running
    }
}
