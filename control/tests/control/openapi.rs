//! Every described answer is given, and no other.

use std::collections::BTreeSet;

use intermission_testkit::control::openapi::{DESCRIPTION, check, resolve};
use intermission_testkit::control::{Answer, Ask, Control, Home};
use serde_json::{Value, json};

/// An operation of the description.
struct Operation {
    method: &'static str,
    path: &'static str,
    is: &'static Value,
}

fn operations() -> Vec<Operation> {
    let paths = DESCRIPTION["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, is)| Operation {
            method: match method.as_str() {
                "get" => "GET",
                "post" => "POST",
                "patch" => "PATCH",
                "delete" => "DELETE",
                other => panic!("{other}"),
            },
            path,
            is,
        })
    });
    operations.collect()
}

impl Operation {
    fn has(&self, place: &str, name: &str) -> bool {
        let parameters = self.is["parameters"].as_array().into_iter().flatten();
        parameters
            .map(resolve)
            .any(|parameter| parameter["in"] == place && parameter["name"] == name)
    }

    /// Its path, with this in place of what it names.
    fn path(&self, name: &str) -> String {
        let path = self.path.replace("{name}", name).replace("{id}", name);
        path.replace("{pass}", PASS)
    }

    /// What it asks, with this in place of what its path names.
    fn ask(&self, name: &str) -> Ask {
        Ask::new(self.method, self.path(name))
    }

    /// The bodies that the description shows, or an empty one where it shows none.
    fn examples(&self) -> Vec<(&'static str, &'static Value)> {
        let contents = self.is["requestBody"]["content"]
            .as_object()
            .into_iter()
            .flatten();
        let examples = contents.flat_map(|(kind, content)| {
            let examples = content["examples"].as_object().unwrap().values();
            examples.map(|example| (kind.as_str(), &example["value"]))
        });
        examples.collect()
    }
}

/// The pass that is revoked.
const PASS: &str = "ann";
/// The service that is removed.
const OLD: &str = "old";
/// The pass that is made.
const OTHER_PASS: &str = "bob";

/// What was asked for, and which statuses it got.
#[derive(Default)]
struct Seen(BTreeSet<(&'static str, &'static str, u16)>);

impl Seen {
    fn ask(&mut self, control: &Control, operation: &Operation, ask: Ask) -> Answer {
        let answer = control.ask(ask);
        self.0
            .insert((operation.path, operation.method, answer.status));
        answer
    }

    /// Asks for everything in each right and wrong way that the description names.
    fn ask_all(&mut self, control: &Control, barrier: &str, viewer: &str, node: &str) {
        for operation in &operations() {
            let name = match operation.path {
                "/v1/barriers/{id}" => barrier,
                "/v1/tokens/{name}/revoke" => "edge",
                "/v1/services/{name}" => OLD,
                _ => "shop",
            };
            let plain = operation.ask(name);
            let known = |ask: Ask| match operation.has("header", "If-Match") {
                true => control.authorized(ask).header("if-match", "*"),
                false => control.authorized(ask),
            };
            let mut ask = |ask: Ask| {
                let passes = "/v1/services/shop/passes";
                if operation.method == "DELETE" {
                    control.post(passes, &json!({ "name": PASS }));
                    control.post("/v1/services", &json!({ "name": OLD }));
                }
                if operation.path.ends_with("/passes") {
                    let other = Ask::new("DELETE", format!("{passes}/{OTHER_PASS}"));
                    control.ask(control.authorized(other));
                }
                self.ask(control, operation, ask)
            };
            ask(plain.clone());
            ask(plain.clone().header("host", "evil.example"));
            ask(plain.clone().bearer(viewer));
            ask(plain.clone().bearer(node));
            ask(control
                .authorized(plain.clone())
                .header("origin", "http://evil.example"));
            ask(control.authorized(plain.clone()));
            ask(known(operation.ask("%ff")));
            if operation.path.starts_with("/v1/") {
                let path = operation.path(name) + "?unknown=1";
                ask(known(Ask::new(operation.method, path)));
            }
            ask(known(operation.ask("none")));
            ask(known(plain.clone()).header("if-none-match", "*"));
            ask(known(plain.clone()).header("intermission-node", "garbage"));
            ask(known(plain.clone()).header("idempotency-key", "\"a\\b\""));
            if operation.path.ends_with("history") {
                ask(control.authorized(Ask::new("GET", "/v1/services/shop/history?before=x")));
            }
            let examples = operation.examples();
            if !examples.is_empty() {
                ask(known(plain.clone()).json(&json!({ "nonsense": 1 })));
                ask(known(plain.clone())
                    .header("content-type", "text/plain")
                    .body("{}"));
                ask(known(plain.clone()).json(&json!({ "reason": "x".repeat(1 << 20) })));
            }
            for (kind, example) in examples {
                let fill = |ask: Ask| ask.header("content-type", kind).body(example.to_string());
                if operation.path.contains("{name}") {
                    ask(known(fill(operation.ask("none"))));
                }
                if operation.has("header", "If-Match") {
                    let sent = control.authorized(fill(plain.clone()));
                    ask(sent.clone());
                    ask(sent.header("if-match", "\"old\""));
                }
                let answer = ask(known(fill(plain.clone())));
                assert!(answer.status < 300, "{} {example}", operation.path);
            }
        }
    }
}

/// Answers that need a broken disk, a crowd or a slow client; other tests produce most of them.
fn is_rare(status: u16) -> bool {
    matches!(status, 408 | 500 | 503)
}

