//! What is acknowledged is never lost, however control ends.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Control, Home, Run};
use crate::http::Ask;

const CHANGES: usize = 200;

/// The documents of both services.
fn documents(control: &Control) -> [Value; 2] {
    ["shop", "pay"].map(|service| control.state(service).json())
}

/// A change, and what the documents look like once it is made.
fn next_change(control: &Control, before: &[Value; 2], round: usize) -> (Ask, [Value; 2]) {
    let mut after = before.clone();
    let ask = match round % 3 {
        // Of one service, compared with what was read.
        0 => {
            let title = format!("round {round}");
            after[0]["notice"]["title"] = title.clone().into();
            let etag = control.state("shop").header("etag").unwrap().to_owned();
            Ask::new("PATCH", "/v1/services/shop/state")
                .header("if-match", etag)
                .json(&json!({ "notice": { "title": title } }))
        }
        // Of two services at once, all or none.
        _ => {
            let message = format!("round {round}");
            for document in &mut after {
                document["notice"]["message"] = message.clone().into();
                document["maintenance"] = "all".into();
            }
            Ask::new("POST", "/v1/changes").json(&json!({
                "all": true, "action": "enter", "message": message,
            }))
        }
    };
    for (after, before) in after.iter_mut().zip(before) {
        if after != before {
            after["revision"] = (before["revision"].as_u64().unwrap() + 1).into();
        }
    }
    (control.authorized(ask), after)
}

#[test]
fn a_kill_at_any_moment_leaves_the_state_before_or_after_the_change() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    control.add("pay");
    let mut known = documents(&control);
    let (mut kills, mut kept, mut undone, mut startups) = (0, 0, 0, 0);
    let begin = Instant::now();
    for round in 0..CHANGES {
        let (ask, after) = next_change(&control, &known, round);
        if random.u8(..) < 100 && begin.elapsed() < Duration::from_secs(45) {
            kills += 1;
            // From before the request arrives until after it is answered.
            let moment = Duration::from_micros(random.u64(0..5_000));
            let address = control.address.clone();
            let (send, answered) = mpsc::channel();
            let asking = thread::spawn(move || {
                let _ = send.send(ask.send(&address).ok());
            });
            let answer = answered.recv_timeout(moment).ok().flatten();
            control.kill();
            let answer = answer.or_else(|| answered.recv().unwrap());
            asking.join().unwrap();
            while random.u8(..) < 64 {
                // And while it starts.
                startups += 1;
                let mut starting = home.launch(home.binary());
                pass(Duration::from_micros(random.u64(0..30_000)));
                starting.kill();
            }
            control = home.start();
            let found = documents(&control);
            if let Some(answer) = answer {
                assert_eq!(answer.status, 200);
                assert_eq!(
                    found, after,
                    "an acknowledged change is there, round {round}"
                );
            }
            assert!(
                found == known || found == after,
                "round {round}: {found:?} is neither before nor after"
            );
            if found == after {
                kept += 1;
            } else {
                undone += 1;
            }
            known = found;
        } else {
            assert_eq!(control.ask(ask).status, 200);
            known = after;
            assert_eq!(documents(&control), known);
        }
    }
    println!("{kills} kills: {kept} changes made, {undone} not; {startups} more while starting");
    assert!(kills >= 20, "too few kills to mean anything");
    for (service, document) in ["shop", "pay"].into_iter().zip(&known) {
        assert_whole(&control.history(service), document);
    }
}

/// Lets a random moment pass, on which nothing depends.
fn pass(moment: Duration) {
    let (_kept, nothing) = mpsc::channel::<()>();
    let _ = nothing.recv_timeout(moment);
}

/// Nothing is missing from a history, and it ends with what is in force.
fn assert_whole(history: &[Value], document: &Value) {
    let mut before = Value::Null;
    for (index, entry) in history.iter().enumerate() {
        assert_eq!(entry["revision"], index + 1);
        assert_eq!(entry["before"], before, "revision {}", index + 1);
        assert_eq!(entry["after"]["revision"], index + 1);
        before = entry["after"].clone();
    }
    assert_eq!(&before, document);
}

#[test]
fn a_kill_while_the_store_is_founded_leaves_one_that_opens() {
    let mut random = fastrand::Rng::new();
    for _ in 0..20 {
        let home = Home::new();
        let mut founding = home.launch(home.binary());
        pass(Duration::from_micros(random.u64(0..25_000)));
        founding.kill();
        let control = home.start();
        control.add("shop");
        assert_whole(&control.history("shop"), &control.state("shop").json());
    }
}

/// A disk on which no file grows beyond some 1.2 MiB, with an error in place of the signal.
const SMALL_DISK: &str = "trap '' XFSZ; ulimit -f 2500";

