//! Several clusters that are replicas of one control, and the document of one that cannot prove which state is the latest.

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

#[test]
fn vms_that_start_without_an_answer_take_the_provisional_document() {
    let host = Fake::new();
    let (mut leader, sibling) = (root(&host, 1), host.sibling());
    let mut other = root(&sibling, 2);
    leader.tick();
    answer(&host, &mut leader, 503, document(5, "all"));
    let hosts = [&host, &sibling];
    host.pass(Duration::from_millis(1900));
    for root in [&mut leader, &mut other] {
        root.tick();
        assert!(!has_policy(root), "it waits for an answer");
    }
    host.pass(TICK);
    for (host, root) in hosts.into_iter().zip([&mut leader, &mut other]) {
        root.tick();
        let refused = request(host, root, "/", "198.51.100.7:1");
        assert_eq!(refused, Action::Answered);
        let said = "the state that the endpoint cannot prove to be the latest is in force, provisionally: revision 5";
        assert_eq!(host.said(said), 1);
    }
    host.pass(TICK * 5);
    leader.tick();
    assert_eq!(reported(&host, "applied"), None);
    assert_eq!(host.polled_with("if-none-match"), None);

    // A later one comes into force, an earlier one does not.
    answer(&host, &mut leader, 503, document(6, "off"));
    for (host, root) in hosts.into_iter().zip([&mut leader, &mut other]) {
        root.tick();
        let admitted = request(host, root, "/", "198.51.100.7:1");
        assert_eq!(admitted, Action::Continue);
    }
    host.pass(Duration::from_secs(3));
    leader.tick();
    answer(&host, &mut leader, 503, document(4, "all"));
    other.tick();
    let admitted = request(&sibling, &mut other, "/", "198.51.100.7:1");
    assert_eq!(admitted, Action::Continue);

    // Any answer replaces it.
    host.pass(Duration::from_secs(8));
    leader.tick();
    answer(&host, &mut leader, 200, document(1, "all"));
    other.tick();
    for (host, root) in hosts.into_iter().zip([&mut leader, &mut other]) {
        let refused = request(host, root, "/", "198.51.100.7:1");
        assert_eq!(refused, Action::Answered);
    }
}

#[test]
fn an_initial_state_stays_unless_the_provisional_document_is_later() {
    let initial = String::from_utf8(document(5, "all")).unwrap();
    for (offered, expected) in [(4, Action::Answered), (6, Action::Continue)] {
        let host = Fake::new();
        let mut root = configured(&host, &format!(r#""initial_state": {initial}"#));
        root.tick();
        answer(&host, &mut root, 503, document(offered, "off"));
        host.pass(Duration::from_secs(2));
        root.tick();
        let action = request(&host, &mut root, "/", "198.51.100.7:1");
        assert_eq!(action, expected, "{offered}");
    }
}

#[test]
fn a_provisional_document_renews_no_lease() {
    let host = Fake::new();
    let mut root = configured(&host, r#""lease": 3"#);
    root.tick();
    answer(&host, &mut root, 503, document(5, "off"));
    host.pass(Duration::from_secs(2));
    root.tick();
    let admitted = request(&host, &mut root, "/", "198.51.100.7:1");
    assert_eq!(admitted, Action::Continue);
    answer(&host, &mut root, 503, document(6, "off"));
    host.pass(Duration::from_secs(1));
    root.tick();
    let refused = request(&host, &mut root, "/", "198.51.100.7:1");
    assert_eq!(refused, Action::Answered);
}

#[test]
fn the_same_provisional_document_is_written_once() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    root.tick();
    for _ in 0..3 {
        answer(&host, &mut root, 503, document(5, "all"));
        host.pass(Duration::from_secs(30));
        root.tick();
    }
    assert_eq!(host.calls(), 4);
    let own = host.own.borrow();
    let written = own.written.iter();
    let written = written.filter(|(key, _)| key.ends_with("provisional"));
    assert_eq!(written.count(), 1);
}
