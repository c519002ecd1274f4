//! The examples of `docs/control.md`, run as they stand. `src/cli/args/documented.rs` reads those of every text.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use intermission_testkit::control::{Control, Home, Run};
use intermission_testkit::{ShellExample, beside, shell_examples};
use serde_json::{Value, json};

const DOCS: &str = include_str!("../../../docs/control.md");

/// The sections whose examples are not run here, each with the reason.
const OTHERS: [(&str, &str); 4] = [
    (
        "Running it",
        "it installs control, and serves until it is stopped",
    ),
    (
        "Checking a store",
        "a cluster of etcd has another address; store::check runs it",
    ),
    (
        "Copying a store to etcd and back",
        "the same; store::copy runs it",
    ),
    (
        "Beyond loopback",
        "it serves until it is stopped; access::tls runs it",
    ),
];

/// The files that examples read.
const FILES: [(&str, &str); 4] = [
    ("testers.txt", "203.0.113.7\n2001:db8::/32 # the office\n"),
    ("more.txt", "192.0.2.1\n"),
    (
        "ip-ranges.json",
        r#"{ "prefixes": [{ "ip_prefix": "54.183.255.128/26", "region": "us-west-1", "service": "ROUTE53_HEALTHCHECKS" }],
             "ipv6_prefixes": [] }"#,
    ),
    ("meta.json", r#"{ "hooks": ["192.30.252.0/22"] }"#),
];

/// A curl that fails as its request does.
const CURL: &str = "#!/bin/sh\nexec /usr/bin/curl --fail-with-body \"$@\"\n";

/// Runs an example as it stands, but for the address of control and that of a list.
fn run(home: &Home, control: &Control, example: &str) -> Run {
    let list = format!("file://{}", home.path().join("testers.txt").display());
    let text = example
        .replace(
            "http://127.0.0.1:7700",
            &format!("http://{}", control.address),
        )
        .replace("https://example.com/list", &list);
    let programs = home.path().join("programs");
    let intermission = beside("intermission");
    let folder = intermission.parent().unwrap().display();
    let mut shell = home.seclude(Command::new("sh"));
    shell
        .current_dir(home.path())
        .env(
            "PATH",
            format!("{}:{folder}:/usr/bin:/bin", programs.display()),
        )
        .env("INTERMISSION_SERVER", format!("http://{}", control.address))
        .env("TOKEN", &control.token)
        .args(["-ec", &text]);
    Run::from(shell.output().unwrap())
}

/// A home with what the examples need.
fn home() -> Home {
    let home = Home::new();
    for (name, text) in FILES {
        fs::write(home.path().join(name), text).unwrap();
    }
    let programs = home.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let curl = programs.join("curl");
    fs::write(&curl, CURL).unwrap();
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o700)).unwrap();
    home
}

#[test]
fn every_example_about_a_control_that_runs_does_what_it_says() {
    let home = home();
    let control = home.start();
    let mut others: Vec<_> = OTHERS.iter().map(|(heading, _)| *heading).collect();
    let mut count = 0;
    for ShellExample { heading, text } in shell_examples(DOCS) {
        if OTHERS.iter().any(|(other, _)| *other == heading) {
            others.retain(|other| *other != heading);
            continue;
        }
        // The folder of the user is another one here, and sqlite3 need not be there.
        if text.contains("sqlite3 ") {
            continue;
        }
        // One example begins a maintenance, and one removes the service.
        for name in ["shop", "pay"] {
            control.post("/v1/services", &json!({ "name": name }));
            control.post(&format!("/v1/services/{name}/exit"), &json!({}));
        }
        let run = run(&home, &control, &text);
        assert_eq!(run.code, Some(0), "{heading}: {text}{}{}", run.out, run.err);
        count += 1;
    }
    assert!(others.is_empty(), "there is no example under {others:?}");
    assert!(count >= 10, "{count}");
    let history = control.history("shop");
    let actions: Vec<_> = history
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    for action in [
        "enter",
        "exit",
        "patch",
        "allowlist add",
        "allowlist remove",
        "allowlist set",
        "pass create bob",
        "pass revoke bob",
        "scope add",
        "exempt add",
        "reads add",
        "api set",
        "cors set",
        "scope remove",
        "scope set",
        "store adopt",
    ] {
        assert!(actions.contains(&action), "{action} is not in {actions:?}");
    }
    // Nothing has changed since the export.
    assert!(!actions.contains(&"apply"), "{actions:?}");
}

#[test]
fn the_file_that_is_shown_can_be_applied() {
    let home = home();
    let control = home.start();
    let section = DOCS.split_once("\n## States in Git\n").unwrap().1;
    let file = section.split_once("```json\n").unwrap().1;
    let file = file.split_once("\n```").unwrap().0;
    fs::write(home.path().join("services.json"), file).unwrap();
    let applied = run(
        &home,
        &control,
        "intermission apply -f services.json --create",
    )
    .done();
    assert!(applied.contains("pay: open (revision 1)"), "{applied}");
    let file: Value = serde_json::from_str(file).unwrap();
    let exported = run(&home, &control, "intermission export --all").json();
    for pointer in [
        "/services/shop/scope/paths",
        "/services/pay/notice/title",
        "/services/pay/notice/contact",
    ] {
        assert_eq!(
            exported.pointer(pointer),
            file.pointer(pointer),
            "{pointer}"
        );
    }
}
