use intermission_core::{
    Cidr, ExemptPath, HostName, LanguageTag, Mode, Origin, PathPrefix, Policy, ServiceName, State,
    Timestamp, parse_address,
};
use intermission_corpus::now;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::config;
use crate::requests::bytes;

/// A JSON value whose members have the names that a document's have.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let names = [
        "version",
        "critical",
        "store",
        "service",
        "revision",
        "maintenance",
        "allowlist",
        "enabled",
        "cidrs",
        "scope",
        "hosts",
        "paths",
        "exempt",
        "probers",
        "cidr",
        "api",
        "notice",
        "retry_after_max",
        "title",
        "message",
        "until",
        "retry_after",
        "html",
        "cors_origins",
        "languages",
        "ja",
        "x/~y",
    ];
    let texts = [
        "shop",
        "off",
        "writes",
        "all",
        "203.0.113.0/24",
        "10.0.0.1/8",
        "/api",
        "/healthz",
        "/",
        "shop.example",
        "*",
        "https://app.example",
        "2026-11-23T02:00:00Z",
        "",
        "ja",
        "é\u{0}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        Just(1.into()),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        select(texts.to_vec()).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        let name = select(names.to_vec()).prop_map(String::from);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Into::into),
            vec((name, inner), 0..12)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Like [`json`], with what is required, so that more of it is read.
fn document() -> impl Strategy<Value = serde_json::Value> {
    let names = [
        "allowlist",
        "scope",
        "exempt",
        "api",
        "notice",
        "store",
        "critical",
    ];
    let member = (select(names.to_vec()), json());
    vec(member, 0..4).prop_map(|members| {
        let mut document = serde_json::json!({
            "version": 1, "service": "shop", "revision": 3, "maintenance": "all",
        });
        for (name, value) in members {
            document[name] = value;
        }
        document
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_parser_panics(bytes in bytes(), noise in vec(any::<u8>(), 0..64), text: String) {
        for bytes in [&bytes, &noise] {
            let _ = parse_address(bytes);
            let _ = State::parse(bytes);
            let lossy = String::from_utf8_lossy(bytes);
            for text in [&*lossy, &text] {
                let _ = text.parse::<Cidr>().map_err(|error| (error.to_string(), error.suggestion()));
                let _ = text.parse::<HostName>().map_err(|error| error.to_string());
                let _ = text.parse::<ExemptPath>().map_err(|error| error.to_string());
                let _ = text.parse::<PathPrefix>().map_err(|error| error.to_string());
                let _ = text.parse::<Origin>().map_err(|error| error.to_string());
                let _ = text.parse::<LanguageTag>().map_err(|error| error.to_string());
                let _ = text.parse::<ServiceName>().map_err(|error| error.to_string());
                let _ = text.parse::<Mode>().map_err(|error| error.to_string());
                let _ = text.parse::<Timestamp>().map_err(|error| error.to_string());
            }
        }
    }

    #[test]
    fn no_document_panics_and_what_is_read_survives_being_written(document in prop_oneof![document(), json()]) {
        match State::parse(document.to_string().as_bytes()) {
            Ok(state) => {
                let again = State::parse(&state.to_json());
                prop_assert_eq!(again.as_ref(), Ok(&state));
                let _ = Policy::compile(&state, now());
            }
            Err(error) => {
                prop_assert!(!error.reason().is_empty());
                let there = document.pointer(error.pointer()).is_some();
                prop_assert!(there || error.reason() == "is missing", "{}", error);
            }
        }
    }
}
