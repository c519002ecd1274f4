use core::net::IpAddr;

use crate::address::AddressSet;
use crate::path::Target;
use crate::refusal::Answers;
use crate::refusal::Kind;
use crate::refusal::kind;
use crate::refusal::{Answer, Reply};
use crate::request::{Headers, RequestView};
use crate::request::{Weighed, named};
use crate::rules::area::Listed;
use crate::rules::exempt::ExemptPaths;
use crate::rules::probers::Probers;
use crate::rules::verdict::{Reason, Verdict};
use crate::state::{Mode, State, Timestamp};

/// A [`State`], compiled: immutable, with every answer rendered.
///
/// Deciding and answering never allocate, never fail, never panic and read no clock, whatever bytes
/// a request is made of.
#[derive(Clone, Debug)]
pub struct Policy {
    maintenance: Mode,
    revision: u64,
    scope: Option<Listed>,
    exempt: ExemptPaths,
    probers: Probers,
    allowlist: Option<AddressSet>,
    api: Option<Listed>,
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
            scope: Listed::new(&state.scope),
            exempt: ExemptPaths::new(&state.exempt.paths),
            probers: Probers::new(&state.exempt.probers),
            allowlist: enabled.then(|| state.allowlist.cidrs.iter().copied().collect()),
            api: Listed::new(&state.api),
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

    /// `Retry-After` for each time that a client may be asked to wait, each at the place of its [`Reply::wait`].
    pub fn retry_after(&self) -> impl Iterator<Item = &[u8]> {
        self.answers.retry_after()
    }

    /// Decides about a request, by the first rule that matches: `open`, `out-of-scope`,
    /// `read-only`, `exempt`, `probe`, `allowlisted`, `refused`.
    #[inline]
    pub fn decide<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> Verdict {
        if self.is_open() {
            Verdict::Admit(Reason::Open)
        } else {
            self.decide_closed(request)
        }
    }

    // Apart, so that an open service does not pay for what this sets up.
    #[inline(never)]
    fn decide_closed<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> Verdict {
        let weighed = Weighed::new(request);
        if self.is_out_of_scope(&weighed) {
            Verdict::Admit(Reason::OutOfScope)
        } else if self.maintenance == Mode::Writes && weighed.only_reads() {
            Verdict::Admit(Reason::ReadOnly)
        } else if self.is_exempt(&weighed) {
            Verdict::Admit(Reason::Exempt)
        } else if self.probers.cover(&weighed) {
            Verdict::Admit(Reason::Probe)
        } else if self.is_allowlisted(request) {
            Verdict::Admit(Reason::Allowlisted)
        } else {
            Verdict::Refuse(self.kind(request))
        }
    }

    /// Whether a request of this client for this path is admitted as `allowlisted` whatever else it has, so that there is no
    /// need to look at it; where not, [`decide`](Self::decide) tells.
    pub fn lets_in<P: AsRef<[u8]>>(&self, client: IpAddr, path: impl FnOnce() -> P) -> bool {
        let listed = |allowlist: &AddressSet| allowlist.contains(client);
        self.maintenance == Mode::All
            && self.scope.is_none()
            && self.allowlist.as_ref().is_some_and(listed)
            && {
                let path = path();
                let path = path.as_ref();
                !self.exempt.list(path) && !self.asks_peer(path)
            }
    }

    /// Why a request that is admitted while the service is open may run on when maintenance begins: of the reasons
    /// that apply, the one that lasts longest; `open` where none does.
    pub fn foresee<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> Reason {
        let weighed = Weighed::new(request);
        // While the service is open no node takes the upgrade out of the request.
        if weighed.names_h2c() {
            Reason::Open
        } else if self.is_exempt(&weighed) {
            Reason::Exempt
        } else if self.probers.cover(&weighed) {
            Reason::Probe
        } else if self.is_out_of_scope(&weighed) {
            Reason::OutOfScope
        } else if weighed.only_reads() {
            Reason::ReadOnly
        } else {
            Reason::Open
        }
    }

    /// Why a request that is admitted in maintenance for `reason` may run on when the state changes: exempt paths and
    /// probes outlast mode and scope.
    pub fn counts_as<H: Headers + ?Sized>(
        &self,
        reason: Reason,
        request: &RequestView<'_, H>,
    ) -> Reason {
        let weighed = Weighed::new(request);
        match reason {
            Reason::OutOfScope | Reason::ReadOnly if self.is_exempt(&weighed) => Reason::Exempt,
            Reason::OutOfScope | Reason::ReadOnly if self.probers.cover(&weighed) => Reason::Probe,
            _ => reason,
        }
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
                named(page).path.is_some_and(|path| {
                    let is_outside =
                        |scope: &Listed| scope.has_path(&Target::of(path)) == Some(false);
                    !self.exempt.list(path)
                        && !self.asks_peer(path)
                        && !self.scope.as_ref().is_some_and(is_outside)
                })
            })
    }

    fn is_out_of_scope<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> bool {
        let scope = self.scope.as_ref();
        scope.is_some_and(|scope| is_outside(scope, request))
    }

    fn is_exempt<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> bool {
        self.exempt.cover(request.request) && !request.is_rerouted()
    }

    fn is_allowlisted<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        let (Some(allowlist), Some(client)) = (&self.allowlist, request.client) else {
            return false;
        };
        allowlist.contains(client)
    }

    fn kind<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> Kind {
        kind(request, |target| {
            self.api.as_ref().is_some_and(|api| {
                api.has_path(target) == Some(true) || api.has_host(request) == Some(true)
            })
        })
    }
}

// Apart, since most services are in scope as a whole.
#[inline(never)]
fn is_outside<H: Headers + ?Sized>(scope: &Listed, request: &Weighed<'_, '_, H>) -> bool {
    let view = request.request;
    let by_path = || !view.is_tunnel() && scope.has_path(&view.target()) == Some(false);
    (scope.has_no_host_of(request) || by_path()) && !request.is_rerouted()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ServiceName;

    #[test]
    fn a_request_that_names_h2c_is_not_foreseen_to_run_on() {
        let mut state = State::initial(ServiceName::unknown(), Mode::Off);
        state.scope.paths.push("/shop".parse().unwrap());
        let policy = Policy::compile(&state, Timestamp::UNIX_EPOCH);
        let foreseen = |path: &str, lines: &[&str]| {
            let headers: alloc::vec::Vec<_> = lines.iter().map(|line| ("Upgrade", *line)).collect();
            policy.foresee(&RequestView::new(
                b"GET",
                path.as_bytes(),
                headers.as_slice(),
            ))
        };
        for (path, reason) in [
            ("/healthz", Reason::Exempt),
            ("/blog", Reason::OutOfScope),
            ("/shop", Reason::ReadOnly),
        ] {
            assert_eq!(foreseen(path, &[]), reason, "{path}");
            for lines in [&["h2c"][..], &["h2c, x"], &["x", "H2C"], &["h2c", "h2c"]] {
                assert_eq!(foreseen(path, lines), Reason::Open, "{path} {lines:?}");
            }
        }
    }
}
