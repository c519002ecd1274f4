use std::cell::{Cell, RefCell};
use std::rc::Rc;

use intermission_core::{FOR_TESTERS_ONLY, Headers, Policy, Reason, RequestView, State, Verdict};

use crate::admitted::Admitted;
use crate::answer;
use crate::client::Found;
use crate::config::Config;
use crate::host::{Host, Level};
use crate::slot::{Mark, Slot};
use crate::tally::Tally;

/// What all requests of one plugin in one VM share.
#[derive(Debug)]
pub(crate) struct Plugin<H> {
    pub(crate) host: H,
    pub(crate) config: Config,
    pub(crate) tally: Tally,
    pub(crate) slot: Slot,
    in_force: RefCell<Option<Rc<InForce>>>,
    held: RefCell<Vec<u32>>,
    admitted: Admitted,
    warned: Cell<bool>,
    /// Which refusal is the next, from anywhere.
    draw: Cell<u32>,
}

#[derive(Debug)]
struct InForce {
    policy: Policy,
    state: Rc<State>,
}

/// What becomes of a request now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Continue,
    /// It has been answered.
    Answered,
    /// It waits for the first policy.
    Hold,
}

impl<H: Host> Plugin<H> {
    pub(crate) fn new(host: H, config: Config, slot: Slot) -> Self {
        Self {
            host,
            config,
            tally: Tally::default(),
            slot,
            in_force: RefCell::new(None),
            held: RefCell::new(Vec::new()),
            admitted: Admitted::default(),
            warned: Cell::new(false),
            draw: Cell::default(),
        }
    }

    pub(crate) fn has_policy(&self) -> bool {
        self.in_force.borrow().is_some()
    }

    /// Handles the request of `context`, which is the effective one.
    pub(crate) fn request(&self, context: u32) -> Action {
        // It is not borrowed while the host is called, which may call back.
        let Some(in_force) = self.in_force.borrow().clone() else {
            self.held.borrow_mut().push(context);
            return Action::Hold;
        };
        let admitted = if in_force.policy.is_open() {
            Some(Reason::Open)
        } else {
            self.decide(&in_force.policy)
        };
        match admitted {
            Some(reason) => {
                self.admitted.add(context, reason, &in_force.state);
                Action::Continue
            }
            None => Action::Answered,
        }
    }

    /// Keeps the response to the request of `context`, which is the effective one, out of caches where only a tester may
    /// see it.
    pub(crate) fn respond(&self, context: u32) {
        if self.admitted.is_tester(context) {
            for (name, value) in FOR_TESTERS_ONLY {
                self.host.set_response_header(name, value);
            }
        }
    }

    /// Forgets a request that has ended.
    pub(crate) fn forget(&self, context: u32) {
        self.held.borrow_mut().retain(|held| *held != context);
        if self.admitted.remove(context)
            && let Some(in_force) = &*self.in_force.borrow()
        {
            let running = self.admitted.running(&in_force.state);
            self.slot.say_running(&self.host, running);
        }
    }

    /// Puts a state in force, `mark` being what it is known by where it is an answer, and handles the
    /// requests that have waited for it.
    pub(crate) fn put(&self, policy: Policy, state: &Rc<State>, mark: Option<Mark>) {
        self.render(policy, state);
        for context in self.held.take() {
            self.host.act_for(context);
            if self.request(context) == Action::Continue {
                self.host.resume_request();
            }
        }
        self.admitted.judge(state);
        let running = self.admitted.running(state);
        self.slot.say(&self.host, mark, running);
    }

    /// Puts the state in force into effect with other answers.
    pub(crate) fn render(&self, policy: Policy, state: &Rc<State>) {
        let state = Rc::clone(state);
        *self.in_force.borrow_mut() = Some(Rc::new(InForce { policy, state }));
    }

    /// Goes for good: nothing is silent then, unless requests still run.
    pub(crate) fn leave(&self) {
        if self.admitted.is_empty() {
            self.slot.remove(&self.host);
        }
    }

    /// Why the request is admitted, or `None` when it has been answered.
    fn decide(&self, policy: &Policy) -> Option<Reason> {
        let headers = self.host.request_headers();
        let headers = headers.as_slice();
        let client = policy
            .asks_client()
            .then(|| self.config.client.find(&self.host, headers));
        let request = RequestView {
            method: headers.single(":method").unwrap_or_default(),
            path: headers.single(":path").unwrap_or_default(),
            authority: headers.single(":authority"),
            client: match client {
                Some(Found::Address(address)) => address,
                Some(Found::FromHeader) => {
                    self.warn_of_forged_addresses();
                    None
                }
                None => None,
            },
            headers,
        };
        let verdict = policy.decide(&request);
        self.tally.count(verdict);
        match verdict {
            Verdict::Admit(reason) => Some(policy.counts_as(reason, &request)),
            Verdict::Refuse(kind) => {
                let draw = self.draw.get();
                self.draw.set(draw.wrapping_add(1));
                answer::send(&self.host, kind, &policy.reply(kind, &request, draw));
                None
            }
        }
    }

    fn warn_of_forged_addresses(&self) {
        if !self.warned.replace(true) {
            self.host.log(
                Level::Warn,
                "Envoy takes source.address from a header here, which any client may forge unless the edge \
                 removes it; nobody is allowlisted. Set use_remote_address: true, or client.source, or, if \
                 Envoy's own handling of X-Forwarded-For is to be trusted, client.trust_forwarded",
            );
        }
    }
}