fn too_large_for_it() -> Value {
    json!({ "notice": { "html": "x".repeat(900_000) } })
}

fn disk_failed(control: &Control, failed: u8) -> bool {
    let metrics = control.get("/metrics").body;
    String::from_utf8(metrics)
        .unwrap()
        .contains(&format!("\nintermission_control_disk_failed {failed}\n"))
}

#[test]
fn a_failing_disk_refuses_changes_and_keeps_the_state() {
    let home = Home::new();
    let mut control = home.start_by(home.binary_after(SMALL_DISK));
    control.add("shop");
    control.add("pay");
    let before = documents(&control);
    let etag = control.state("shop").header("etag").unwrap().to_owned();
    let refused = control.patch("shop", &etag, &too_large_for_it());
    let problem = refused.problem(500, "internal");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("nothing was changed"),
        "{problem}"
    );
    assert_eq!(documents(&control), before);
    for probe in ["/healthz", "/readyz"] {
        control.ask(Ask::new("GET", probe)).problem(503, "disk");
    }
    assert!(disk_failed(&control, 1));
    // What writes nothing shows nothing: a farewell of one that was never a member.
    let farewell = "\"a\";boot=\"b\";seq=1;kind=tower;wait=10;leaving";
    let farewell = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", farewell);
    assert_eq!(control.ask(control.authorized(farewell)).status, 200);
    assert!(disk_failed(&control, 1));

    // What fits is taken again, and nothing of the other is left.
    let small = control.patch("shop", &etag, &json!({ "notice": { "title": "small" } }));
    assert_eq!(small.status, 200);
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(control.ask(Ask::new("GET", probe)).status, 200);
    }
    assert!(disk_failed(&control, 0));
    let after = documents(&control);
    control.kill();
    let control = home.start();
    assert_eq!(documents(&control), after);
    assert_whole(&control.history("shop"), &after[0]);
}

#[test]
fn a_kill_after_the_disk_failed_leaves_a_whole_store() {
    let home = Home::new();
    let mut control = home.start_by(home.binary_after(SMALL_DISK));
    control.add("shop");
    let etag = control.state("shop").header("etag").unwrap().to_owned();
    control
        .patch("shop", &etag, &too_large_for_it())
        .problem(500, "internal");
    control.kill();
    let control = home.start();
    let found = control.state("shop").json();
    assert!(found["revision"] == 1 || found["revision"] == 2, "{found}");
    assert_whole(&control.history("shop"), &found);
}

#[test]
fn a_store_that_cannot_be_trusted_is_refused() {
    let home = Home::new();
    let refused = || {
        let mut command = home.binary();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(home.data());
        Run::from(command.output().unwrap()).failed(1)
    };
    let file = home.data().join("intermission.db");
    let mut control = home.start();
    control.add("shop");
    control.post("/v1/services/shop/enter", &json!({}));
    control.stop();

    let store = rusqlite::Connection::open(&file).unwrap();
    for sql in [
        "DELETE FROM history",
        "UPDATE history SET reason = 'another'",
    ] {
        let error = store.execute(sql, []).unwrap_err();
        assert_eq!(error.to_string(), "history is append-only");
    }
    let version: i64 = store
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    let newer = version + 1;
    store.pragma_update(None, "user_version", newer).unwrap();
    assert!(refused().ends_with(&format!(
        "intermission: the store has version {newer}, newer than the {version} of this program; upgrade intermission\n"
    )));
    store.pragma_update(None, "user_version", version).unwrap();
    store
        .execute("UPDATE services SET revision = 3", [])
        .unwrap();
    assert!(refused().contains(
        "the store contradicts itself about shop: its document has revision 2, its row 3"
    ));
    store
        .execute("UPDATE services SET revision = 2", [])
        .unwrap();
    let later = "UPDATE services SET document = replace(document, '\"all\"', '\"off\"')";
    store.execute(later, []).unwrap();
    assert!(refused().contains("the store contradicts itself about shop"));
    let sooner = "UPDATE services SET document = replace(document, '\"off\"', '\"none\"')";
    store.execute(sooner, []).unwrap();
    assert!(refused().contains("/maintenance: \"none\" is none of"));
    drop(store);

    fs::write(&file, "x".repeat(8192)).unwrap();
    assert!(refused().contains("the store: file is not a database"));
}

