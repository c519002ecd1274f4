use super::*;

fn refused(json: &str) -> String {
    Config::parse(json.as_bytes(), |_| None)
        .unwrap_err()
        .to_string()
}

fn with(member: &str) -> String {
    format!(r#"{{ "control": "http://127.0.0.1:7700", "path": "/state", {member} }}"#)
}

#[test]
fn the_urls_are_those_of_control_with_the_path() {
    let urls = |json: &str| {
        Config::parse(json.as_bytes(), |_| None)
            .unwrap()
            .source
            .urls
    };
    let one = r#"{ "control": "http://127.0.0.1:7700/", "path": "/v1/services/shop/state" }"#;
    assert_eq!(urls(one), ["http://127.0.0.1:7700/v1/services/shop/state"]);
    let several = r#"{ "control": ["http://a:1", "http://b:1"], "path": "/state" }"#;
    assert_eq!(urls(several), ["http://a:1/state", "http://b:1/state"]);
}

#[test]
fn every_refusal_names_the_key_and_the_remedy() {
    let documents = r#"
{ "path": "/state" } → /control: is missing
{ "control": "http://a" } → /path: is missing
{ "control": "http://a", "path": "state" } → /path: does not begin with a slash; write it like /v1/services/shop/state
{ "control": "http://a/state", "path": "/" } → /control: "http://a/state" is no URL of a server; write it like https://control.example:7700, with the rest in path
{ "control": "control", "path": "/" } → /control: "control" is no URL of a server; write it like https://control.example:7700, with the rest in path
{ "control": ["http://a", "b"], "path": "/" } → /control/1: "b" is no URL of a server; write it like https://control.example:7700, with the rest in path
{ "control": [], "path": "/" } → /control: has 0 URLs; name from 1 to 8
{ "cluster": "control", "path": "/" } → /cluster: names a cluster of Envoy, which this filter does not use; give the URL of control as control, like https://control.example:7700
"#;
    let members = r#"
"authority": "control.example" → /authority: is part of control here, like https://control.example:7700; leave it out
"read_bodies": true → /read_bodies: is not needed here, where refused uploads over HTTP/1 are always read; leave it out
"token": "a", "token_file": "/t" → /token_file: goes without token and token_env only; leave out all but one
"token_env": "A" → /token_env: names a variable that Envoy does not have; set it where Envoy is started
"interval": 0 → /interval: is too short; poll every 0.1 seconds or less often
"wait": "0.5" → /wait: "0.5" is a text, which Envoy makes of a fraction in a Struct; write the configuration as JSON in a google.protobuf.StringValue
"client": { "source": "forwarded" } → /client/trusted_proxies: is missing
"#;
    let cases = |cases: &'static str| {
        let lines = cases.trim_matches('\n').lines();
        lines.map(|case| case.split_once(" → ").unwrap())
    };
    for (json, expected) in cases(documents) {
        assert_eq!(refused(json), expected);
    }
    for (member, expected) in cases(members) {
        assert_eq!(refused(&with(member)), expected);
    }
    let unknown = refused(&with(r#""intervall": 5"#));
    assert!(
        unknown.starts_with("/intervall: is not known; known here: control, path, "),
        "{unknown}"
    );
}

#[test]
fn what_only_the_poller_finds_wrong_is_refused_at_its_key() {
    let scheme = refused(r#"{ "control": "ftp://a", "path": "/" }"#);
    assert!(scheme.starts_with("/control: "), "{scheme}");
    let missing = refused(&with(r#""token_file": "/there/is/no/such/file""#));
    assert!(missing.starts_with("/token_file: "), "{missing}");
    assert!(missing.contains("No such file"), "{missing}");
}

#[test]
fn no_configuration_shows_its_token() {
    let config = Config::parse(with(r#""token": "5f1c0d9e""#).as_bytes(), |_| None).unwrap();
    assert!(!format!("{config:?}").contains("5f1c"), "{config:?}");
}

#[test]
fn configurations_with_another_way_to_ask_have_another_source() {
    let source = |member: &str| {
        let json = with(member);
        Config::parse(json.as_bytes(), |_| None).unwrap().source
    };
    let client = r#""client": { "source": "direct" }, "wait": 10"#;
    assert_eq!(source(client), source(r#""wait": 10"#));
    for other in [
        r#""token": "a""#,
        r#""node": "a""#,
        r#""interval": 4"#,
        r#""wait": 4"#,
        r#""lease": 4"#,
        r#""default": "all""#,
    ] {
        assert_ne!(source(other), source(r#""wait": 10"#), "{other}");
    }
}
