//! The description of the interface, against which every answer is held that any test gets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::harness::{Control, Home};
use crate::http::{Answer, Ask};

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../src/server/handlers/openapi.json")).unwrap()
});

/// Fails unless the description has this answer to this request.
#[track_caller]
pub(crate) fn check(method: &str, target: &str, answer: &Answer) {
    // What is not HTTP gets no further than to the HTTP library.
    if answer.status == 400 && answer.header("content-type").is_none() {
        return;
    }
    let (response, place) = described(method, target, answer.status);
    let what = format!("{method} {target}: {}", answer.status);
    let headers = response["headers"].as_object();
    for (name, header) in headers.into_iter().flatten() {
        let header = resolve(header);
        match answer.header(&name.to_lowercase()) {
            Some(value) => {
                let place = pointer(&[&place, "headers", name]);
                let place = resolved_place(&place);
                conform(&pointer(&[&place, "schema"]), &json!(value), &what);
            }
            None => assert_ne!(header["required"], true, "{what} has no {name}"),
        }
    }
    let Some(content) = response["content"].as_object() else {
        assert_eq!(answer.header("content-type"), None, "{what}");
        assert!(answer.body.is_empty(), "{what}");
        return;
    };
    let kind = answer.header("content-type").unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default();
    assert!(content.contains_key(essence), "{what} is {kind:?}");
    if method == "HEAD" {
        assert!(answer.body.is_empty(), "{what}");
        return;
    }
    let body = match essence {
        "text/plain" => json!(String::from_utf8(answer.body.clone()).unwrap()),
        _ => answer.json(),
    };
    conform(
        &pointer(&[&place, "content", essence, "schema"]),
        &body,
        &what,
    );
}

/// What is described for this answer, and where.
fn described(method: &str, target: &str, status: u16) -> (&'static Value, String) {
    let path = target.split('?').next().unwrap_or_default();
    let own = if method == "HEAD" { "GET" } else { method };
    let operation =
        template(path).map(|template| pointer(&["", "paths", template, &own.to_lowercase()]));
    let operation = operation.filter(|place| DESCRIPTION.pointer(place).is_some());
    let place = match (operation, status) {
        (Some(operation), status) => pointer(&[&operation, "responses", &status.to_string()]),
        // What stands under no operation.
        (None, status) => {
            let name = match status {
                401 => "NoToken",
                403 => "NotAllowed",
                404 => "UnknownPath",
                405 => "WrongMethod",
                421 => "ForeignHost",
                _ => panic!("{method} {target}: {status} is not described"),
            };
            pointer(&["", "components", "responses", name])
        }
    };
    assert!(
        DESCRIPTION.pointer(&place).is_some(),
        "{method} {target}: {status} is not described"
    );
    let place = resolved_place(&place);
    (DESCRIPTION.pointer(&place).unwrap(), place)
}

/// The path of the description that a path is an instance of.
fn template(path: &str) -> Option<&'static str> {
    let segments: Vec<_> = path.split('/').collect();
    let fits = |template: &str| {
        let pattern: Vec<_> = template.split('/').collect();
        let mut both = pattern.iter().zip(&segments);
        pattern.len() == segments.len()
            && both.all(|(pattern, segment)| {
                pattern == segment || (pattern.starts_with('{') && !segment.is_empty())
            })
    };
    let mut templates = DESCRIPTION["paths"].as_object().unwrap().keys();
    templates
        .find(|template| fits(template))
        .map(String::as_str)
}

/// Fails unless `value` is as the schema at `place` says.
#[track_caller]
fn conform(place: &str, value: &Value, what: &str) {
    static VALIDATORS: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = validators.entry(place.to_owned()).or_insert_with(|| {
        // The whole description, so that its references lead somewhere.
        let mut schema = DESCRIPTION.clone();
        let reference = place.replace('{', "%7B").replace('}', "%7D");
        schema["$ref"] = json!(format!("#{reference}"));
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(options.build(&schema).unwrap())
    });
    let validator = Arc::clone(validator);
    drop(validators);
    let errors = validator.iter_errors(value);
    let errors: Vec<_> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}\n{value:#}");
}

/// A JSON pointer; the first part is one already.
fn pointer(parts: &[&str]) -> String {
    let (begin, rest) = parts.split_first().unwrap();
    let rest = rest
        .iter()
        .map(|part| part.replace('~', "~0").replace('/', "~1"));
    rest.fold((*begin).to_owned(), |place, part| place + "/" + &part)
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DESCRIPTION
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap(),
        None => value,
    }
}

fn resolved_place(place: &str) -> String {
    let value = DESCRIPTION.pointer(place).unwrap();
    match value["$ref"].as_str() {
        Some(reference) => reference.strip_prefix('#').unwrap().to_owned(),
        None => place.to_owned(),
    }
}

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

    /// What it asks, with this in place of what its path names.
    fn ask(&self, name: &str) -> Ask {
        let path = self.path.replace("{name}", name).replace("{id}", name);
        Ask::new(self.method, path)
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

    /// Asks for everything in every way that its description tells to be right or wrong.
    fn ask_all(&mut self, control: &Control, barrier: &str, viewer: &str, node: &str) {
        for operation in &operations() {
            let name = match operation.path {
                "/v1/barriers/{id}" => barrier,
                "/v1/tokens/{name}/revoke" => "edge",
                _ => "shop",
            };
            let plain = operation.ask(name);
            let known = |ask: Ask| match operation.has("header", "If-Match") {
                true => control.authorized(ask).header("if-match", "*"),
                false => control.authorized(ask),
            };
            let mut ask = |ask: Ask| self.ask(control, operation, ask);
            ask(plain.clone());
            ask(plain.clone().header("host", "evil.example"));
            ask(plain.clone().bearer(viewer));
            ask(plain.clone().bearer(node));
            ask(control
                .authorized(plain.clone())
                .header("origin", "http://evil.example"));
            ask(control.authorized(plain.clone()));
            ask(known(operation.ask("%ff")));
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

/// What takes a broken disk, a crowd or a slow client; the other tests see to most of it.
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
        for method in ["BREW", "OPTIONS", "TRACE", "PUT", "DELETE"] {
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
fn the_description_is_there_for_anybody_with_a_strong_tag() {
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
