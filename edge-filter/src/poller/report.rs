use intermission_core::{Poll, Report, StateTag};

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
        name: &name(host, config),
        boot,
        seq,
        kind: "envoy",
        applied: applied.and_then(StateTag::bare),
        running: aggregate.running,
        counts: aggregate.counts,
        silent: &aggregate.silent,
        wait: poll.longest_pause(),
        lease: config.lease,
        error: poll.objection(),
        probed: "",
        leaving: false,
    }
    .to_string()
}

/// The name of the node: the configured one, or the node id of Envoy, or `envoy`.
fn name(host: &impl Host, config: &Config) -> String {
    let own = || {
        let id = host.property(&["xds", "node", "id"])?;
        String::from_utf8(id).ok().filter(|id| !id.is_empty())
    };
    let configured = config.node.clone();
    configured.or_else(own).unwrap_or_else(|| "envoy".into())
}
