//! Health checks that maintenance refuses.

use std::collections::BTreeMap;

use intermission_core::{Policy, Report, RequestView, State, Verdict};
use jiff::Timestamp;

use crate::values::timestamp::to_core;
use crate::wire::probes::{Probed, probed};

/// That a state refuses what health checks seem to ask the nodes for.
pub(crate) fn probed_advice(living: &[&Report], state: &State, now: Timestamp) -> Vec<String> {
    let paths = probed(living.iter().map(|report| &report.probed));
    if paths.is_empty() {
        return Vec::new();
    }
    let refused = refused(paths, state, now);
    refused
        .iter()
        .map(|(path, probed)| probed.describe(path))
        .collect()
}

/// Those of the paths that `state` refuses, as far as that does not depend on the client's address.
///
/// Not among them are paths that stay open to probers: which peer asks is known to the node alone.
fn refused(
    mut paths: BTreeMap<String, Probed>,
    state: &State,
    now: Timestamp,
) -> BTreeMap<String, Probed> {
    let policy = Policy::compile(state, to_core(now));
    let no_headers: &[(&str, &str)] = &[];
    paths.retain(|path, _| {
        let view = RequestView::new(b"GET", path.as_bytes(), no_headers);
        !policy.asks_peer(view.path) && matches!(policy.decide(&view).verdict, Verdict::Refuse(_))
    });
    paths
}

#[cfg(test)]
mod tests {
    use intermission_core::{Mode, Prober, ServiceName};

    use super::*;
    use crate::fleet::read_report;

    fn report(name: &str, probed: &str) -> Report {
        let line = format!("\"{name}\";boot=\"b\";seq=1;kind=tower;wait=10;probed=\"{probed}\"");
        read_report(line.as_bytes()).unwrap()
    }

    #[test]
    fn paths_that_are_refused_are_described_once_for_all_nodes() {
        let reports = [
            report("a", "kube-probe:/health kube-probe:/healthz"),
            report("b", "kube-probe:/health GoogleHC:/health"),
        ];
        let paths = || probed(reports.iter().map(|report| &report.probed));
        let mut state = State::initial(ServiceName::unknown(), Mode::All);
        state.exempt.paths = vec!["/healthz".parse().unwrap()];
        let refused = refused(paths(), &state, Timestamp::UNIX_EPOCH);
        let lines: Vec<_> = refused
            .iter()
            .map(|(path, probed)| probed.describe(path))
            .collect();
        assert_eq!(
            lines,
            [
                "maintenance refuses /health, which a client that claims to be GoogleHC or kube-probe asks 2 nodes for \
                 at even intervals: a health check that is refused may restart or remove the nodes"
            ]
        );
        let prober = Prober::new(
            "35.191.0.0/16".parse().unwrap(),
            vec!["/health".parse().unwrap()],
        );
        state.exempt.probers = vec![prober];
        assert!(super::refused(paths(), &state, Timestamp::UNIX_EPOCH).is_empty());
        state.exempt.probers.clear();
        state.maintenance = Mode::Writes;
        assert!(super::refused(paths(), &state, Timestamp::UNIX_EPOCH).is_empty());
    }
}
