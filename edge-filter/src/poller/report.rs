use intermission_core::{Poll, Report};

use crate::config::Config;
use crate::host::Host;
use crate::shared_data::{Member, Survey};

/// What to say with the next poll.
pub(crate) fn report(
    member: &Member,
    host: &impl Host,
    config: &Config,
    poll: &Poll,
    survey: &Survey,
) -> String {
    let (boot, seq) = member.count(host);
    let applied = survey.applied.as_ref();
    Report {
        name: &name(host, config),
        boot,
        seq,
        kind: "envoy",
        applied: applied.and_then(|mark| mark.etag.as_deref()),
        running: survey.running,
        counts: survey.counts,
        silent: &survey.silent,
        wait: poll.longest_pause(),
        lease: config.lease,
        error: poll.objection(),
        probed: "",
        leaving: false,
    }
    .to_string()
}

/// The node's name: as configured, else Envoy's own, which it has wherever it is told from other Envoys.
fn name(host: &impl Host, config: &Config) -> String {
    let own = || {
        let id = host.property(&["xds", "node", "id"])?;
        String::from_utf8(id).ok().filter(|id| !id.is_empty())
    };
    let configured = config.node.clone();
    configured.or_else(own).unwrap_or_else(|| "envoy".into())
}
