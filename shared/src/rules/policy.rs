use alloc::boxed::Box;

use crate::address::AddressSet;
use crate::path::Target;
use crate::refusal::{Answer, Answers, Kind, Reply};
use crate::request::{Headers, HostPattern, RequestView, host, named};
use crate::rules::lists::{ExemptPaths, Hosts, Listed, Passes, Probers, Reads};
use crate::state::{Mode, State, Timestamp};

/// A [`State`], compiled: immutable, with every answer rendered.
///
/// Deciding and answering never allocate, never fail, never panic and read no clock, whatever bytes
/// a request is made of.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) maintenance: Mode,
    revision: u64,
    pub(super) scope: Option<Listed>,
    pub(super) exempt: ExemptPaths,
    pub(super) exempt_hosts: Option<Box<Hosts>>,
    pub(super) probers: Probers,
    pub(super) reads: Option<Box<Reads>>,
    pub(super) allowlist: Option<AddressSet>,
    pub(super) passes: Option<Box<Passes>>,
    pub(super) allowlist_enabled: bool,
    pub(super) shows_me: bool,
    pub(super) api: Option<Listed>,
    answers: Answers,
}

impl Policy {
    /// Compiles a state. `now` is compared with the announced end of the maintenance, which `Retry-After` follows, and with
    /// the ends of passes; while the state [has an end](State::has_end), compile again as time passes.
    #[must_use]
    pub fn compile(state: &State, now: Timestamp) -> Self {
        let list = Some(&state.allowlist).filter(|list| list.enabled);
        let cidrs = list
            .map(|list| &list.cidrs)
            .filter(|cidrs| !cidrs.is_empty());
        Self {
            maintenance: state.maintenance,
            revision: state.revision,
            scope: Listed::new(&state.scope),
            exempt: ExemptPaths::new(&state.exempt.paths),
            exempt_hosts: hosts(&state.exempt.hosts),
            probers: Probers::new(&state.exempt.probers),
            reads: Reads::new(&state.reads.paths),
            allowlist: cidrs.map(|cidrs| cidrs.iter().copied().collect()),
            passes: Passes::new(state, now),
            allowlist_enabled: state.allowlist.enabled,
            shows_me: state.show_me,
            api: Listed::new(&state.api),
            answers: Answers::render(state, now),
        }
    }

    /// Whether every request is admitted, so that there is no need to look at it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.maintenance == Mode::Off
    }

    /// Whether an answer can depend on the client's address.
    #[must_use]
    pub fn asks_client(&self) -> bool {
        !self.is_open() && (self.allowlist.is_some() || self.shows_me)
    }

    /// Whether an application may admit a request that this policy refuses: in maintenance, while the allowlist is enabled.
    #[must_use]
    pub fn asks_application(&self) -> bool {
        !self.is_open() && self.allowlist_enabled
    }

    /// Whether a verdict, or how long it lasts, can depend on who the peer is of a request for this path, with or without
    /// its query.
    #[must_use]
    pub fn asks_peer(&self, path: &[u8]) -> bool {
        self.probers.of(path).is_some()
    }

    /// The revision of the state.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Every answer that a refused request can get, each at the place of its [`Answer::index`].
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.answers.all()
    }

    /// `Retry-After` for each time that a client may be asked to wait, each at the place of its [`Reply::retry_index`].
    pub fn retry_after(&self) -> impl Iterator<Item = &[u8]> {
        self.answers.retry_after()
    }

    /// The answer to a refused request. `draw`, any number that differs from request to request, spreads the time
    /// after which clients are asked to come back, so that they do not all come at once.
    pub fn reply<'a, H: Headers + ?Sized>(
        &'a self,
        kind: Kind,
        request: &RequestView<'a, H>,
        draw: u32,
    ) -> Reply<'a> {
        let reply = self.answers.reply(kind, request, draw);
        if kind != Kind::Grpc && self.reloads(request) {
            reply.reloading()
        } else {
            reply
        }
    }

    /// Whether htmx asks, and the page that it runs in would be refused as well: htmx shows nothing of a refusal, and that
    /// page tells more. One that is not refused would only ask again, and be loaded again and again.
    fn reloads<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        let headers = request.headers;
        let asks = headers.single("hx-request") == Some(b"true") && !request.is_preflight();
        asks && self.maintenance == Mode::All
            && headers.single("hx-current-url").is_none_or(|page| {
                let page = named(page);
                page.path.is_some_and(|path| {
                    let is_outside =
                        |scope: &Listed| scope.has_path(&Target::of(path)) == Some(false);
                    let stays_open = |hosts: &Hosts| {
                        let host = page.authority.and_then(host::of_authority);
                        host.is_some_and(|host| hosts.list(host))
                    };
                    !self.exempt.list(path)
                        && !self.exempt_hosts.as_deref().is_some_and(stays_open)
                        && !self.asks_peer(path)
                        && !self.scope.as_ref().is_some_and(is_outside)
                })
            })
    }
}

fn hosts(patterns: &[HostPattern]) -> Option<Box<Hosts>> {
    (!patterns.is_empty()).then(|| Box::new(Hosts::new(patterns)))
}
