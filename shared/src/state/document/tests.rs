use alloc::string::{String, ToString};
use alloc::{format, vec};

use serde_json::{Value, json};

use super::*;
use crate::state::mode::Mode;
use crate::state::service::ServiceName;

fn minimal() -> Value {
    json!({ "version": 1, "service": "shop", "revision": 17, "maintenance": "all" })
}

fn parse(document: &Value) -> Result<State, DocumentError> {
    State::parse(document.to_string().as_bytes())
}

/// The error of a minimal document with this `value` at the pointer.
#[track_caller]
fn refused(pointer: &str, value: Value) -> String {
    let mut document = minimal();
    let mut place = &mut document;
    for key in pointer.split('/').skip(1) {
        place = &mut place[key];
    }
    *place = value;
    parse(&document).unwrap_err().to_string()
}

#[test]
fn missing_fields_have_defaults() {
    let mut expected = State::initial("shop".parse().unwrap(), Mode::All);
    expected.revision = 17;
    // A new service has further exempt paths.
    expected.exempt = Exempt::default();
    assert_eq!(parse(&minimal()).unwrap(), expected);
    assert_eq!(expected.exempt.paths.len(), 6);
    assert_eq!(expected.api.paths[0].as_str(), "/api");
}

#[test]
fn a_document_is_written_as_it_was_read() {
    let mut document = minimal();
    document["store"] = json!("01J9ZZZZ");
    document["allowlist"] =
        json!({ "enabled": true, "cidrs": ["203.0.113.0/24", "2001:db8::/32"] });
    document["scope"] = json!({ "hosts": ["shop.example"], "paths": ["/Basket"] });
    document["exempt"] =
        json!({ "paths": [], "probers": [{ "cidr": "10.0.0.0/8", "paths": ["/"] }] });
    document["notice"] = json!({
        "title": "T", "message": "M\nN", "until": "2026-11-23T02:00:00Z", "retry_after": 60, "retry_after_max": 600, "html": "<p>",
        "content_security_policy": "script-src 'self'", "contact": "mailto:help@shop.example",
        "logo": "data:image/png;base64,iVBORw0KGgo=",
        "colors": { "light": { "accent": "#06c", "background": null, "text": null },
                    "dark": { "accent": null, "background": "#000000", "text": "#ffffff" } },
        "cors_origins": ["*", "https://shop.example"], "language": "de",
        "languages": {
            "ja": { "title": "t", "message": "m", "contact": null, "logo": null, "colors": null, "html": null,
                    "content_security_policy": null },
            "fr": { "title": null, "message": null, "contact": "tel:+33-1", "logo": null, "colors": null,
                    "html": null, "content_security_policy": null }
        }
    });
    let state = parse(&document).unwrap();
    assert_eq!(State::parse(&state.to_json()).unwrap(), state);
    let written: Value = serde_json::from_slice(&state.to_json()).unwrap();
    document["critical"] = json!([]);
    document["api"] = json!({ "hosts": [], "paths": ["/api"] });
    assert_eq!(written, document);
}

#[test]
fn a_whole_number_may_have_a_fraction_of_zero() {
    let mut document = minimal();
    document["version"] = json!(1.0);
    document["revision"] = json!(17.0);
    assert_eq!(parse(&document).unwrap().revision, 17);
    document["revision"] = json!(17.5);
    assert!(parse(&document).is_err());
}

#[test]
fn unknown_fields_are_ignored_unless_they_are_critical() {
    let mut document = minimal();
    document["countries"] = json!(["jp"]);
    assert!(parse(&document).is_ok());
    document["critical"] = json!(["countries"]);
    assert_eq!(
        parse(&document).unwrap_err().to_string(),
        "/critical/0: \"countries\" is critical and not known here, so the state cannot be enforced; upgrade this node"
    );
}

