//! The filter's metrics, as Envoy gives them to Prometheus.

use std::collections::BTreeSet;

use intermission_testkit::envoy::Edge;
use intermission_testkit::{Endpoint, Scripted, eventually, promtool_accepts};
use serde_json::json;

const README: &str = include_str!("../../../edge-filter/README.md");

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_those_of_the_readme_and_promtool_accepts_them() {
    let control = Endpoint::start(Scripted::state(3, &json!({ "maintenance": "all" })));
    let envoy = Edge::new(control.address()).start().await;
    let mut text = String::new();
    eventually("the revision is a metric", async || {
        let metrics = "/stats/prometheus?filter=wasmcustom.intermission";
        text = envoy.ask(metrics).await;
        text.contains("\nintermission_revision{} 3\n")
    })
    .await;

    let found: BTreeSet<_> = names(&text, "# TYPE ").collect();
    let documented: BTreeSet<_> = names(README, "| `").collect();
    assert_eq!(found, documented, "{text}");

    // Envoy has no help texts, for which promtool asks.
    let help = found.iter().map(|name| format!("# HELP {name} Text.\n"));
    let exposed: String = help.chain([text.clone()]).collect();
    promtool_accepts(&exposed);
}

/// The names of our metrics behind `mark` at the beginning of a line.
fn names<'a>(text: &'a str, mark: &str) -> impl Iterator<Item = &'a str> {
    let named = text.lines().filter_map(move |line| line.strip_prefix(mark));
    let names = named.filter_map(|rest| rest.split([' ', '`']).next());
    names.filter(|name| name.starts_with("intermission_"))
}
