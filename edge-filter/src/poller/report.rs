use intermission_core::{MemberId, Poll, Report, StateTag};

use crate::config::Config;
use crate::host::Host;
use crate::shared_data::{Aggregate, ProcessIdentity};

/// The report of the next poll.
pub(crate) fn report(
    identity: &ProcessIdentity,
    host: &impl Host,
    config: &Config,
    poll: &Poll,
    aggregate: &Aggregate,
) -> String {
    let (boot, seq) = identity.count(host);
    let applied = aggregate.applied.as_ref();
    Report {
        seq,
        applied: applied.and_then(StateTag::bare).map(Into::into),
        running: aggregate.running,
        counts: aggregate.counts,
        silent: aggregate.silent.clone(),
        wait: poll.longest_pause(),
        lease: config.settings.lease,
        error: poll.objection().map(Into::into),
        ..Report::new(MemberId::new(&name(host, config), boot), "envoy")
    }
    .to_string()
}

/// The name of the node: the configured one, or the node id of Envoy, or `envoy`.
fn name(host: &impl Host, config: &Config) -> String {
    let own = || {
        let id = host.property("xds\0node\0id")?;
        String::from_utf8(id).ok().filter(|id| !id.is_empty())
    };
    let configured = config.settings.node.clone();
    configured.or_else(own).unwrap_or_else(|| "envoy".into())
}