#[test]
fn an_unknown_critical_field_closes_a_document_that_refuses_requests() {
    let mut document = minimal();
    document["critical"] = json!(["countries"]);
    document["scope"] = json!({ "paths": ["/shop"] });
    for mode in ["writes", "all"] {
        document["maintenance"] = json!(mode);
        let error = parse(&document).unwrap_err();
        let closed = error.closed().unwrap();
        assert_eq!((closed.maintenance, closed.revision), (Mode::All, 17));
        assert!(closed.scope.paths.is_empty() && !closed.allowlist.enabled);
        assert_eq!(closed.exempt, Exempt::default());
    }
    // Only paths of the document are exempt.
    for (exempt, paths) in [
        (json!({ "paths": ["/status"] }), 1),
        (json!({ "paths": [] }), 0),
        (json!({ "paths": [7] }), 0),
    ] {
        document["exempt"] = exempt;
        let error = parse(&document).unwrap_err();
        assert_eq!(error.closed().unwrap().exempt.paths.len(), paths);
    }
    // If no request is refused, no field can be critical.
    document["exempt"] = json!(null);
    document["maintenance"] = json!("off");
    assert_eq!(parse(&document).unwrap().maintenance, Mode::Off);
    // If the list itself cannot be read, the last good state stays in force.
    document["maintenance"] = json!("all");
    document["critical"] = json!("countries");
    assert!(parse(&document).unwrap_err().closed().is_none());
}

#[test]
fn every_refusal_names_the_place_the_text_and_the_remedy() {
    let cases = r##"
/version 2 → /version: version 2 is not known, only 1; upgrade this node
/version null → /version: is missing
/version "1" → /version: "1" is not a whole number from 0 to 18446744073709551615
/revision -1 → /revision: -1 is not a whole number from 0 to 9007199254740991
/maintenance "on" → /maintenance: "on" is none of "off", "writes" and "all"
/maintenance true → /maintenance: true is not a string
/service "Shop" → /service: "Shop" is not a service name; use lower-case letters, digits and hyphens, at most 63
/store "a/b" → /store: "a/b" is not a store's identity, which has letters, digits and hyphens only
/allowlist [] → /allowlist: a list is not an object
/allowlist/enabled "yes" → /allowlist/enabled: "yes" is not true or false
/allowlist/cidrs ["203.0.113.5", "10.0.0.1/8"] → /allowlist/cidrs/1: "10.0.0.1/8" has bits beyond its prefix; did you mean 10.0.0.0/8?
/allowlist/cidrs [7] → /allowlist/cidrs/0: 7 is not a string
/allowlist/cidrs "10.0.0.0/8" → /allowlist/cidrs: "10.0.0.0/8" is not a list of strings
/exempt/paths ["/"] → /exempt/paths/0: "/" would exempt every path; to open the service, exit; for the health checks of a balancer name the path in exempt.probers
/notice/retry_after 0 → /notice/retry_after: 0 is not a whole number from 1 to 604800
/notice/until "tomorrow" → /notice/until: "tomorrow" is not a time with its offset; write it like 2026-11-23T02:00:00Z
/notice/message "a\r\nb" → /notice/message: contains the control character U+000D; leave it out
/notice/languages { "it": { "title": "t" } } → /notice/languages/it/message: is missing
/notice/message "evil\u202etxt" → /notice/message: contains the control character U+202E; leave it out
/notice/contact "javascript:alert(1)" → /notice/contact: "javascript:alert(1)" is not a contact; write https://…, mailto:… or tel:…, at most 500 bytes, with percent-encoding for characters that a URI cannot have
/notice/logo "https://shop.example/logo.png" → /notice/logo: is not an image; write data:image/png;base64,… (or jpeg, gif, webp, svg+xml)
/notice/colors { "dark": { "text": "white" } } → /notice/colors/dark/text: "white" is not a colour; write it in hexadecimal, like #0099ff
/notice/content_security_policy "script-src 'self'\r\nset-cookie: a=b" → /notice/content_security_policy: "script-src 'self'\r\nset-cookie: a=b" is not the value of a header: from 1 to 4000 characters of printable ASCII, in one line
/notice/languages { "a/b": { "title": "t", "message": "m" } } → /notice/languages/a~1b: "a/b" is not a language tag; write it like ja or zh-Hant
"##;
    for case in cases.trim().lines() {
        let (place, expected) = case.split_once(" → ").unwrap();
        let (pointer, value) = place.split_once(' ').unwrap();
        let value = serde_json::from_str(value).unwrap();
        assert_eq!(refused(pointer, value), expected);
    }
    let long = refused("/notice/title", json!("x".repeat(201)));
    assert_eq!(long, "/notice/title: has more than 200 characters");
}

