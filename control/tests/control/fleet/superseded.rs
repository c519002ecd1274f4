//! Later changes that end a wait.

use intermission_testkit::control::Ask;
use serde_json::json;

use crate::fleet::node::{applied, enter, fleet, shop};

#[test]
fn an_exit_by_another_operator_supersedes() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    control.post("/v1/services/shop/exit", &json!({}));
    // As soon as possible, the state is back in force.
    control.post("/v1/services/shop/enter", &json!({}));
    a.follows(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(13), "{}", run.err);
    assert!(
        run.out
            .contains("superseded: revision 3 may admit requests that revision 2 refuses"),
        "{}",
        run.out
    );
}

#[test]
fn a_change_that_admits_no_more_clients_does_not_supersede() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    control.post(
        "/v1/services/shop/enter",
        &json!({ "message": "Back at two." }),
    );
    a.follows(&control);
    waiting.ends().done();
}

#[test]
fn a_retry_after_the_exit_of_another_operator_ends_as_superseded() {
    let (_home, control, mut a) = shop();
    let enter = || {
        let ask = Ask::new("POST", "/v1/services/shop/enter").header("idempotency-key", "once");
        control.ask(control.authorized(ask).json(&json!({ "wait": true })))
    };
    let first = enter().json();
    control.post("/v1/services/shop/exit", &json!({}));
    a.follows(&control);
    let again = enter().json();
    assert_eq!(again["barrier"], first["barrier"]);
    let path = format!("/v1/barriers/{}", again["barrier"].as_str().unwrap());
    control.until(|| control.get(&path).json()["ending"] == "superseded");
    assert_eq!(control.state("shop").json()["maintenance"], "off");
}

#[test]
fn a_change_that_control_made_before_it_crashed_supersedes_after_it() {
    let (home, mut control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    control.post("/v1/services/shop/exit", &json!({}));
    control.post("/v1/services/shop/enter", &json!({}));
    control.kill();
    let control = home.start_at(&control.address);
    a.follows(&control);
    assert_eq!(waiting.ends().code, Some(13));
}

#[test]
fn a_later_revision_that_cannot_be_read_any_more_supersedes() {
    let (home, mut control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    for message in ["Back at two.", "Back at three."] {
        control.post("/v1/services/shop/enter", &json!({ "message": message }));
    }
    control.kill();
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    let unreadable = "DROP TRIGGER history_loses_documents_only;
                      UPDATE history SET after = '{}' WHERE revision = 3;";
    store.execute_batch(unreadable).unwrap();
    drop(store);
    let control = home.start_at(&control.address);
    a.follows(&control);
    assert_eq!(waiting.ends().code, Some(13));
}

#[test]
fn an_old_copy_of_the_data_folder_is_a_fork() {
    let (home, mut control, mut a) = shop();
    control.stop();
    let yesterday = home.path().join("yesterday");
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        std::fs::create_dir_all(to).unwrap();
        for file in std::fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    };
    copy(&home.data(), &yesterday);
    let mut control = home.start_at(&control.address);
    control.post(
        "/v1/services/shop/enter",
        &json!({ "message": "A change that the copy does not know." }),
    );
    control.post("/v1/services/shop/exit", &json!({}));
    a.follows(&control);
    let ahead = applied(&control);
    control.stop();
    std::fs::remove_dir_all(home.data()).unwrap();
    copy(&yesterday, &home.data());

    let control = home.start_at(&control.address);
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.says(
        &control,
        &format!("{ahead};error=%\"revision 2 is older than revision 3\""),
    );
    let run = waiting.ends();
    assert_eq!(run.code, Some(12), "{}{}", run.out, run.err);
    assert!(run.out.contains("intermission store adopt"), "{}", run.out);

    // Another document with a known revision is a fork as well.
    let waiting = enter(&home, &control, &["--timeout", "30s", "--message", "x"]);
    a.says(&control, &ahead);
    assert_eq!(waiting.ends().code, Some(12));

    let before = control.state("shop").json();
    home.run(&control, &["store", "adopt"]).done();
    let after = control.state("shop").json();
    assert!(after["store"].as_str() > before["store"].as_str());
    assert_eq!(after["maintenance"], "all");
    a.says(&control, &ahead);
    assert_eq!(fleet(&control)["nodes"][0]["standing"], "behind");
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.follows(&control);
    waiting.ends().done();
}
