//! The description of the interface, with which every answer of control is compared.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::Answer;

/// The description.
pub static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!(
        "../../../control/src/server/handlers/openapi.json"
    ))
    .unwrap()
});

/// Fails unless the description has this answer to this request.
#[track_caller]
pub fn check(method: &str, target: &str, answer: &Answer) {
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

/// What a value refers to, or the value itself.
pub fn resolve(value: &'static Value) -> &'static Value {
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
