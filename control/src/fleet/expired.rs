//! Lost members that are forgotten by an operator's standing word.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::fleet::fleet::Fleet;
use crate::token::CONTROL;
use crate::values::now::Now;
use crate::wire::node::MemberId;

/// Such members of one service.
#[derive(Clone, Debug)]
pub(crate) struct Expired {
    pub(crate) service: String,
    pub(crate) ids: BTreeSet<MemberId>,
    /// By whose word.
    pub(crate) actor: String,
    pub(crate) reason: String,
}

impl Fleet {
    /// The members that are to be forgotten without further asking: by a wait that says so, or after `always`.
    pub(crate) fn expired(&self, always: Option<Duration>, now: Now) -> Vec<Expired> {
        let now = self.known(now);
        let gone = |service: &str, after: Duration| {
            let members = self.all(service);
            let ended = self.peers().ended();
            let gone = members.filter(|member| member.is_gone(after, ended, now.instant));
            gone.map(|member| member.id.clone())
                .collect::<BTreeSet<_>>()
        };
        let by_waits = self.barriers.values().filter_map(|open| {
            let barrier = &open.barrier;
            let after = barrier.wait.gone_after?.duration();
            open.is_open().then(|| Expired {
                service: barrier.service().to_owned(),
                ids: gone(barrier.service(), after),
                actor: barrier.actor.clone(),
                reason: format!("--gone-after: not heard for {} s", after.as_secs()),
            })
        });
        let by_control = always.into_iter().flat_map(|after| {
            let services = self.services.keys();
            let gone = &gone;
            services.map(move |service| Expired {
                service: service.clone(),
                ids: gone(service, after),
                actor: CONTROL.to_owned(),
                reason: format!("--forget-lost-after: not heard for {} s", after.as_secs()),
            })
        });
        let expired = by_waits.chain(by_control);
        expired.filter(|expired| !expired.ids.is_empty()).collect()
    }
}
