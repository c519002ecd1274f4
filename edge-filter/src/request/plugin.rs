use std::cell::{Cell, OnceCell, RefCell};
use std::net::IpAddr;
use std::rc::Rc;

use intermission_core::{
    FOR_TESTERS_ONLY, Headers, Kind, NOT_FOR_TESTERS, Policy, Reason, RequestView, State, Verdict,
};

use crate::config::Config;
use crate::host::{HeaderLines, Host, Level};
use crate::request::admitted::Admitted;
use crate::request::answer;
use crate::request::client::Found;
use crate::request::counters::Tally;
use crate::request::unread::{Refused, Unread};
use crate::shared_data::{Mark, Slot};

/// What all requests of one plugin in one VM share.
#[derive(Debug)]
pub(crate) struct Plugin<H> {
    pub(crate) host: H,
    pub(crate) config: Config,
    pub(crate) tally: Tally,
    pub(crate) slot: Slot,
    in_force: RefCell<Option<Rc<InForce>>>,
    held: RefCell<Vec<u32>>,
    unread: Unread,
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
    /// It is answered when its body has been read.
    Read,
}

/// What of a request is still to come after its headers, and shown.
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
            tally: Tally::default(),
            slot,
            in_force: RefCell::new(None),
            held: RefCell::new(Vec::new()),
            unread: Unread::default(),
            admitted: Admitted::default(),
            warned: Cell::new(false),
            draw: Cell::default(),
        }
    }

    pub(crate) fn has_policy(&self) -> bool {
        self.in_force.borrow().is_some()
    }

    /// Handles the request of `context`, which is the effective one.
    pub(crate) fn request(&self, context: u32, rest: Rest) -> Action {
        // It is not borrowed while the host is called, which may call back.
        let Some(in_force) = self.in_force.borrow().clone() else {
            self.held.borrow_mut().push(context);
            return Action::Hold;
        };
        let decided = if in_force.policy.is_open() {
            Ok(Reason::Open)
        } else {
            self.decide(&in_force.policy, context, rest)
        };
        match decided {
            Ok(reason) => {
                self.admitted.add(context, reason, &in_force.state);
                Action::Continue
            }
            Err(action) => action,
        }
    }

    /// Takes note of so many more bytes of the request of `context`, which is the effective one, and tells whether they
    /// go on to the application.
    pub(crate) fn body(&self, context: u32, length: usize, is_last: bool) -> bool {
        if self.admitted.has(context) {
            return true;
        }
        let now = self.host.uptime();
        if let Some(refused) = self.unread.read(context, length, is_last, now) {
            self.answer(&refused);
        }
        false
    }

    /// Answers requests of whose bodies nothing comes any more.
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
            self.refuse(&in_force.policy, refused.kind, &request);
        }
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
            self.slot.say_running(&self.host, self.admitted.running());
        }
    }

    /// Puts a state in force, `mark` being what it is known by where it is an answer, and handles the
    /// requests that have waited for it.
    pub(crate) fn put(&self, policy: Policy, state: &Rc<State>, mark: Option<Mark>) {
        self.render(policy, state);
        self.tally.begin();
        for context in self.held.take() {
            self.host.act_for(context);
            if self.request(context, Rest::Nothing) == Action::Continue {
                self.host.resume_request();
            }
        }
        self.admitted.judge(state);
        self.slot.say(&self.host, mark, self.admitted.running());
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

    /// Why the request is admitted, or what becomes of it otherwise.
    fn decide(&self, policy: &Policy, context: u32, rest: Rest) -> Result<Reason, Action> {
        let headers = Asked::of(&self.host);
        let client = policy
            .asks_client()
            .then(|| self.config.client.find(&self.host, &headers));
        let client = match client {
            Some(Found::Address(address)) => address,
            Some(Found::FromHeader) => {
                self.warn_of_forged_addresses();
                None
            }
            None => None,
        };
        if let Some(client) = client
            && policy.lets_in(client, || headers.path())
        {
            let reason = Reason::Allowlisted;
            self.tally.count(Verdict::Admit(reason));
            return Ok(reason);
        }
        let headers = headers.lines();
        let mut request = view(headers, client);
        if policy.asks_peer(request.path) {
            request.peer = self.config.client.peer(&self.host);
        }
        let verdict = policy.decide(&request);
        self.tally.count(verdict);
        match verdict {
            Verdict::Admit(reason) => Ok(policy.counts_as(reason, &request)),
            Verdict::Refuse(kind) if rest == Rest::Body && self.reads(headers) => {
                let headers = headers.of_answer();
                self.unread.add(context, kind, headers, self.host.uptime());
                Err(Action::Read)
            }
            Verdict::Refuse(kind) => {
                self.refuse(policy, kind, &request);
                Err(Action::Answered)
            }
        }
    }

    /// Whether a refused request's body is to be read before the answer: not beside too many others, nor where the client waits to be invited to
    /// send it (RFC 9110, section 10.1.1).
    fn reads(&self, headers: &HeaderLines) -> bool {
        let is_http1 = || {
            let protocol = self.host.property(&["request", "protocol"]);
            protocol.is_some_and(|protocol| protocol.starts_with(b"HTTP/1"))
        };
        self.config.read_bodies && self.unread.has_room() && !headers.has("expect") && is_http1()
    }

    fn refuse(&self, policy: &Policy, kind: Kind, request: &RequestView<'_, HeaderLines>) {
        let draw = self.draw.get();
        self.draw.set(draw.wrapping_add(1));
        answer::send(&self.host, kind, &policy.reply(kind, request, draw));
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

/// The header lines of a request, which Envoy is asked for when they are needed.
#[derive(Debug)]
struct Asked<'h, H> {
    host: &'h H,
    all: OnceCell<HeaderLines>,
}

impl<'h, H: Host> Asked<'h, H> {
    fn of(host: &'h H) -> Self {
        Self {
            host,
            all: OnceCell::new(),
        }
    }

    fn lines(&self) -> &HeaderLines {
        self.all.get_or_init(|| self.host.request_headers())
    }

    /// The path, which alone costs less than all.
    fn path(&self) -> Vec<u8> {
        let path = match self.all.get() {
            Some(all) => all.single(":path").map(<[u8]>::to_vec),
            None => self.host.request_header(":path"),
        };
        path.unwrap_or_default()
    }
}

impl<H: Host> Headers for Asked<'_, H> {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.lines().all()
    }
}

fn view(headers: &HeaderLines, client: Option<IpAddr>) -> RequestView<'_, HeaderLines> {
    let pseudo = |name| headers.single(name).unwrap_or_default();
    RequestView {
        authority: headers.single(":authority"),
        client,
        ..RequestView::new(pseudo(":method"), pseudo(":path"), headers)
    }
}
