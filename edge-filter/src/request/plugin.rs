use std::cell::{Cell, RefCell};
use std::rc::Rc;

use intermission_core::{
    Decision, FOR_TESTERS_ONLY, Headers, Kind, LONGEST_PASS_FORM, NOT_FOR_TESTERS, PASS_HEADER,
    Policy, RequestView, State, StateTag, Verdict, cookies_without_pass,
};
use intermission_edge::{Found, reads_before_answer, view};

use crate::config::Config;
use crate::host::{HeaderLines, Host, Level};
use crate::request::admitted::Admitted;
use crate::request::answer;
use crate::request::counters::Counters;
use crate::request::unread::{Purpose, Refused, Unread};
use crate::shared_data::Slot;

/// The data that all requests of one plugin in one VM share.
#[derive(Debug)]
pub(crate) struct Plugin<H> {
    pub(crate) host: H,
    pub(crate) config: Config,
    pub(crate) counters: Counters,
    pub(crate) slot: Slot,
    in_force: RefCell<Option<Rc<InForce>>>,
    held: RefCell<Vec<u32>>,
    unread: Unread,
    admitted: Admitted,
    warned: Cell<bool>,
    /// The number of refusals, from a random start.
    draw: Cell<u32>,
}

#[derive(Debug)]
struct InForce {
    policy: Policy,
    state: Rc<State>,
}

/// The next step with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Continue,
    /// The request has been answered.
    Answered,
    /// The request waits for the first policy.
    Hold,
    /// The request is answered after its body has been read.
    Read,
}

/// The part of a request that Envoy shows after the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    Body,
    Nothing,
}

impl<H: Host> Plugin<H> {
    pub(crate) fn new(host: H, config: Config, slot: Slot) -> Self {
        Self {
            host,
            config,
            counters: Counters::default(),
            slot,
            in_force: RefCell::new(None),
            held: RefCell::new(Vec::new()),
            unread: Unread::default(),
            admitted: Admitted::default(),
            warned: Cell::new(false),
            draw: Cell::default(),
        }
    }

    /// Handles the request of `context`, which is the effective one.
    pub(crate) fn request(&self, context: u32, rest: Rest) -> Action {
        // Not borrowed during calls of the host, which may call back.
        let Some(in_force) = self.in_force.borrow().clone() else {
            self.held.borrow_mut().push(context);
            return Action::Hold;
        };
        let InForce { policy, state } = &*in_force;
        if policy.is_open() {
            // Reading the request would cost a call.
            self.admitted.add(context, Decision::UNJUDGED, state);
            return Action::Continue;
        }
        let headers = self.host.request_headers();
        let mut request = self.look(policy, &headers);
        if policy.answers_itself(&request) {
            // What a node sees of a client depends on it.
            request.peer = self.config.peer(&self.host);
            let reads = self.config.read_bodies && self.unread.has_room();
            let is_form = request.method == b"POST" && rest == Rest::Body && reads;
            if is_form {
                let purpose = Purpose::Form(Vec::new());
                self.unread
                    .add(context, purpose, headers, self.host.uptime());
                return Action::Read;
            }
            self.answer_itself(policy, &request, b"");
            return Action::Answered;
        }
        let decision = policy.decide(&request);
        self.counters.count(decision.verdict);
        match decision.verdict {
            Verdict::Admit(_) => {
                self.admitted.add(context, decision, state);
                self.take_pass_out(&headers);
                Action::Continue
            }
            Verdict::Refuse(kind) if rest == Rest::Body && self.reads(&headers) => {
                let headers = headers.of_answer();
                let purpose = Purpose::Refusal(kind);
                self.unread
                    .add(context, purpose, headers, self.host.uptime());
                Action::Read
            }
            Verdict::Refuse(kind) => {
                self.refuse(policy, kind, &request);
                Action::Answered
            }
        }
    }

    /// Takes passes out of an admitted request, so that the application and its logs never have them.
    fn take_pass_out(&self, headers: &HeaderLines) {
        if headers.has(PASS_HEADER) {
            self.host.set_request_header(PASS_HEADER, None);
        }
        if let Some(left) = cookies_without_pass(|| headers.lines("cookie")) {
            let left = Some(&*left).filter(|left| !left.is_empty());
            self.host.set_request_header("cookie", left);
        }
    }

