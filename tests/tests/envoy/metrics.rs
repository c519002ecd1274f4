//! The filter's metrics, as Envoy gives them to Prometheus.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use intermission_tests::over::{Edge, Endpoint, Scripted};

const README: &str = include_str!("../../../edge-filter/README.md");

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_those_of_the_readme_and_promtool_accepts_them() {
    let document = br#"{ "version": 1, "service": "shop", "revision": 3, "maintenance": "all" }"#;
    let control = Endpoint::start(
        SocketAddr::from(([127, 0, 0, 1], 0)),
        Scripted::document(3, document.to_vec()),
    )
    .unwrap();
    let envoy = Edge::new(control.address()).start().await.unwrap();
    let mut text = String::new();
    for _ in 0..50 {
        text = envoy
            .ask("/stats/prometheus?filter=wasmcustom.intermission")
            .await
            .unwrap();
        if text.contains("\nintermission_revision{} 3\n") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let told: BTreeSet<_> = names(&text, "# TYPE ").collect();
    let documented: BTreeSet<_> = names(README, "| `").collect();
    assert_eq!(told, documented, "{text}");

    // Envoy has no help texts, for which promtool asks.
    let help = told.iter().map(|name| format!("# HELP {name} Text.\n"));
    let exposed: String = help.chain([text.clone()]).collect();
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool runs; cargo xtask setup installs it");
    let mut input = promtool.stdin.take().unwrap();
    input.write_all(exposed.as_bytes()).unwrap();
    drop(input);
    let output = promtool.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}\n{exposed}");
}

/// The names of our metrics behind `mark` at the beginning of a line.
fn names<'a>(text: &'a str, mark: &str) -> impl Iterator<Item = &'a str> {
    let named = text.lines().filter_map(move |line| line.strip_prefix(mark));
    let names = named.filter_map(|rest| rest.split([' ', '`']).next());
    names.filter(|name| name.starts_with("intermission_"))
}
