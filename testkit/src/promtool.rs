use std::io::Write as _;
use std::process::{Command, Stdio};

/// Fails unless promtool accepts these metrics, in the text format of Prometheus.
pub fn promtool_accepts(metrics: &str) {
    check(&["check", "metrics"], metrics);
}

/// Fails unless promtool accepts these rules of alerts, in YAML.
pub fn promtool_accepts_rules(rules: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), rules).unwrap();
    let path = file.path().display().to_string();
    check(&["check", "rules", &path], rules);
}

fn check(line: &[&str], text: &str) {
    let mut promtool = Command::new("promtool")
        .args(line)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool runs; cargo xtask setup installs it");
    let mut input = promtool.stdin.take().unwrap();
    // What is in a file it does not read here.
    let _ = input.write_all(text.as_bytes());
    drop(input);
    let output = promtool.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}\n{text}");
}
