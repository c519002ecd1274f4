use alloc::boxed::Box;
use core::net::IpAddr;

use crate::accept::{Preference, preference};
use crate::answer::Answers;
use crate::path::{is_clear, is_plain};
use crate::request::path_only;
use crate::{
    AddressSet, Answer, Area, ExemptPath, Headers, Kind, Mode, Reason, Reply, RequestView, State,
    Timestamp, Verdict, host,
};

/// A [`State`], compiled: immutable, with every answer rendered.
///
/// Deciding and answering never allocate, never fail, never panic and read no clock, whatever bytes
/// a request is made of.
#[derive(Clone, Debug)]
pub struct Policy {
    maintenance: Mode,
    revision: u64,
    scope: Area,
    exempt: Box<[ExemptPath]>,
    allowlist: Option<AddressSet>,
    api: Area,
    answers: Answers,
}

impl Policy {
    /// Compiles a state. `now` tells how far off the announced end of the maintenance is, which
    /// `Retry-After` follows; compile again as time passes.
    #[must_use]
    pub fn compile(state: &State, now: Timestamp) -> Self {
        let enabled = state.allowlist.enabled && !state.allowlist.cidrs.is_empty();
        Self {
            maintenance: state.maintenance,
            revision: state.revision,
            scope: state.scope.clone(),
            exempt: state.exempt.paths.clone().into_boxed_slice(),
            allowlist: enabled.then(|| state.allowlist.cidrs.iter().copied().collect()),
            api: state.api.clone(),
            answers: Answers::render(state, now),
        }
    }

    /// Whether every request is admitted, so that there is no need to look at it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.maintenance == Mode::Off
    }

    /// Whether a verdict can depend on the client's address.
    #[must_use]
    pub fn asks_client(&self) -> bool {
        !self.is_open() && self.allowlist.is_some()
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

    /// `Retry-After` for each time that a client may be told to wait, each at the place of its [`Reply::wait`].
    pub fn retry_after(&self) -> impl Iterator<Item = &[u8]> {
        self.answers.retry_after()
    }

    /// Decides about a request, by the first rule that matches: `open`, `out-of-scope`,
    /// `read-only`, `exempt`, `allowlisted`, `refused`.
    pub fn decide<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> Verdict {
        if self.is_open() {
            Verdict::Admit(Reason::Open)
        } else if self.is_out_of_scope(request) {
            Verdict::Admit(Reason::OutOfScope)
        } else if self.maintenance == Mode::Writes && only_reads(request) {
            Verdict::Admit(Reason::ReadOnly)
        } else if self.is_exempt(request) {
            Verdict::Admit(Reason::Exempt)
        } else if self.is_allowlisted(request) {
            Verdict::Admit(Reason::Allowlisted)
        } else {
            Verdict::Refuse(self.kind(request))
        }
    }

    /// Whether a request of this client for this path is admitted as `allowlisted` whatever else it has, so that there is no
    /// need to look at it; where not, [`decide`](Self::decide) tells.
    pub fn lets_in<P: AsRef<[u8]>>(&self, client: IpAddr, path: impl FnOnce() -> P) -> bool {
        let all = self.maintenance == Mode::All && self.scope.hosts.is_empty();
        all && self.scope.paths.is_empty()
            && self
                .allowlist
                .as_ref()
                .is_some_and(|listed| listed.contains(client))
            && !self.lists_exempt(path_only(path().as_ref()))
    }

    /// Why a request that is admitted while the service is open may run on when maintenance begins: of the reasons
    /// that apply, the one that lasts longest; `open` where none does.
    pub fn foresee<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> Reason {
        if self.is_exempt(request) {
            Reason::Exempt
        } else if self.is_out_of_scope(request) {
            Reason::OutOfScope
        } else if only_reads(request) {
            Reason::ReadOnly
        } else {
            Reason::Open
        }
    }

    /// Why a request that is admitted in maintenance for `reason` may run on when the state changes: exempt paths
    /// outlast mode and scope.
    pub fn counts_as<H: Headers + ?Sized>(
        &self,
        reason: Reason,
        request: &RequestView<'_, H>,
    ) -> Reason {
        match reason {
            Reason::OutOfScope | Reason::ReadOnly if self.is_exempt(request) => Reason::Exempt,
            _ => reason,
        }
    }

    /// The answer to a refused request. `draw`, any number that differs from request to request, spreads the time
    /// after which clients are told to come back, so that they do not do so all at once.
    pub fn reply<'a, H: Headers + ?Sized>(
        &'a self,
        kind: Kind,
        request: &RequestView<'a, H>,
        draw: u32,
    ) -> Reply<'a> {
        self.answers.reply(kind, request, draw)
    }

    fn is_out_of_scope<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        let Area { hosts, paths } = &self.scope;
        if hosts.is_empty() && paths.is_empty() {
            return false;
        }
        if is_rerouted(request) {
            return false;
        }
        let host_outside = || {
            host::requested(request).is_some_and(|host| !hosts.iter().any(|entry| entry.is(host)))
        };
        let path_outside = || {
            let path = request.path_only();
            let clear = request.method != b"CONNECT" && is_clear(path);
            clear && !paths.iter().any(|entry| entry.covers(path))
        };
        (!hosts.is_empty() && host_outside()) || (!paths.is_empty() && path_outside())
    }

    fn is_exempt<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        let path = request.path_only();
        self.lists_exempt(path) && is_plain(path) && !is_rerouted(request)
    }

    fn lists_exempt(&self, path: &[u8]) -> bool {
        self.exempt.iter().any(|entry| entry.covers(path))
    }

    fn is_allowlisted<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        let (Some(allowlist), Some(client)) = (&self.allowlist, request.client) else {
            return false;
        };
        allowlist.contains(client)
    }

    fn is_api<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        let Area { hosts, paths } = &self.api;
        let host_listed = || {
            host::requested(request).is_some_and(|host| hosts.iter().any(|entry| entry.is(host)))
        };
        let path_listed = || {
            let path = request.path_only();
            is_clear(path) && paths.iter().any(|entry| entry.covers(path))
        };
        (!hosts.is_empty() && host_listed()) || (!paths.is_empty() && path_listed())
    }

    fn kind<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> Kind {
        if request.is_grpc() {
            return Kind::Grpc;
        }
        if self.is_api(request)
            || request.upgrades()
            || request.connect_call().is_some()
            || request.is_grpc_web()
        {
            return Kind::Api;
        }
        let mode = request.headers.single("sec-fetch-mode");
        let preference = preference(request.headers);
        if mode == Some(b"navigate") || preference == Preference::Html {
            return Kind::Page;
        }
        let scripted = mode.is_some() || request.headers.has("x-requested-with");
        let reading = matches!(request.method, b"GET" | b"HEAD");
        if scripted || preference == Preference::Json || !reading {
            Kind::Api
        } else {
            Kind::Page
        }
    }
}

/// Whether a header names another path, by which some applications route instead.
fn is_rerouted<H: Headers + ?Sized>(request: &RequestView<'_, H>) -> bool {
    request.headers.has("x-original-url") || request.headers.has("x-rewrite-url")
}

/// Whether a request cannot change anything: its method is safe, it changes to no other protocol,
/// and no header puts another method in the place of its own.
fn only_reads<H: Headers + ?Sized>(request: &RequestView<'_, H>) -> bool {
    // OPTIONS is safe, and so is TRACE (RFC 9110, section 9.2.1), which no service needs.
    let safe = matches!(request.method, b"GET" | b"HEAD" | b"OPTIONS");
    let overrides = [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ];
    safe && !request.upgrades() && !overrides.iter().any(|name| request.headers.has(name))
}
