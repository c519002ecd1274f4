//! The one procedure that decides about a request, for every kind of node.
//!
//! It has no second form for speed. Each step first compares a word that is made of the tables which the step reads: the
//! filter of header names ([`HeaderFilter`](crate::HeaderFilter)) and the beginnings of exempt paths. While the service is
//! open most requests need no more than that, so these comparisons are inlined into the caller, and what follows them is not.

use crate::refusal::{Kind, Signs, kind};
use crate::request::{Headers, PASS_HEADERS, RequestView, Weighed, host};
use crate::rules::decision::{Decision, Lasting};
use crate::rules::lists::{Hosts, Listed};
use crate::rules::policy::Policy;
use crate::rules::verdict::{Reason, Verdict};
use crate::state::Mode;

impl Policy {
    /// Decides about a request.
    ///
    /// The first rule that matches gives the verdict: `open`, `out-of-scope`, `read-only`, `exempt`, `probe`, `allowlisted`,
    /// `pass`, `refused`. How long the verdict lasts follows from all rules that would admit the request in maintenance:
    /// exempt hosts and paths and probers outlast the scope, and the scope outlasts the mode.
    #[inline(always)]
    pub fn decide<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> Decision {
        let request = &Weighed::new(request);
        if self.is_open() {
            Decision {
                verdict: Verdict::Admit(Reason::Open),
                lasting: self.lasting_of_open(request),
            }
        } else {
            self.decide_closed(request)
        }
    }

    #[inline(always)]
    fn lasting_of_open<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> Lasting {
        let reason = if let Some(exempt) = self.exempted(request) {
            exempt
        } else if self.is_out_of_scope(request) {
            Reason::OutOfScope
        } else if self.only_reads(request) {
            Reason::ReadOnly
        } else {
            Reason::Open
        };
        // While the service is open no node takes the upgrade out of the request.
        if reason == Reason::Open || request.names_h2c() {
            Lasting::Open
        } else {
            reason.into()
        }
    }

    // Apart, so that an open service does not pay for what this sets up.
    #[inline(never)]
    fn decide_closed<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> Decision {
        let spared = if self.is_out_of_scope(request) {
            Some(Reason::OutOfScope)
        } else if self.maintenance == Mode::Writes && self.only_reads(request) {
            Some(Reason::ReadOnly)
        } else {
            None
        };
        let exempted = self.exempted(request);
        let allowlisted = || {
            let is_listed = self.is_allowlisted(request.request);
            is_listed.then_some(Reason::Allowlisted)
        };
        let headers = request.request.headers;
        let mut signs = None;
        let has_pass = || {
            let passes = self.passes.as_ref()?;
            let may_present = headers.may_have(PASS_HEADERS);
            let signs = may_present.then(|| signs.insert(Signs::with_pass(headers)))?;
            passes.admit(signs).then_some(Reason::Pass)
        };
        let admitted = spared.or(exempted).or_else(allowlisted).or_else(has_pass);
        match admitted {
            Some(reason) => Decision {
                verdict: Verdict::Admit(reason),
                lasting: exempted.unwrap_or(reason).into(),
            },
            None => Decision {
                verdict: Verdict::Refuse(self.kind(request.request, signs.as_ref())),
                lasting: Lasting::Open,
            },
        }
    }

    /// Whether the method of the request, or its path, says that it cannot change data.
    #[inline(always)]
    fn only_reads<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> bool {
        match &self.reads {
            None => request.only_reads(),
            Some(reads) => request.only_reads() || reads.cover(request),
        }
    }

    /// The rule by which the request stays open, by its host or path to every client, or to its prober.
    #[inline(always)]
    fn exempted<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> Option<Reason> {
        if let Some(hosts) = &self.exempt_hosts
            && is_of(hosts, request)
        {
            Some(Reason::Exempt)
        } else if self.exempt.cover(request.request) && !request.is_rerouted() {
            Some(Reason::Exempt)
        } else if self.probers.cover(request) {
            Some(Reason::Probe)
        } else {
            None
        }
    }

    fn is_out_of_scope<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> bool {
        let scope = self.scope.as_ref();
        scope.is_some_and(|scope| is_outside(scope, request))
    }

    fn is_allowlisted<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        let (Some(allowlist), Some(client)) = (&self.allowlist, request.client) else {
            return false;
        };
        allowlist.contains(client)
    }

    pub(super) fn kind<H: Headers + ?Sized>(
        &self,
        request: &RequestView<'_, H>,
        signs: Option<&Signs<'_>>,
    ) -> Kind {
        kind(request, signs, |target| {
            self.api.as_ref().is_some_and(|api| {
                api.has_path(target) == Some(true) || api.has_host(request) == Some(true)
            })
        })
    }
}

// Apart, since few services have a host that stays open.
#[inline(never)]
fn is_of<H: Headers + ?Sized>(hosts: &Hosts, request: &Weighed<'_, '_, H>) -> bool {
    host::are_all(request, |host| hosts.list(host)) && !request.is_rerouted()
}

// Apart, since most services are in scope as a whole.
#[inline(never)]
fn is_outside<H: Headers + ?Sized>(scope: &Listed, request: &Weighed<'_, '_, H>) -> bool {
    let view = request.request;
    let by_path = || !view.is_tunnel() && scope.has_path(&view.target()) == Some(false);
    (scope.has_no_host_of(request) || by_path()) && !request.is_rerouted()
}

#[cfg(test)]
mod tests;