#[test]
fn an_error_shows_no_control_character_of_a_name() {
    let mut document = minimal();
    document["notice"] =
        json!({ "languages": { "\u{1b}[2J\u{202e}": { "title": "x", "message": "y" } } });
    let error = parse(&document).unwrap_err();
    assert_eq!(error.pointer(), "/notice/languages/\u{1b}[2J\u{202e}");
    let shown = "/notice/languages/\\u{1b}[2J\\u{202e}: \"\\u{1b}[2J\\u{202e}\" is not a language tag; write it like ja or zh-Hant";
    assert_eq!(error.to_string(), shown);
}

#[test]
fn a_text_that_is_no_document_is_refused() {
    for (document, expected) in [
        (
            "",
            "the document: not JSON: EOF while parsing a value at line 1 column 0",
        ),
        ("[]", "the document: a list is not an object"),
        (
            "{\"version\": 1,}",
            "the document: not JSON: trailing comma at line 1 column 15",
        ),
    ] {
        assert_eq!(
            State::parse(document.as_bytes()).unwrap_err().to_string(),
            expected
        );
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(State::parse(deep.as_bytes()).is_err());
    let mut long = minimal().to_string().into_bytes();
    long.resize(State::MAX_BYTES, b' ');
    assert!(State::parse(&long).is_ok());
    long.push(b' ');
    assert_eq!(
        State::parse(&long).unwrap_err().to_string(),
        "the document: 1048577 bytes are more than the 1048576 allowed"
    );
}

#[test]
fn a_service_name_has_letters_digits_and_hyphens() {
    let longest = "a".repeat(63);
    for name in ["a", "shop", "shop-2", "2nd", &longest] {
        assert!(name.parse::<ServiceName>().is_ok(), "{name}");
    }
    for name in vec![
        "",
        "-a",
        "a-",
        "A",
        "a_b",
        "a.b",
        "a/b",
        "ä",
        &"a".repeat(64),
    ] {
        assert!(name.parse::<ServiceName>().is_err(), "{name}");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over_once() {
    let plain = br#"{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all" }"#;
    let marked = [b"\xef\xbb\xbf".as_slice(), plain].concat();
    assert_eq!(State::parse(&marked), State::parse(plain));
    let twice = [b"\xef\xbb\xbf".as_slice(), &marked].concat();
    assert!(State::parse(&twice).is_err());
}

#[test]
fn a_whole_document_has_every_member() {
    let mut full = minimal();
    full["allowlist"] =
        json!({ "passes": [{ "sha256": "0".repeat(64), "until": "2026-11-23T02:00:00Z" }] });
    full["exempt"] = json!({ "probers": [{ "cidr": "10.0.0.0/8", "paths": ["/"] }] });
    full["notice"] = json!({ "languages": { "ja": { "title": "a", "message": "b" } } });
    let whole = parse(&full).unwrap().to_value();
    for name in FIELDS {
        let mut place = &whole;
        for member in name.split('.') {
            place = match (place, name.starts_with("notice.languages.")) {
                (Value::Array(items), _) => &items[0],
                (languages, true) if languages.get("ja").is_some() => &languages["ja"],
                _ => place,
            };
            place = place.get(member).unwrap_or_else(|| panic!("{name}"));
        }
    }
    let empty = State::initial("shop".parse().unwrap(), Mode::Off);
    assert_eq!(parse(&empty.to_value()).unwrap(), empty);
    assert!(empty.to_value()["exempt"]["hosts"].is_array());
}