#[test]
fn a_store_of_the_first_version_is_taken_over() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    control.stop();
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    let later = [
        "answers", "members", "forgiven", "barriers", "events", "grants",
    ];
    for table in later {
        store.execute_batch(&format!("DROP TABLE {table}")).unwrap();
    }
    store
        .execute_batch("ALTER TABLE history DROP COLUMN timer")
        .unwrap();
    store.pragma_update(None, "user_version", 1).unwrap();
    drop(store);
    let control = home.start();
    let enter = Ask::new("POST", "/v1/services/shop/enter").header("idempotency-key", "a");
    let enter = control.authorized(enter);
    assert_eq!(control.ask(enter.clone()).json()["changed"], true);
    assert_eq!(control.ask(enter).json()["changed"], true);
    assert_eq!(control.history("shop").len(), 2);
}

#[test]
fn what_is_kept_is_for_its_own_user() {
    let home = Home::new();
    // Others may look into the folder, but not into what control keeps there.
    fs::create_dir(home.data()).unwrap();
    fs::set_permissions(home.data(), fs::Permissions::from_mode(0o755)).unwrap();
    let control = home.start_by(home.binary_after("umask 022"));
    control.add("shop");
    for file in ["intermission.db", "intermission.db-wal", "operator.token"] {
        let found = fs::metadata(home.data().join(file)).unwrap();
        assert_eq!(found.permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_data_folder_that_others_can_change_is_refused() {
    let home = Home::new();
    let data = home.data();
    let refused = || {
        let mut command = home.binary();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data);
        Run::from(command.output().unwrap()).failed(1)
    };
    let mode = |mode| fs::set_permissions(&data, fs::Permissions::from_mode(mode)).unwrap();
    fs::create_dir(&data).unwrap();
    for writable in [0o770, 0o702, 0o1777] {
        mode(writable);
        let said = refused();
        let shown = data.canonicalize().unwrap();
        let shown = shown.display();
        assert!(
            said.ends_with(&format!(
                "intermission: other users may write to the data folder {shown}; chmod go-w {shown}, or name a folder in \
                 it with --data, which control makes for itself\n"
            )),
            "{said}"
        );
    }
    mode(0o755);
    let target = home.path().join("target");
    for name in ["lock", "intermission.db"] {
        fs::write(&target, "kept").unwrap();
        symlink(&target, data.join(name)).unwrap();
        let said = refused();
        assert!(
            said.contains(&format!("/{name} is a link, which control does not follow")),
            "{said}"
        );
        assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
        fs::remove_file(data.join(name)).unwrap();
    }
    // A link to the folder itself is the operator's.
    let elsewhere = home.path().join("elsewhere");
    fs::rename(&data, &elsewhere).unwrap();
    symlink(&elsewhere, &data).unwrap();
    home.start().add("shop");
}

#[test]
fn a_data_folder_of_another_user_is_refused() {
    let home = Home::new();
    let own = fs::metadata(home.path()).unwrap().uid();
    // Root may give a folder away, and others find one of root's.
    let folder = if own == 0 {
        let given = home.path().join("given");
        fs::create_dir(&given).unwrap();
        chown(&given, Some(12_345), None).unwrap();
        given
    } else {
        "/usr".into()
    };
    let owner = fs::metadata(&folder).unwrap().uid();
    let mut command = home.binary();
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&folder);
    let said = Run::from(command.output().unwrap()).failed(1);
    assert!(
        said.contains(&format!(
            "belongs to user {owner}, and control runs as user {own}; start it as that user"
        )),
        "{said}"
    );
}

#[test]
fn a_star_in_a_path_that_is_stored_stays_and_a_new_one_is_refused() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let patch = |control: &Control, paths: &[&str]| {
        let etag = control.state("shop").header("etag").unwrap().to_owned();
        let patch = json!({ "exempt": { "paths": paths } });
        control.patch("shop", &etag, &patch)
    };
    assert_eq!(patch(&control, &["/t/x/hooks"]).status, 200);
    control.stop();
    // As a control has stored it that took such paths.
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    store
        .execute_batch(
            "DROP TRIGGER history_is_never_changed;
             UPDATE services SET document = replace(document, '/x/', '/*/');
             UPDATE history SET after = replace(after, '/x/', '/*/');",
        )
        .unwrap();
    drop(store);

    let control = home.start();
    for switch in ["enter", "exit"] {
        let path = format!("/v1/services/shop/{switch}");
        assert_eq!(control.post(&path, &json!({})).json()["changed"], true);
    }
    assert_eq!(patch(&control, &["/t/*/hooks", "/more"]).status, 200);
    let problem = patch(&control, &["/t/*/hooks", "/u/*/hooks"]).problem(422, "invalid");
    assert_eq!(problem["pointer"], "/exempt/paths/1");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("has a *, which stands for nothing but itself"),
        "{detail}"
    );
    assert_eq!(patch(&control, &["/more"]).status, 200);
    let back = control.post("/v1/services/shop/rollback", &json!({ "revision": 2 }));
    assert_eq!(back.problem(422, "invalid")["pointer"], "/exempt/paths/0");
}
