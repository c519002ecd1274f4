use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use intermission_testkit::Etcd;
use intermission_testkit::control::{Home, Run};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::filled::fill;

const NO_FAULTS: &str = "no faults\n";

fn check(home: &Home, options: &[&str]) -> Run {
    let mut command = home.binary();
    command.args(["store", "check"]).args(options);
    Run::from(command.output().unwrap())
}

/// Checks the store in the data folder.
fn check_folder(home: &Home, options: &[&str]) -> Run {
    let data = home.data();
    check(
        home,
        &[&["--data", data.to_str().unwrap()], options].concat(),
    )
}

fn check_etcd(home: &Home, etcd: &Etcd, options: &[&str]) -> Run {
    let urls = etcd.urls().join(",");
    check(home, &[&["--etcd", &urls], options].concat())
}

/// The faults of a store that has some.
#[track_caller]
fn faults(run: Run) -> String {
    assert_eq!(run.code, Some(15), "{} {}", run.out, run.err);
    let faults = run.out.lines().filter(|line| line.starts_with("fault: "));
    faults.map(|line| format!("{line}\n")).collect()
}

/// A store that was stopped, after something was done to its database.
fn damaged(statements: &str) -> Home {
    let home = Home::new();
    fill(&home).stop();
    let store = Connection::open(home.data().join("intermission.db")).unwrap();
    store.execute_batch(statements).unwrap();
    home
}

#[test]
fn a_sound_store_is_counted_beside_a_control_that_runs_and_after_it() {
    let home = Home::new();
    let mut control = fill(&home);
    let while_running = check_folder(&home, &["--output", "json"]).json();
    for (member, count) in [
        ("services", 2),
        ("revisions", 7),
        ("documents", 7),
        ("members", 1),
        ("tokens", 3),
        ("more_faults", 0),
    ] {
        assert_eq!(while_running[member], count, "{member}: {while_running}");
    }
    assert_eq!(while_running["faults"], json!([]));
    assert!(while_running["bytes"].as_u64().unwrap() > 4096);
    control.stop();
    let stopped = check_folder(&home, &[]);
    let text = stopped.done();
    assert!(text.starts_with("services 2, revisions 7"), "{text}");
    assert!(text.ends_with(NO_FAULTS), "{text}");
    // It can be served afterwards, and what is in the log alone is read.
    let mut control = home.start();
    control.add("third");
    control.kill();
    let killed = check_folder(&home, &[]);
    let text = killed.done();
    assert!(text.starts_with("services 3, revisions 8"), "{text}");
}

#[test]
fn a_check_makes_no_store() {
    let home = Home::new();
    let refused = check_folder(&home, &[]).failed(1);
    assert!(refused.contains("intermission.db"), "{refused}");
    assert!(!home.data().exists());
    let etcd = Etcd::start(1);
    let refused = check_etcd(&home, &etcd, &[]).failed(1);
    assert!(
        refused.contains("there is no store under the prefix /intermission"),
        "{refused}"
    );
}

#[test]
fn overwritten_pages_are_found() {
    let home = Home::new();
    fill(&home).stop();
    let path = home.data().join("intermission.db");
    let store = Connection::open(&path).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'history'";
    let page: u64 = store.query_row(root, [], |row| row.get(0)).unwrap();
    drop(store);
    let file = File::options().write(true).open(&path).unwrap();
    file.write_all_at(&[0xff; 64], (page - 1) * 4096).unwrap();
    let found = faults(check_folder(&home, &[]));
    assert!(found.contains("fault: database: "), "{found}");
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    fs::write(home.data().join("intermission.db"), "a note ".repeat(1000)).unwrap();
    let found = faults(check_folder(&home, &[]));
    assert!(found.contains("file is not a database"), "{found}");
}

#[test]
fn what_contradicts_the_rest_of_the_database_is_named() {
    for (statements, expected) in [
        (
            "DROP TRIGGER history_is_removed_from_its_beginning; DELETE FROM history WHERE service = 'pay' AND revision = 2",
            "pay: revision 2 is missing in its history",
        ),
        (
            "DROP TRIGGER history_is_removed_from_its_beginning; DELETE FROM history WHERE service = 'pay' AND revision = 3",
            "pay: revision 3 is missing in its history",
        ),
        (
            "DROP TRIGGER history_loses_documents_only;
             UPDATE history SET after = replace(after, '\"all\"', '\"off\"') WHERE service = 'shop' AND revision = 3",
            "shop, revision 3: its document is not the one in force",
        ),
        (
            "DROP TRIGGER history_loses_documents_only;
             UPDATE history SET tag = replace(tag, '/2/', '/2/0') WHERE service = 'pay' AND revision = 2",
            "pay, revision 2: its document has the tag ",
        ),
        (
            "UPDATE history SET after = '', before = NULL WHERE service = 'pay' AND revision = 2",
            "pay, revision 2: its document is not there",
        ),
        (
            "DROP TRIGGER history_loses_documents_only;
             UPDATE history SET after = replace(after, ':2,', ':9,') WHERE service = 'pay' AND revision = 2",
            "pay, revision 2: its document is of pay at revision 9, and the store says 2",
        ),
        (
            "UPDATE services SET document = '{' WHERE name = 'shop'",
            "shop: its document cannot be read",
        ),
        (
            "DELETE FROM services WHERE name = 'pay'",
            "service pay: it has a history, and no state in force",
        ),
        (
            "UPDATE store SET identity = 'mine'",
            "identity: \"mine\" is no ULID",
        ),
        (
            "UPDATE members SET joined = 'yesterday'",
            "member shop n1 b1: ",
        ),
        (
            "DROP TRIGGER grants_never_grow; UPDATE grants SET services = '[\"stock\"]' WHERE name = 'edge'",
            "token edge: it is for stock, and there is no such service",
        ),
        (
            "PRAGMA foreign_keys = OFF; DELETE FROM tokens WHERE name = 'edge'",
            "table grants: a row refers to one of tokens that is not there",
        ),
        (
            "UPDATE answers SET at = at + 1000 * 60 * 60 * 24 * 365",
            "and the clock of this machine says",
        ),
        (
            "UPDATE barriers SET progress = '{}'",
            "ended wait ",
        ),
    ] {
        let run = check_folder(&damaged(statements), &[]);
        assert!(run.out.contains(expected), "{statements}\n{}", run.out);
        faults(run);
    }
}

