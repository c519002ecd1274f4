use std::fs;
use std::process::Command;

use intermission_testkit::control::{Control, Home, Run};
use serde_json::Value;

/// Applies this text, with these words too.
pub(super) fn apply(home: &Home, control: &Control, text: &str, words: &[&str]) -> Run {
    let path = home.path().join("services.json");
    fs::write(&path, text).unwrap();
    let line = ["apply", "-f", path.to_str().unwrap()];
    home.run(control, &[&line, words].concat())
}

/// Runs a line of a shell that has the command.
pub(super) fn shell(home: &Home, control: &Control, line: &str) -> Run {
    let program = intermission_testkit::beside("intermission");
    let folder = program.parent().unwrap().display();
    let mut shell = home.seclude(Command::new("sh"));
    shell
        .current_dir(home.path())
        .env("PATH", format!("{folder}:/usr/bin:/bin"))
        .env("INTERMISSION_SERVER", format!("http://{}", control.address))
        .args(["-c", line]);
    Run::from(shell.output().unwrap())
}

/// The revisions of all services.
pub(super) fn revisions(control: &Control) -> Vec<u64> {
    let services = control.get("/v1/services").json();
    let services = services["services"].as_array().unwrap().iter();
    services
        .map(|service: &Value| service["revision"].as_u64().unwrap())
        .collect()
}
