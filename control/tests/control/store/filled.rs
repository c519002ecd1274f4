use intermission_testkit::control::{Ask, Control, Home};
use serde_json::json;

/// A store with everything that a store can have.
pub(crate) fn fill(home: &Home) -> Control {
    let control = home.start();
    control.add("shop");
    control.add("pay");
    let node = json!({ "name": "edge", "role": "node", "services": ["shop"] });
    let token = control.token(&node);
    let gone = control.token(&json!({ "name": "gone", "role": "viewer" }));
    assert!(!gone.is_empty());
    assert_eq!(
        control.post("/v1/tokens/gone/revoke", &json!({})).status,
        200
    );
    let poll = |seq: u64, applied: &str| {
        let line = format!("\"n1\"; boot=\"b1\"; seq={seq}; kind=tower; wait=30{applied}");
        let poll = Ask::new("GET", "/v1/services/shop/state")
            .bearer(&token)
            .header("intermission-node", line);
        let answer = control.ask(poll);
        assert_eq!(answer.status, 200);
        answer.header("etag").unwrap().trim_matches('"').to_owned()
    };
    let tag = poll(1, "");
    poll(2, &format!("; applied=\"{tag}\""));
    for (path, body) in [
        (
            "shop/enter",
            json!({ "for": "1h", "reason": "new disks", "wait": { "timeout": 1 } }),
        ),
        (
            "shop/allowlist/add",
            json!({ "cidrs": ["203.0.113.7", "2001:db8::/32"], "name": "ann", "note": "Hotel", "for": "2d" }),
        ),
        ("pay/enter", json!({})),
        ("pay/exit", json!({})),
    ] {
        let ask = Ask::new("POST", format!("/v1/services/{path}")).json(&body);
        let ask = ask.header("idempotency-key", format!("\"{path}\""));
        let answer = control.ask(control.authorized(ask));
        assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    }
    control.add("old");
    let removal = control.authorized(Ask::new("DELETE", "/v1/services/old"));
    assert_eq!(control.ask(removal).status, 200);
    control
}