#[test]
fn a_store_of_the_first_version_is_read_as_it_is() {
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    let path = home.data().join("intermission.db");
    let store = Connection::open(&path).unwrap();
    let text = include_str!("../../first-format.sql");
    store.execute_batch(text).unwrap();
    drop(store);
    let before = fs::read(&path).unwrap();
    let checked = check_folder(&home, &["--output", "json"]).json();
    assert_eq!(checked["revisions"], 3, "{checked}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// Asks etcd by its gateway for JSON.
fn etcd(etcd: &Etcd, call: &str, mut members: Value) -> Value {
    for member in ["key", "value", "range_end"] {
        if let Some(text) = members[member].as_str() {
            members[member] = json!(STANDARD.encode(text));
        }
    }
    let url = &etcd.urls()[0];
    let answer = ureq::post(format!("{url}/v3/kv/{call}")).send(members.to_string());
    let answer = answer.unwrap().into_body().read_to_string().unwrap();
    serde_json::from_str(&answer).unwrap()
}

fn decoded(value: &Value) -> String {
    String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap()
}

/// The keys that begin so, with their values.
fn keys(cluster: &Etcd, first: &str) -> Vec<(String, String)> {
    let end = format!("{first}~");
    let found = etcd(cluster, "range", json!({ "key": first, "range_end": end }));
    let found = found["kvs"].as_array().unwrap().iter();
    found
        .map(|found| (decoded(&found["key"]), decoded(&found["value"])))
        .collect()
}

#[test]
fn a_store_in_etcd_is_counted_and_what_contradicts_it_is_named() {
    let (home, cluster) = (Home::new(), Etcd::start(1));
    fill(&home).stop();
    let mut copy = home.binary();
    copy.args(["store", "copy", "--to-etcd", "--data"])
        .arg(home.data());
    let copied = copy.args(["--etcd", &cluster.urls().join(",")]).output();
    Run::from(copied.unwrap()).done();
    let sound = check_etcd(&home, &cluster, &["--output", "json"]).json();
    assert_eq!(
        (&sound["services"], &sound["revisions"], &sound["documents"]),
        (&json!(2), &json!(7), &json!(7)),
        "{sound}"
    );
    assert_eq!(
        (&sound["members"], &sound["tokens"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(sound["faults"], json!([]));
    assert!(sound["bytes"].as_u64().unwrap() > 4096, "{sound}");
    assert!(sound["member_bytes"].as_u64().unwrap() > 4096, "{sound}");
    // The etcd of the tests is too old to say it.
    assert_eq!(sound["member_quota"], json!(null));

    let put = |key: &str, value: &str| {
        etcd(&cluster, "put", json!({ "key": key, "value": value }));
    };
    let delete = |key: &str| {
        etcd(&cluster, "deleterange", json!({ "key": key }));
    };
    let first = |kind: &str| keys(&cluster, &format!("/intermission/{kind}/")).swap_remove(0);
    let last = |kind: &str| {
        keys(&cluster, &format!("/intermission/{kind}/"))
            .pop()
            .unwrap()
    };
    let (document, text) = first("document/pay");
    let (record, stamp) = last("history/pay");
    let (entry, step) = last("log");
    let (version, number) = (
        "/intermission/version",
        keys(&cluster, "/intermission/version").remove(0).1,
    );
    let check = || faults(check_etcd(&home, &cluster, &[]));
    let undone = || check_etcd(&home, &cluster, &[]).done();

    delete(&document);
    assert!(check().contains("pay, revision 1: its document is not there"));
    put(&document, &format!("{text} "));
    let found = check();
    assert!(
        found.contains("pay, revision 1: its document has the tag "),
        "{found}"
    );
    put(&document, &text);

    delete(&record);
    let found = check();
    assert!(
        found.contains("pay: revision 3 is missing in its history"),
        "{found}"
    );
    put(&record, &stamp.replace("\"revision\":3", "\"revision\":4"));
    let found = check();
    assert!(found.contains(&format!("{record}: its tag is ")), "{found}");
    put(&record, &stamp);

    put(version, "0");
    let found = check();
    assert!(
        found.contains("log: the version of the store is 0, and its newest entry is"),
        "{found}"
    );
    put(version, &number);
    delete(&entry);
    assert!(check().contains("fault: log: "));
    put(&entry, &step.replace("\"level\":1", "\"level\":99"));
    let found = check();
    assert!(found.contains("it has facts of level 99"), "{found}");
    put(&entry, &step);

    put("/intermission/note", "mine");
    let found = check();
    assert!(
        found.contains("/intermission/note: control never made a key of this kind"),
        "{found}"
    );
    delete("/intermission/note");
    undone();
}