#[test]
fn every_answer_that_is_described_is_given() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.add("pay");
    let viewer = control.token(&json!({ "name": "viewer", "role": "viewer" }));
    let node = control.token(&json!({ "name": "node", "role": "node", "services": ["pay"] }));
    let report = resolve(&DESCRIPTION["components"]["parameters"]["IntermissionNode"]);
    let report = report["example"].as_str().unwrap();
    let poll = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
    assert_eq!(control.ask(control.authorized(poll)).status, 200);
    let begun = control.post("/v1/services/shop/exit", &json!({ "wait": true }));
    let begun = begun.json();
    let barrier = begun["barrier"].as_str().unwrap();

    let special = |path: &str, method: &str| {
        let mut operations = operations().into_iter();
        operations
            .find(|known| known.path == path && known.method == method)
            .unwrap()
    };
    let mut seen = Seen::default();
    let remove = special("/v1/services/{name}", "DELETE");
    seen.ask(&control, &remove, control.authorized(remove.ask("shop")));
    let forget = special("/v1/services/{name}/nodes/forget", "POST");
    let live = control.authorized(forget.ask("shop"));
    let live = live.json(&json!({ "node": "shop-1" }));
    seen.ask(&control, &forget, live);
    seen.ask_all(&control, barrier, &viewer, &node);
    let (add, create) = (
        special("/v1/services", "POST"),
        special("/v1/tokens", "POST"),
    );
    let new = control
        .authorized(add.ask(""))
        .json(&json!({ "name": "new" }));
    seen.ask(&control, &add, new);
    let unknown = json!({ "name": "a", "role": "node", "services": ["none"] });
    seen.ask(
        &control,
        &create,
        control.authorized(create.ask("")).json(&unknown),
    );
    let taken = json!({ "name": "edge", "role": "viewer" });
    seen.ask(
        &control,
        &create,
        control.authorized(create.ask("")).json(&taken),
    );
    let create = special("/v1/services/{name}/passes", "POST");
    let taken = json!({ "name": PASS });
    for _ in 0..2 {
        let ask = control.authorized(create.ask("shop")).json(&taken);
        seen.ask(&control, &create, ask);
    }
    let revoke = special("/v1/tokens/{name}/revoke", "POST");
    seen.ask(
        &control,
        &revoke,
        control.authorized(revoke.ask("operator")),
    );
    let several = special("/v1/changes", "POST");
    let unknown = json!({ "services": ["none"], "action": "exit" });
    seen.ask(
        &control,
        &several,
        control.authorized(several.ask("")).json(&unknown),
    );
    let apply = special("/v1/apply", "POST");
    for (file, reason) in [
        (json!({ "none": {} }), String::new()),
        (
            json!({ "shop": { "revision": 0, "scope": { "paths": ["/other"] } } }),
            String::new(),
        ),
        (json!({}), "x".repeat(17 << 20)),
    ] {
        let body = json!({ "services": file, "reason": reason });
        seen.ask(
            &control,
            &apply,
            control.authorized(apply.ask("")).json(&body),
        );
    }
    let export = special("/v1/export", "GET");
    let none = Ask::new("GET", "/v1/export?services=none");
    seen.ask(&control, &export, control.authorized(none));

    let described = operations()
        .into_iter()
        .flat_map(|Operation { method, path, is }| {
            let statuses = is["responses"].as_object().unwrap().keys();
            statuses.map(move |status| (path, method, status.parse().unwrap()))
        });
    let described: BTreeSet<_> = described.filter(|(.., status)| !is_rare(*status)).collect();
    let missing: Vec<_> = described.difference(&seen.0).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_method_is_described_and_no_other_is_there() {
    let home = Home::new();
    let control = home.start();
    for (path, methods) in DESCRIPTION["paths"].as_object().unwrap() {
        let described: BTreeSet<_> = methods
            .as_object()
            .unwrap()
            .keys()
            .map(|name| name.to_uppercase())
            .collect();
        let path = path.replace("{name}", "shop").replace("{id}", "0");
        let path = path.replace("{pass}", PASS);
        let wrong = ["BREW", "OPTIONS", "TRACE", "PUT", "DELETE"].into_iter();
        for method in wrong.filter(|method| !described.contains(*method)) {
            let wrong = control.ask(control.authorized(Ask::new(method, &path)));
            wrong.problem(405, "method");
            let allowed = wrong.header("allow").unwrap().split(',').map(str::to_owned);
            let mut allowed: BTreeSet<_> = allowed.collect();
            // HEAD goes with GET, and is not described apart.
            assert_eq!(allowed.remove("HEAD"), allowed.contains("GET"), "{path}");
            assert_eq!(allowed, described, "{path}");
        }
    }
}

#[test]
fn the_description_needs_no_token_and_has_a_strong_tag() {
    let home = Home::new();
    let control = home.start();
    let answer = control.ask(Ask::new("GET", "/openapi.json"));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), *DESCRIPTION);
    let tag = answer.header("etag").unwrap();
    assert!(tag.starts_with('"'), "{tag}");
    let again = Ask::new("GET", "/openapi.json").header("if-none-match", tag);
    let again = control.ask(again);
    assert_eq!(again.status, 304);
    assert_eq!(again.header("etag"), Some(tag));
}

#[test]
#[should_panic(expected = "was unexpected")]
fn an_answer_with_more_than_is_described_is_found() {
    let answer = Answer {
        status: 200,
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("cache-control".into(), "no-store".into()),
        ],
        body: br#"{ "status": "ok", "more": 1 }"#.to_vec(),
    };
    check("GET", "/healthz", &answer);
}

#[test]
#[should_panic(expected = "418 is not described")]
fn a_status_that_is_not_described_is_found() {
    let answer = Answer {
        status: 418,
        headers: Vec::new(),
        body: Vec::new(),
    };
    check("GET", "/v1/services/shop/state", &answer);
}
