//! The examples of the documentation, run as they stand.

use std::path::Path;
use std::process::Command;

use intermission_testkit::beside;
use intermission_testkit::control::{Home, Run};

const DOCS: &str = include_str!("../../../../docs/control.md");

/// The lines of the first example under a heading.
fn example(heading: &str) -> Vec<&'static str> {
    let section = DOCS.split_once(&format!("\n## {heading}\n")).unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let example = section.split_once("```sh\n").unwrap().1;
    let lines = example.split_once("\n```").unwrap().0.lines();
    lines.filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_examples_of_changes_are_run_as_they_stand() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let program = beside("intermission");
    let folder = program.parent().map(Path::display).unwrap();
    for heading in [
        "Entries",
        "Passes",
        "Scope, exemptions and other lists",
        "States in Git",
        "Dry runs",
    ] {
        let lines = example(heading);
        assert!(lines.len() >= 3, "{lines:?}");
        for line in lines {
            let mut shell = home.seclude(Command::new("sh"));
            shell
                .env("PATH", format!("{folder}:/usr/bin:/bin"))
                .env("INTERMISSION_SERVER", format!("http://{}", control.address))
                .current_dir(home.path())
                .args(["-c", line]);
            let run = Run::from(shell.output().unwrap());
            assert_eq!(run.code, Some(0), "{line}: {}{}", run.out, run.err);
        }
    }
    let history = control.history("shop");
    let actions: Vec<_> = history
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "add",
            "allowlist add",
            "allowlist add",
            "allowlist remove",
            "pass create bob",
            "pass revoke bob",
            "scope add",
            "exempt add",
            "exempt add",
            "reads add",
            "api set",
            "cors set",
            "scope remove",
            "scope set"
        ]
    );
}
