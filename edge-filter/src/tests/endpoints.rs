//! Several clusters that are replicas of one control.

use super::*;

const THREE: &str =
    r#"{ "cluster": ["a", "b", "c"], "path": "/state", "token": "t", "start_wait": 2 }"#;

fn asked(host: &Fake) -> String {
    host.polled_with(":authority").unwrap()
}

#[test]
fn after_a_failure_the_next_cluster_is_asked_at_once() {
    let host = Fake::new();
    let mut root = root_of(&host, THREE, 1);
    root.tick();
    let first = asked(&host);
    root.unanswered();
    let second = asked(&host);
    answer(&host, &mut root, 503, Vec::new());
    let third = asked(&host);
    let mut all = [first.as_str(), &second, &third];
    all.sort_unstable();
    assert_eq!((host.calls(), all), (3, ["a", "b", "c"]));
    assert_eq!(host.said(&format!("cluster \"{first}\": no response")), 1);
    assert_eq!(host.said(&format!("cluster \"{second}\": status 503")), 1);
    answer(&host, &mut root, 200, document(3, "all"));
    assert_eq!(host.said(&format!("answers again: cluster \"{third}\"")), 1);
    // It stays there, and the reports go on.
    for _ in 0..3 {
        hold(&host, &mut root);
        assert_eq!(asked(&host), third);
    }
    assert_eq!(reported(&host, "seq").as_deref(), Some("7"));
}

#[test]
fn an_authority_is_that_of_all_clusters() {
    let host = Fake::new();
    let json = THREE.replacen('{', r#"{ "authority": "control.example", "#, 1);
    let mut root = root_of(&host, &json, 1);
    root.tick();
    root.unanswered();
    assert_eq!(
        (host.calls(), asked(&host).as_str()),
        (2, "control.example")
    );
}

#[test]
fn the_keys_in_shared_data_are_those_of_earlier_filters_for_one_cluster() {
    for (endpoint, key) in [
        (r#""cluster": "a""#, "intermission a a/state polls"),
        (r#""cluster": ["a"]"#, "intermission a a/state polls"),
        (
            r#""cluster": "a", "authority": "c""#,
            "intermission a c/state polls",
        ),
        (r#""cluster": ["a", "b"]"#, "intermission a b a/state polls"),
    ] {
        let host = Fake::new();
        let json = format!(r#"{{ {endpoint}, "path": "/state" }}"#);
        root_of(&host, &json, 1).tick();
        let keys = host.shared_keys();
        assert!(keys.iter().any(|known| known == key), "{key}: {keys:?}");
    }
}
