use std::time::Duration;

use intermission_core::Mode;

use super::*;

fn refused(json: &str) -> String {
    Config::parse(json.as_bytes(), |_| None)
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_left_out_has_its_default() {
    let config = Config::parse(br#"{ "cluster": "control", "path": "/state" }"#, |_| None).unwrap();
    assert_eq!(config.endpoint.clusters, ["control"]);
    assert_eq!(config.endpoint.authority, None);
    assert_eq!(
        (config.settings.interval, config.settings.wait),
        (Duration::from_secs(5), Duration::from_secs(10))
    );
    assert_eq!(
        (config.settings.start_wait, config.settings.default),
        (Duration::from_secs(2), Mode::Off)
    );
    assert!(matches!(
        config.client,
        Client::Source {
            trust_forwarded: false
        }
    ));
}

#[test]
fn every_refusal_names_the_key() {
    let documents = r#"
 → the document: not JSON: EOF while parsing a value at line 1 column 0
{ "path": "/state" } → /cluster: is missing
{ "cluster": [], "path": "/" } → /cluster: has 0 clusters; name from 1 to 8
{ "cluster": ["1", "2", "3", "4", "5", "6", "7", "8", "9"], "path": "/" } → /cluster: has 9 clusters; name from 1 to 8
{ "cluster": ["a", 2], "path": "/" } → /cluster/1: 2 is not a string
{ "cluster": ["a", ""], "path": "/" } → /cluster/1: "" is no header value; use one or more visible ASCII characters without spaces
{ "cluster": "c", "path": "state" } → /path: does not begin with a slash; write it like /v1/services/shop/state
"{ \"token\": \"t\" }" → the document: is a JSON string; write the object itself, without quotes around it
"#;
    let members = r#"
"intervall": 5 → /intervall: is not known; known here: cluster, authority, path, token, token_env, client, read_bodies, service, node, interval, wait, start_wait, lease, default, initial_state
"interval": 0 → /interval: is too short; poll every 0.1 seconds or less often
"lease": 2 → /lease: is too short; a lease of 3 seconds is the shortest
"wait": -1 → /wait: -1 is not a number of seconds from 0 to 60
"token": ["a"] → /token: a list is not a string
"token": "a", "token_env": "A" → /token_env: goes without token only; leave out one of the two
"token_env": "A-B" → /token_env: is no name of an environment variable; write it like INTERMISSION_NODE_TOKEN
"token_env": "A" → /token_env: names a variable that this VM does not have; list it in vm_config.environment_variables, and set it where Envoy is started
"node": "" → /node: "" is no header value; use one or more visible ASCII characters without spaces
"default": "on" → /default: "on" is none of "off", "writes" and "all"
"initial_state": { "version": 1 } → /initial_state/service: is missing
"client": { "source": "leftmost" } → /client/source: "leftmost" is not one of source-address, direct, x-forwarded-for, forwarded, hop-count and header
"client": { "source": "forwarded" } → /client/trusted_proxies: is missing
"client": { "source": "forwarded", "trusted_proxies": ["10.0.0.1/8"] } → /client/trusted_proxies/0: "10.0.0.1/8" has bits beyond its prefix; did you mean 10.0.0.0/8?
"client": { "source": "direct", "trusted_proxies": ["unix"] } → /client/trusted_proxies: goes with source x-forwarded-for or forwarded or hop-count or header only; leave it out
"client": { "filter_state": "peer", "source": "source-address" } → /client/filter_state: goes with source direct or x-forwarded-for or forwarded or hop-count or header only; leave it out
"client": { "source": "hop-count" } → /client/hops: is missing
"client": { "source": "hop-count", "hops": 0 } → /client/hops: 0 is not a whole number from 1 to 255
"client": { "source": "forwarded", "hops": 2, "trusted_proxies": ["unix"] } → /client/hops: goes with source hop-count only; leave it out
"client": { "source": "header", "trusted_proxies": ["unix"] } → /client/header: is missing
"#;
    let cases = |cases: &'static str| {
        let lines = cases.trim_matches('\n').lines();
        lines.map(|case| case.split_once(" → ").unwrap())
    };
    for (json, expected) in cases(documents) {
        assert_eq!(refused(json), expected);
    }
    for (member, expected) in cases(members) {
        let json = format!(r#"{{ "cluster": "c", "path": "/", {member} }}"#);
        assert_eq!(refused(&json), expected);
    }
}

#[test]
fn no_refusal_quotes_the_token() {
    let secret = "5f1c0d9e";
    for (written, fault) in [
        (r"5f1c0d9e\n5f1c0d9e", "holds a line feed"),
        (" 5f1c0d9e", "holds a space"),
        (r"5f1c0d9e\u0000", "holds a control character"),
        ("5f1c0d9eü", "holds a character beyond ASCII"),
        ("", "is empty"),
        (r"\n", "is empty"),
    ] {
        let expected =
            format!("the token {fault}; give it as `intermission token create` prints it");
        let json = format!(r#"{{ "cluster": "c", "path": "/", "token": "{written}" }}"#);
        assert_eq!(refused(&json), format!("/token: {expected}"));
        let value: String = serde_json::from_str(&format!("\"{written}\"")).unwrap();
        let json = br#"{ "cluster": "c", "path": "/", "token_env": "TOKEN" }"#;
        let error = Config::parse(json, |_| Some(value)).unwrap_err();
        assert_eq!(error.to_string(), format!("/token_env: {expected}"));
        assert!(!error.to_string().contains(secret));
    }
}

#[test]
fn the_line_feed_at_the_end_of_a_token_is_no_part_of_it() {
    let authorization = |json: &str, value: Option<&str>| {
        let variable = |name: &str| value.filter(|_| name == "TOKEN").map(Into::into);
        let config = Config::parse(json.as_bytes(), variable).unwrap();
        assert!(!format!("{config:?}").contains("5f1c"), "{config:?}");
        config.endpoint.authorization.unwrap().as_str().to_owned()
    };
    for end in ["", "\n", "\r\n", "\n\n"] {
        let token = format!("5f1c{end}");
        let json = serde_json::json!({ "cluster": "c", "path": "/", "token": token });
        assert_eq!(authorization(&json.to_string(), None), "Bearer 5f1c");
        let json = r#"{ "cluster": "c", "path": "/", "token_env": "TOKEN" }"#;
        assert_eq!(authorization(json, Some(&token)), "Bearer 5f1c");
    }
}

#[test]
fn each_manner_of_asking_is_distinct() {
    let manner = |member: &str| {
        let json = format!(r#"{{ "cluster": "c", "path": "/", "start_wait": 1 {member} }}"#);
        Config::parse(json.as_bytes(), |_| None)
            .unwrap()
            .poll_digest()
    };
    assert_eq!(manner(r#", "default": "all""#), manner(""));
    let manners = [
        "",
        r#", "token": "a""#,
        r#", "node": "a""#,
        r#", "interval": 4"#,
        r#", "wait": 4"#,
        r#", "lease": 4"#,
    ];
    let distinct: std::collections::BTreeSet<_> = manners.map(manner).into();
    assert_eq!(distinct.len(), manners.len());
}

#[test]
fn numbers_may_be_floats() {
    let json = br#"{ "cluster": "c", "path": "/", "interval": 5.0, "wait": 0.0,
        "initial_state": { "version": 1.0, "service": "shop", "revision": 2.0, "maintenance": "all" } }"#;
    let config = Config::parse(json, |_| None).unwrap();
    assert_eq!(
        config.settings.initial_state.map(|state| state.revision),
        Some(2)
    );
    assert_eq!(config.settings.wait, Duration::ZERO);
}
