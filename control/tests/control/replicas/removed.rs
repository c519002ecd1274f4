use intermission_testkit::control::Ask;

use crate::replicas::replicas::Replicas;

#[test]
fn a_service_that_one_replica_removes_is_gone_at_the_others_and_comes_back_after_it() {
    let Replicas { controls, .. } = &Replicas::start();
    let remove = || {
        let ask = Ask::new("DELETE", "/v1/services/shop");
        controls[0].ask(controls[0].authorized(ask)).status
    };
    // A replica that has just started may be of any version for the others.
    controls[0].until(|| remove() == 200);
    for control in controls {
        let gone = control.get("/v1/services/shop/state");
        gone.problem(404, "unknown-service");
        assert_eq!(control.history("shop").len(), 1);
    }
    controls[1].add("shop");
    for control in controls {
        assert_eq!(control.state("shop").json()["revision"], 2);
        assert_eq!(control.history("shop").len(), 2);
    }
}
