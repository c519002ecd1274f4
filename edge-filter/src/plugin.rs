use std::cell::{Cell, RefCell};
use std::rc::Rc;

use intermission_core::{Headers, Policy, RequestView, Verdict};

use crate::answer;
use crate::client::Found;
use crate::config::Config;
use crate::host::{Host, Level};
use crate::tally::Tally;

/// What all requests of one plugin in one VM share.
#[derive(Debug)]
pub(crate) struct Plugin<H> {
    pub(crate) host: H,
    pub(crate) config: Config,
    pub(crate) tally: Tally,
    policy: RefCell<Option<Rc<Policy>>>,
    held: RefCell<Vec<u32>>,
    warned: Cell<bool>,
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
    pub(crate) fn new(host: H, config: Config) -> Self {
        Self {
            host,
            config,
            tally: Tally::default(),
            policy: RefCell::new(None),
            held: RefCell::new(Vec::new()),
            warned: Cell::new(false),
        }
    }

    pub(crate) fn has_policy(&self) -> bool {
        self.policy.borrow().is_some()
    }

    /// Handles the request of `context`, which is the effective one.
    pub(crate) fn request(&self, context: u32) -> Action {
        // The policy is not borrowed while the host is called, which may call back.
        let policy = self.policy.borrow().clone();
        match policy {
            Some(policy) if policy.is_open() => Action::Continue,
            Some(policy) => self.decide(&policy),
            None => {
                self.held.borrow_mut().push(context);
                Action::Hold
            }
        }
    }

    /// Forgets a request that has ended.
    pub(crate) fn forget(&self, context: u32) {
        self.held.borrow_mut().retain(|held| *held != context);
    }

    /// Puts `policy` in force, and handles the requests that have waited for it.
    pub(crate) fn put(&self, policy: Policy) {
        *self.policy.borrow_mut() = Some(Rc::new(policy));
        for context in self.held.take() {
            self.host.act_for(context);
            if self.request(context) == Action::Continue {
                self.host.resume_request();
            }
        }
    }

    fn decide(&self, policy: &Policy) -> Action {
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
            Verdict::Admit(_) => Action::Continue,
            Verdict::Refuse(kind) => {
                answer::send(&self.host, kind, &policy.reply(kind, &request));
                Action::Answered
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
