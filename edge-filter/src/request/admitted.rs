use std::cell::{Cell, RefCell};
use std::rc::Rc;

use intermission_core::{Decision, Lasting, Running, State};

use crate::host::ByContext;

/// The requests that this VM has admitted and that still run: streams and upgraded connections too, until they close.
///
/// Envoy drops the headers of a request after the filter, so a later state is compared with the decision and with the state
/// that made it.
#[derive(Debug, Default)]
pub(crate) struct Admitted {
    requests: RefCell<ByContext<Request>>,
    /// The number of testers' requests.
    testers: Cell<usize>,
    /// The number of requests that count, in the order of their revisions, which are few.
    counting: RefCell<Vec<(u64, u64)>>,
}

#[derive(Debug)]
struct Request {
    decision: Decision,
    under: Rc<State>,
    /// Whether the state in force might refuse the request.
    counts: bool,
    /// The revision by which it counts.
    revision: u64,
}

impl Request {
    fn is_tester(&self) -> bool {
        self.decision.verdict.is_for_testers()
    }
}

impl Admitted {
    pub(crate) fn add(&self, context: u32, decision: Decision, under: &Rc<State>) {
        let request = Request {
            decision,
            under: Rc::clone(under),
            counts: false,
            revision: 0,
        };
        if request.is_tester() {
            self.testers.set(self.testers.get() + 1);
        }
        self.requests.borrow_mut().insert(context, request);
    }

    /// Forgets a request that has ended; whether it counted.
    pub(crate) fn remove(&self, context: u32) -> bool {
        let request = self.requests.borrow_mut().remove(&context);
        if request.as_ref().is_some_and(Request::is_tester) {
            self.testers.set(self.testers.get().saturating_sub(1));
        }
        let Some(request) = request.filter(|request| request.counts) else {
            return false;
        };
        let mut counting = self.counting.borrow_mut();
        for (revision, count) in counting.iter_mut() {
            *count -= u64::from(*revision == request.revision);
        }
        counting.retain(|(_, count)| *count > 0);
        true
    }

    pub(crate) fn has(&self, context: u32) -> bool {
        self.requests.borrow().contains_key(&context)
    }

    /// Whether a request was admitted as a tester's, by the client's address or by a pass.
    pub(crate) fn is_tester(&self, context: u32) -> bool {
        let requests = self.requests.borrow();
        self.testers.get() > 0 && requests.get(&context).is_some_and(Request::is_tester)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.requests.borrow().is_empty()
    }

    /// Finds the requests that the new state might refuse.
    pub(crate) fn judge(&self, state: &State) {
        // Most requests have the same lasting and state.
        let mut known: Vec<(Lasting, Rc<State>, bool)> = Vec::new();
        let mut counting = self.counting.borrow_mut();
        counting.clear();
        for request in self.requests.borrow_mut().values_mut() {
            let (lasting, under) = (request.decision.lasting, &request.under);
            let alike = known.iter().find(|(known, known_under, _)| {
                *known == lasting && Rc::ptr_eq(known_under, under)
            });
            request.counts = if let Some((.., counts)) = alike {
                *counts
            } else {
                let counts = !state.still_admits(lasting, under);
                known.push((lasting, Rc::clone(under), counts));
                counts
            };
            request.revision = request.under.revision_in_order_of(state);
            if request.counts {
                let place = counting.partition_point(|(revision, _)| *revision < request.revision);
                match counting.get_mut(place) {
                    Some((revision, count)) if *revision == request.revision => *count += 1,
                    _ => counting.insert(place, (request.revision, 1)),
                }
            }
        }
    }

    /// The requests that count.
    pub(crate) fn running(&self) -> Running {
        let counting = self.counting.borrow();
        Running {
            requests: counting.iter().map(|(_, count)| count).sum(),
            upgraded: 0,
            oldest: counting.first().map(|(revision, _)| *revision),
        }
    }
}
