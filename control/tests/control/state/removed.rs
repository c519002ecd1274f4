//! Services that an operator removes.

use intermission_testkit::Etcd;
use intermission_testkit::control::{Ask, Control, Home, Run};
use serde_json::{Value, json};

use crate::fleet::node::{Node, applied, enter, fleet, shop};

fn remove(control: &Control, body: &Value) -> Value {
    let ask = Ask::new("DELETE", "/v1/services/shop").json(body);
    let answer = control.ask(control.authorized(ask));
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

/// The events of `shop`, the newest first.
fn events(control: &Control) -> Vec<String> {
    let history = control.get("/v1/services/shop/history").json();
    let events = history["events"].as_array().unwrap().iter();
    events
        .map(|event| event["action"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_service_in_use_is_removed_by_force_alone() {
    let (home, control, mut node) = shop();
    let run = |line: &str| home.run(&control, &line.split(' ').collect::<Vec<_>>());
    let said = run("service remove shop").failed(16);
    assert_eq!(
        said,
        "intermission: The service is in use; nothing was changed: 1 node has its state, and keeps it or closes where it \
         has a lease: a; end that, or remove it all the same: intermission service remove shop --force\n"
    );
    node.runs(&control);
    let wait = enter(&home, &control, &["--timeout", "1h"]);
    let problem = control.ask(control.authorized(Ask::new("DELETE", "/v1/services/shop")));
    let problem = problem.problem(409, "service-in-use");
    assert_eq!(
        problem["uses"],
        json!([
            "it is in maintenance, mode all, and its nodes stay so",
            "1 node has its state, and keeps it or closes where it has a lease: a",
            "1 open wait for it ends as superseded",
        ])
    );
    assert_eq!(control.state("shop").json()["revision"], 2);
    let open = control.get("/v1/services/shop/fleet").json()["barriers"][0]["id"].clone();
    let ci = json!({ "name": "ci", "role": "operator", "services": ["shop"] });
    control.token(&ci);
    let held = Ask::new("GET", "/v1/services/shop/state").header("prefer", "wait=60");
    let held = control.begin(held.header("if-none-match", control.state("shop").etag()));
    control.until(|| control.get("/metrics").text().contains("polls_held 2\n"));

    let removed = run("service remove shop --force --reason moved").done();
    assert!(
        removed.starts_with("shop: removed (its last revision is 2)\n"),
        "{removed}"
    );
    assert!(removed.contains("the token ci is for it"), "{removed}");
    assert!(removed.contains("its nodes stay so"), "{removed}");
    assert!(
        removed.ends_with("its history stays: intermission history shop\n"),
        "{removed}"
    );
    held.recv().unwrap().problem(404, "unknown-service");
    let ended = wait.ends();
    assert_eq!(ended.code, Some(13), "{ended:?}");
    let by = "superseded: the service was removed by operator at ";
    assert!(ended.out.contains(by), "{}", ended.out);
    assert!(
        ended.out.contains(" (moved); its nodes keep the state"),
        "{}",
        ended.out
    );
    assert!(
        ended.out.contains("intermission service add shop"),
        "{}",
        ended.out
    );
    let barrier = control
        .get(format!("/v1/barriers/{}", open.as_str().unwrap()))
        .json();
    let removed = &barrier["removed"];
    assert_eq!(
        (
            &barrier["ending"],
            &barrier["superseded_by"],
            &removed["revision"],
            &removed["reason"]
        ),
        (
            &json!("superseded"),
            &json!(null),
            &json!(2),
            &json!("moved")
        )
    );
    assert_eq!(events(&control), ["remove", "wait ended: superseded"]);
    let poll =
        Ask::new("GET", "/v1/services/shop/state").header("intermission-node", node.report(""));
    control
        .ask(control.authorized(poll))
        .problem(404, "unknown-service");
}

#[test]
fn what_is_removed_keeps_its_history_and_goes_on_if_it_is_added_again() {
    let etcd = Etcd::start(1);
    let urls = etcd.urls().join(",");
    for options in [&[][..], &["--etcd", &urls]] {
        let home = Home::new();
        let serve = || {
            let control = home.start_with(options);
            control.until(|| control.get("/v1/services").status == 200);
            control
        };
        let mut control = serve();
        control.add("shop");
        for action in ["enter", "exit"] {
            control.post(&format!("/v1/services/shop/{action}"), &json!({}));
        }
        let mut node = Node::new("a");
        node.starts(&control);
        let old = applied(&control);
        node.says(&control, &old);
        // It leaves, so that nothing keeps the service.
        node.says(&control, &format!("{old};leaving"));
        let outcome = remove(&control, &json!({ "reason": "moved" }));
        assert_eq!(
            (&outcome["changed"], &outcome["revision"]),
            (&json!(true), &json!(3))
        );

        for restart in [false, true] {
            if restart {
                control.kill();
                control = serve();
            }
            let said = home.run(&control, &["status", "shop"]).failed(5);
            assert!(said.contains("shop was removed by operator at "), "{said}");
            assert!(
                said.contains("intermission service add shop adds it again"),
                "{said}"
            );
            for path in ["state", "fleet", "allowlist"] {
                let gone = control.get(format!("/v1/services/shop/{path}"));
                gone.problem(404, "unknown-service");
            }
            let again = Ask::new("DELETE", "/v1/services/shop");
            control
                .ask(control.authorized(again))
                .problem(404, "unknown-service");
            assert_eq!(control.get("/v1/services").json()["services"], json!([]));
            assert!(!control.get("/metrics").text().contains("shop"));
            assert_eq!(control.history("shop").len(), 3);
            assert_eq!(events(&control)[0], "remove");
        }
        assert_eq!(control.post("/v1/store/adopt", &json!({})).status, 200);
        assert!(check(&home, options).contains("no faults"));

        let added = home.run(&control, &["service", "add", "shop"]).done();
        assert!(
            added.starts_with("shop: added, open (revision 4)\n"),
            "{added}"
        );
        assert!(
            added.contains("its history and its revisions go on"),
            "{added}"
        );
        // A node that has the state of before goes on to this one, and is waited for.
        let mut back = Node::new("a");
        back.boot = "b2";
        back.says(&control, &old);
        assert_eq!(fleet(&control)["nodes"][0]["standing"], "behind");
        back.follows(&control);
        let entered = control
            .post("/v1/services/shop/enter", &json!({ "wait": true }))
            .json();
        let barrier = format!("/v1/barriers/{}", entered["barrier"].as_str().unwrap());
        back.follows(&control);
        control.until(|| control.get(&*barrier).json()["ending"] == "done");
        home.run(&control, &["rollback", "shop", "1"]).done();
        let revisions = control.history("shop");
        let revisions: Vec<_> = revisions
            .iter()
            .map(|entry| entry["revision"].clone())
            .collect();
        assert_eq!(Value::from(revisions), json!([1, 2, 3, 4, 5, 6]));
        control.kill();
        let mut control = serve();
        assert_eq!(control.state("shop").json()["revision"], 6);
        // A file adds it again as well.
        remove(&control, &json!({ "force": true }));
        let file = json!({ "services": { "shop": {} }, "create": true });
        assert_eq!(control.post("/v1/apply", &file).status, 200);
        assert_eq!(control.state("shop").json()["revision"], 7);

        // One that is removed in maintenance is in maintenance again, as its nodes are.
        control.post("/v1/services/shop/enter", &json!({ "mode": "writes" }));
        remove(&control, &json!({ "force": true }));
        control.kill();
        control = serve();
        let added = home.run(&control, &["service", "add", "shop"]).done();
        assert!(
            added.starts_with("shop: added, in maintenance (revision 9)\n"),
            "{added}"
        );
        assert!(added.contains("intermission rollback shop 8"), "{added}");
        assert_eq!(control.state("shop").json()["maintenance"], "writes");
        remove(&control, &json!({ "force": true }));
        let applied = control.post("/v1/apply", &file).json();
        let applied = &applied["services"][0];
        assert_eq!(applied["maintenance"], "writes", "{applied}");
        assert_eq!(applied["since"]["revision"], 10, "{applied}");
        let warnings = &applied["warnings"];
        for (place, words) in [
            "shop was removed by operator at ",
            "intermission exit shop opens it",
        ]
        .into_iter()
        .enumerate()
        {
            let warning = warnings[place].as_str().unwrap();
            assert!(warning.contains(words), "{warning}");
        }
        assert!(check(&home, options).contains("no faults"));
    }
}

/// What `store check` says of the store.
fn check(home: &Home, options: &[&str]) -> String {
    let mut check = home.binary();
    check.args(["store", "check"]).args(options);
    if options.is_empty() {
        check.arg("--data").arg(home.data());
    }
    Run::from(check.output().unwrap()).done()
}
