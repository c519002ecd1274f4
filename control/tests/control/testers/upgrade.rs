//! A store from before control kept labels.

use intermission_testkit::Etcd;
use intermission_testkit::control::{Control, Home, Run};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::entries::entries;
use super::passes::create;

const STORE: &str = include_str!("../../without-labels.sql");

/// A home with that store.
fn home() -> Home {
    let home = Home::new();
    std::fs::create_dir(home.data()).unwrap();
    let store = Connection::open(home.data().join("intermission.db")).unwrap();
    store.execute_batch(STORE).unwrap();
    home
}

fn check(home: &Home) -> Value {
    let mut check = home.binary();
    check
        .args(["store", "check", "--output", "json", "--data"])
        .arg(home.data());
    Run::from(check.output().unwrap()).json()
}

/// Uses what the store had, and adds what it could not have.
fn use_labels(home: &Home, control: &Control) {
    assert_eq!(
        entries(control),
        [
            json!({ "cidr": "2001:db8::/32" }),
            json!({ "cidr": "192.0.2.0/24" })
        ]
    );
    let shown = home.run(control, &["allowlist", "show", "shop"]).done();
    assert!(
        shown.contains("192.0.2.0/24   # -     -     -      -\n"),
        "{shown}"
    );
    // An entry without a label counts as any other, and gets one.
    let line = [
        "allowlist",
        "add",
        "shop",
        "192.0.2.0/24",
        "--name",
        "ann",
        "--for",
        "1h",
    ];
    home.run(control, &line).done();
    create(home, control, &["shop", "bob"]);
    // A rollback to what had no labels keeps those of the entries that are there.
    home.run(control, &["rollback", "shop", "2"]).done();
    home.run(control, &["rollback", "shop", "4"]).done();
    let found = entries(control);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0]["cidr"], "203.0.113.7");
    assert_eq!(found[0]["added"]["by"], "operator");
    assert_eq!(found[1], json!({ "cidr": "2001:db8::/32" }));
    assert_eq!(
        control.get("/v1/services/shop/passes").json()["passes"][0]["name"],
        "bob"
    );
    assert_eq!(control.history("shop").len(), 9);
}

#[test]
fn a_store_in_sqlite_without_labels_is_upgraded_and_serves() {
    let home = home();
    assert_eq!(check(&home)["faults"], json!([]), "before it is upgraded");
    let mut control = home.start();
    use_labels(&home, &control);
    control.kill();
    assert_eq!(check(&home)["faults"], json!([]));
    let control = home.start();
    assert_eq!(entries(&control).len(), 3);
}

#[test]
fn a_store_in_etcd_without_labels_serves_and_has_them_from_then_on() {
    let (home, etcd) = (home(), Etcd::start(1));
    let urls = etcd.urls().join(",");
    // A start brings the operator's token.
    home.start().stop();
    let mut copy = home.binary();
    copy.args(["store", "copy", "--to-etcd", "--etcd", &urls, "--data"]);
    let copied = Run::from(copy.arg(home.data()).output().unwrap());
    copied.done();
    let control = home.start_with(&["--etcd", &urls]);
    control.until(|| control.get("/v1/services").status == 200);
    use_labels(&home, &control);
    let mut check = home.binary();
    check.args(["store", "check", "--etcd", &urls]);
    let checked = Run::from(check.output().unwrap()).done();
    assert!(checked.contains("no faults"), "{checked}");
}
