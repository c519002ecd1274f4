use intermission_core::{Poll, Report};

use crate::config::Config;
use crate::host::Host;
use crate::survey::Survey;
use crate::swap::{numbers, swap};

/// This Envoy process as control knows it: whichever VM polls, it speaks for all.
///
/// Shared data has, as `BOOT SEQ`, what was drawn by whoever polled first, and the number of polls since.
#[derive(Debug)]
pub(crate) struct Member {
    key: String,
}

impl Member {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            key: format!("{prefix}polls"),
        }
    }

    /// What to say with the next poll.
    pub(crate) fn report(
        &self,
        host: &impl Host,
        config: &Config,
        poll: &Poll,
        survey: &Survey,
    ) -> String {
        let (boot, seq) = self.count(host);
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

    fn count(&self, host: &impl Host) -> (u64, u64) {
        let mut counted = (0, 0);
        swap(host, &self.key, &mut |value| {
            counted = match *numbers(value) {
                [boot, seq] => (boot, seq + 1),
                _ => (host.random(), 1),
            };
            Some(format!("{} {}", counted.0, counted.1).into())
        });
        counted
    }
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
