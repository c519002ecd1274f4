//! The filter's metrics, as Envoy gives them to Prometheus.

use std::collections::BTreeSet;

use intermission_testkit::envoy::{Edge, Module};
use intermission_testkit::{Endpoint, Scripted, eventually, promtool_accepts};
use serde_json::json;

const README: &str = include_str!("../../../edge-filter/README.md");

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_those_of_the_readme_and_promtool_accepts_them() {
    for module in Module::DEPLOYED {
        let control = Endpoint::start(Scripted::state(3, &json!({ "maintenance": "all" })));
        let edge = Edge {
            module,
            ..Edge::new(control.address())
        };
        let envoy = edge.start().await;
        let mut text = String::new();
        eventually("the revision is a metric", async || {
            text = envoy
                .ask("/stats/prometheus?filter=custom.intermission")
                .await;
            text.contains("\nintermission_revision{} 3\n")
        })
        .await;

        let found: BTreeSet<_> = names(&text, "# TYPE ").collect();
        let mut documented: BTreeSet<_> = names(README, "| `").collect();
        if module == Module::Native {
            documented.remove("intermission_vm_memory_bytes");
        }
        assert_eq!(found, documented, "{text}");

        // Envoy has no help texts, for which promtool asks.
        let help = found.iter().map(|name| format!("# HELP {name} Text.\n"));
        let exposed: String = help.chain([text.clone()]).collect();
        promtool_accepts(&exposed);
    }
}

/// The names of our metrics behind `mark` at the beginning of a line.
fn names<'a>(text: &'a str, mark: &str) -> impl Iterator<Item = &'a str> {
    let named = text.lines().filter_map(move |line| line.strip_prefix(mark));
    let names = named.filter_map(|rest| rest.split([' ', '`']).next());
    names.filter(|name| name.starts_with("intermission_"))
}