    /// Records `length` more bytes of the request of `context`, the effective one; whether they are passed on to the
    /// application.
    pub(crate) fn body(&self, context: u32, length: usize, is_last: bool) -> bool {
        if self.admitted.has(context) {
            return true;
        }
        let now = self.host.uptime();
        // One byte too many is enough to be refused.
        let content = || self.host.request_body(LONGEST_PASS_FORM + 1);
        if let Some(refused) = self.unread.read(context, length, is_last, now, content) {
            self.answer(&refused);
        }
        false
    }

    /// Answers the refused requests whose bodies have stalled.
    pub(crate) fn answer_unread(&self) {
        for refused in self.unread.given_up(self.host.uptime()) {
            self.host.act_for(refused.context);
            self.answer(&refused);
        }
    }

    fn answer(&self, refused: &Refused) {
        let in_force = self.in_force.borrow().clone();
        if let Some(in_force) = in_force {
            let request = view(&refused.headers, None);
            match &refused.purpose {
                Purpose::Refusal(kind) => self.refuse(&in_force.policy, *kind, &request),
                Purpose::Form(form) => self.answer_itself(&in_force.policy, &request, form),
            }
        }
    }

    /// Answers a request by a page of the node's own.
    fn answer_itself(&self, policy: &Policy, request: &RequestView<'_, HeaderLines>, form: &[u8]) {
        let answer = policy.own_answer(request, self.config.client.name(), form);
        let headers = answer.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        self.host
            .respond(answer.status, &headers, answer.body.as_bytes());
    }

    /// Keeps the response to the request of `context`, which is the effective one, out of caches where only a tester may
    /// see it.
    pub(crate) fn respond(&self, context: u32) {
        if self.admitted.is_tester(context) {
            // One look at all of them is cheaper than to remove what is not there.
            let headers = self.host.response_headers();
            let value = Some(FOR_TESTERS_ONLY);
            self.host.set_response_header("cache-control", value);
            for name in NOT_FOR_TESTERS {
                if headers.has(name) {
                    self.host.set_response_header(name, None);
                }
            }
        }
    }

    /// Forgets a request that has ended.
    pub(crate) fn forget(&self, context: u32) {
        self.held.borrow_mut().retain(|held| *held != context);
        self.unread.forget(context);
        if self.admitted.remove(context) {
            self.slot
                .publish_running(&self.host, self.admitted.running());
        }
    }

    /// Puts a state in force, with its tag where it is an answer, and handles the
    /// requests that have waited for it.
    pub(crate) fn put(&self, policy: Policy, state: &Rc<State>, tag: Option<StateTag>) {
        self.render(policy, state);
        self.counters.begin();
        for context in self.held.take() {
            self.host.act_for(context);
            if self.request(context, Rest::Nothing) == Action::Continue {
                self.host.resume_request();
            }
        }
        self.admitted.judge(state);
        self.slot.publish(&self.host, tag, self.admitted.running());
    }

    /// Puts the state in force into effect with other answers.
    pub(crate) fn render(&self, policy: Policy, state: &Rc<State>) {
        let state = Rc::clone(state);
        *self.in_force.borrow_mut() = Some(Rc::new(InForce { policy, state }));
    }

    /// Removes the slot, unless requests still run.
    pub(crate) fn leave(&self) {
        if self.admitted.is_empty() {
            self.slot.remove(&self.host);
        }
    }

    /// The effective request, with client and peer if the policy needs them.
    fn look<'h>(&self, policy: &Policy, headers: &'h HeaderLines) -> RequestView<'h, HeaderLines> {
        let find = || self.config.find_client(&self.host, headers);
        let client = match policy.asks_client().then(find) {
            Some(Found::Address(address)) => address,
            Some(Found::FromHeader) => {
                self.warn_of_forged_addresses();
                None
            }
            None => None,
        };
        let mut request = view(headers, client);
        if policy.asks_peer(request.path) {
            request.peer = self.config.peer(&self.host);
        }
        request
    }

    /// Whether a refused request's body is read before the answer: not if too many others are read.
    fn reads(&self, headers: &HeaderLines) -> bool {
        let protocol = || self.host.property("request\0protocol");
        self.config.read_bodies && self.unread.has_room() && reads_before_answer(headers, protocol)
    }

    fn refuse(&self, policy: &Policy, kind: Kind, request: &RequestView<'_, HeaderLines>) {
        let draw = self.draw.get();
        self.draw.set(draw.wrapping_add(1));
        answer::send(&self.host, kind, &policy.reply(kind, request, draw));
    }

    fn warn_of_forged_addresses(&self) {
        if !self.warned.replace(true) {
            self.host.log(Level::Warn, Found::FORGED);
        }
    }
}
