use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::replicas::replicas::Replicas;

#[test]
fn an_entry_and_a_pass_end_once_whichever_replica_is_first() {
    let Replicas { controls, .. } = &Replicas::start();
    let until = Timestamp::now() + SignedDuration::from_secs(8);
    let entry = json!({ "cidrs": ["203.0.113.7"], "name": "ann", "until": until });
    // A replica that has just started may be of any version for the others.
    let add = || controls[0].post("/v1/services/shop/allowlist/add", &entry);
    controls[0].until(|| add().status == 200);
    let pass = json!({ "name": "bob", "until": until });
    let made = controls[1].post("/v1/services/shop/passes", &pass);
    assert_eq!(made.status, 201, "{}", made.json());
    let seen = controls[2].get("/v1/services/shop/allowlist").json();
    assert_eq!(seen["entries"][0]["name"], "ann");
    assert_eq!(seen["passes"][0]["name"], "bob");

    controls[2].until(|| controls[2].history("shop").last().unwrap()["actor"] == "timer");
    let history = controls[0].history("shop");
    let end = history.last().unwrap();
    assert_eq!(end["reason"], "ended: 203.0.113.7 (ann), the pass bob");
    assert_eq!(history.len(), 4);
    for control in controls {
        let allowlist = control.get("/v1/services/shop/allowlist").json();
        assert_eq!(
            (&allowlist["entries"], &allowlist["passes"]),
            (&json!([]), &json!([]))
        );
        assert_eq!(control.history("shop"), history);
    }
}
