use std::fs;
use std::path::Path;

use intermission_testkit::control::{Ask, Control, Home};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Makes a pass with the command; its secret.
#[track_caller]
pub(crate) fn create(home: &Home, control: &Control, line: &[&str]) -> String {
    let run = home.run(control, &[&["pass", "create"], line].concat());
    let out = run.done();
    let secret = out.lines().next().unwrap().to_owned();
    assert!(secret.starts_with("imp_") && secret.len() == 47, "{out}");
    secret
}

pub(crate) fn digest(secret: &str) -> String {
    let hash = Sha256::digest(secret);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names of the passes of the service `shop`.
pub(crate) fn names(control: &Control) -> Vec<String> {
    let list = control.get("/v1/services/shop/passes").json();
    let passes = list["passes"].as_array().unwrap().iter();
    passes
        .map(|pass| pass["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Whether a file in the folder, or below it, has the text.
fn has(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return has(&path, text);
        }
        let bytes = fs::read(&path).unwrap();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

#[test]
fn a_pass_is_made_listed_and_revoked_and_its_secret_is_shown_once() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let line = [
        "pass",
        "create",
        "shop",
        "ann",
        "--for",
        "8h",
        "--host",
        "shop.example",
    ];
    let made = home.run(&control, &[&line[..], &["--reason", "test 42"]].concat());
    let aside = made.err.clone();
    let out = made.done();
    let [secret, link] = out.lines().collect::<Vec<_>>()[..] else {
        panic!("{out}");
    };
    assert_eq!(
        link,
        format!("https://shop.example/.well-known/intermission/pass#{secret}")
    );
    for said in [
        "ann: a pass for shop until ",
        ", in 8 h 0 min\n",
        "a pass counts while the allowlist is enabled: intermission enter shop --allowlist",
        "neither is shown again",
        "end it: intermission pass revoke shop ann\n",
    ] {
        assert!(aside.contains(said), "{said} is not in {aside}");
    }
    assert!(!aside.contains(secret));

    // Nodes get the digest and the end.
    let document = control.state("shop").json();
    let passes = document["allowlist"]["passes"].as_array().unwrap();
    assert_eq!(passes[0]["sha256"], digest(secret));
    let list = control.get("/v1/services/shop/passes").json();
    assert_eq!(list["passes"][0]["until"], passes[0]["until"]);
    assert_eq!(list["passes"][0]["made"]["by"], "operator");
    let shown = home.run(&control, &["pass", "list", "shop"]);
    assert!(
        shown
            .err
            .contains("the allowlist is off, so no pass counts")
    );
    let shown = shown.done();
    assert!(shown.starts_with("ann  until 2"), "{shown}");
    assert!(shown.contains(" by operator\n"), "{shown}");

    // A name is that of one pass.
    let taken = home
        .run(&control, &["pass", "create", "shop", "ann"])
        .failed(16);
    assert!(
        taken.contains("ann was made by operator at 2")
            && taken.contains("intermission pass revoke shop ann"),
        "{taken}"
    );
    let line = ["pass", "create", "shop", "bob", "--output", "json"];
    let bob = home.run(&control, &line).json();
    assert_eq!(bob["until"], Value::Null);
    assert_eq!(
        bob["link"],
        format!(
            "https://HOST/.well-known/intermission/pass#{}",
            bob["pass"].as_str().unwrap()
        )
    );

    control.kill();
    let control = home.start_at(&control.address);
    assert_eq!(names(&control), ["ann", "bob"]);
    let line = [
        "pass", "revoke", "shop", "ann", "--reason", "left", "--wait", "--expect", "0",
    ];
    home.run(&control, &line).done();
    assert_eq!(names(&control), ["bob"]);
    let unknown = home
        .run(&control, &["pass", "revoke", "shop", "ann"])
        .failed(7);
    assert!(
        unknown.contains("shop has no pass \"ann\"; there are: bob"),
        "{unknown}"
    );
    // A name that is free again may be given to another.
    create(&home, &control, &["shop", "ann"]);

    let history = control.history("shop");
    let actions: Vec<_> = history.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(
        actions,
        [
            "add",
            "pass create ann",
            "pass create bob",
            "pass revoke ann",
            "pass create ann"
        ]
    );
    assert_eq!(history[1]["reason"], "test 42");
    assert_eq!(history[2]["passes"][1]["name"], "bob");
    let printed = home.run(&control, &["history", "shop"]).done();
    for line in [
        "pass ann nothing -> until 2",
        "pass bob nothing -> no end\n",
        "pass ann until 2",
    ] {
        assert!(printed.contains(line), "{line} is not in {printed}");
    }
    assert!(!printed.contains("sha256"), "{printed}");
    // Neither in the store, nor in the log, nor in an answer.
    for secret in [secret, bob["pass"].as_str().unwrap()] {
        assert!(!has(home.path(), secret));
        assert!(!json!(history).to_string().contains(secret));
        assert!(
            !control
                .get("/v1/services/shop/allowlist")
                .json()
                .to_string()
                .contains(secret)
        );
    }
    assert!(has(home.path(), &digest(secret)));
}

#[test]
fn the_link_has_the_one_host_of_the_scope() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    for (hosts, host) in [
        (json!(["shop.example"]), "shop.example"),
        (json!(["shop.example", "shop.test"]), "HOST"),
        (json!(["*.shop.example"]), "HOST"),
    ] {
        let etag = control.state("shop").etag();
        let patched = control.patch("shop", &etag, &json!({ "scope": { "hosts": hosts } }));
        assert_eq!(patched.status, 200, "{}", patched.json());
        let out = home
            .run(&control, &["pass", "create", "shop", "ann"])
            .done();
        assert!(
            out.contains(&format!("https://{host}/.well-known/")),
            "{out}"
        );
        home.run(&control, &["pass", "revoke", "shop", "ann"])
            .done();
    }
    for host in ["https://shop.example", "a b", "ann@shop.example", ""] {
        let line = ["pass", "create", "shop", "ann", "--host", host];
        let refused = home.run(&control, &line).failed(7);
        assert!(
            refused.contains("is not a host; write it like shop.example"),
            "{refused}"
        );
    }
    assert_eq!(names(&control), [""; 0]);
}

#[test]
fn explain_admits_by_a_pass_and_does_not_print_it() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let secret = create(&home, &control, &["shop", "ann"]);
    let entered = home.run(&control, &["enter", "shop", "--allowlist"]);
    let entered = entered.done();
    assert!(
        entered.contains("on: holders of 1 pass get in"),
        "{entered}"
    );
    let header = format!("Intermission-Pass: {secret}");
    let explain = |path: &str| {
        let line = [
            "explain",
            "shop",
            "--ip",
            "192.0.2.1",
            "--path",
            path,
            "--header",
            &header,
        ];
        home.run(&control, &line)
    };
    let run = explain("/");
    assert!(!run.err.contains(&secret));
    let admitted = run.done();
    assert!(admitted.contains("pass"), "{admitted}");
    assert!(
        !admitted.contains(&secret) && !admitted.contains("refused"),
        "{admitted}"
    );
    // An error that repeats the line does not repeat the pass.
    let bad = format!("Intermission-Pass {secret}");
    let line = [
        "explain",
        "shop",
        "--ip",
        "192.0.2.1",
        "--path",
        "/",
        "--header",
        &bad,
    ];
    let refused = home.run(&control, &line);
    assert_ne!(refused.code, Some(0));
    assert!(!refused.err.contains(&secret), "{}", refused.err);

    home.run(&control, &["pass", "revoke", "shop", "ann"])
        .done();
    let refused = explain("/");
    assert!(!refused.out.contains("admitted"), "{}", refused.out);
    assert!(!refused.out.contains(&secret) && !refused.err.contains(&secret));
}

#[test]
fn viewers_see_no_name_of_a_tester() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let viewer = control.token(&json!({ "name": "wall", "role": "viewer" }));
    let seen = || {
        let paths = [
            "/v1/services",
            "/v1/services/shop/fleet",
            "/v1/fleet",
            "/metrics",
        ];
        let seen = paths.map(|path| {
            let answer = control.ask(Ask::new("GET", path).bearer(&viewer));
            assert_eq!(answer.status, 200);
            String::from_utf8(answer.body).unwrap()
        });
        seen.concat()
    };
    let run = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        home.run(&control, &words).done();
        let seen = seen();
        assert!(
            !seen.contains("ann") && !seen.contains("203.0.113.7"),
            "{line}: {seen}"
        );
        seen
    };
    let seen = run("pass create shop ann --for 8h");
    assert!(seen.contains("\"action\":\"pass create\""), "{seen}");
    assert!(seen.contains("\"passes\":1"), "{seen}");
    let seen = run("pass revoke shop ann");
    assert!(seen.contains("\"action\":\"pass revoke\""), "{seen}");
    run("allowlist add shop 203.0.113.7 --name ann --note annex --for 1s");
    control.until(|| control.history("shop").last().unwrap()["actor"] == "timer");
    let ended = control.history("shop").last().unwrap()["reason"].clone();
    assert_eq!(ended, "ended: 203.0.113.7 (ann)");
    run("allowlist show shop");
    // Operators see it.
    let services = control.get("/v1/services").json();
    assert_eq!(services["services"][0]["last_change"]["reason"], ended);
}
