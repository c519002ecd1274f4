//! The documentation names commands that there are.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use clap::Parser;
use intermission_testkit::shell_examples;

use crate::cli::args::Cli;

/// The texts that have examples of the command.
const TEXTS: [(&str, &str); 7] = [
    ("README.md", include_str!("../../../../README.md")),
    (
        "docs/control.md",
        include_str!("../../../../docs/control.md"),
    ),
    (
        "docs/in-front.md",
        include_str!("../../../../docs/in-front.md"),
    ),
    (
        "docs/replicas.md",
        include_str!("../../../../docs/replicas.md"),
    ),
    (
        "docs/runbook.md",
        include_str!("../../../../docs/runbook.md"),
    ),
    ("docs/state.md", include_str!("../../../../docs/state.md")),
    (
        "docs/waiting.md",
        include_str!("../../../../docs/waiting.md"),
    ),
];

/// Writes the arguments of each command into a file: each ends with a record separator, and the command with a line feed.
const RECORDER: &str =
    "#!/bin/sh\n{ for word; do printf '%s\\036' \"$word\"; done; echo; } >> \"$RECORDED\"\n";
/// The same for `cargo intermission`; cargo does nothing else.
const CARGO: &str = "#!/bin/sh\n[ \"$1\" != intermission ] || { shift; intermission \"$@\"; }\n";

/// The command lines of an example, split by a shell that has no other program.
fn lines(text: &str) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, script) in [("intermission", RECORDER), ("cargo", CARGO)] {
        let path = folder.path().join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let recorded = folder.path().join("recorded");
    fs::write(&recorded, "").unwrap();
    // Programs that the example needs too are not there, and what they print is empty.
    let _ = Command::new("/bin/sh")
        .args(["-c", text])
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", folder.path())
        .env("RECORDED", &recorded)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let recorded = fs::read_to_string(&recorded).unwrap();
    let lines = recorded.lines().map(|line| {
        let words = line.split_terminator('\u{1e}').map(str::to_owned);
        words.collect()
    });
    lines.collect()
}

#[test]
fn every_command_of_the_documentation_is_one() {
    let mut count = 0;
    for (name, text) in TEXTS {
        for example in shell_examples(text) {
            let mentioned = example.text.matches("intermission ").count();
            let lines = lines(&example.text);
            assert!(
                !lines.is_empty() || mentioned == 0,
                "{name}: {}",
                example.text
            );
            for line in lines {
                let words = ["intermission".to_owned()].into_iter().chain(line.clone());
                if let Err(error) = Cli::try_parse_from(words) {
                    panic!("{name}, {}: {line:?}: {error}", example.heading);
                }
                count += 1;
            }
        }
    }
    assert!(count > 80, "{count}");
}
