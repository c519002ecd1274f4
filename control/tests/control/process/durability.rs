//! No answered change is lost, however control ends.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use intermission_testkit::control::{Ask, Control, Home};
use intermission_testkit::pause;
use serde_json::{Value, json};

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
            let etag = control.state("shop").etag();
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
                pause(Duration::from_micros(random.u64(0..30_000)));
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
fn a_kill_while_the_store_is_created_leaves_one_that_opens() {
    let mut random = fastrand::Rng::new();
    for _ in 0..20 {
        let home = Home::new();
        let mut founding = home.launch(home.binary());
        pause(Duration::from_micros(random.u64(0..25_000)));
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
    let etag = control.state("shop").etag();
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
    // A request that writes nothing does not notice: the last poll of a node that was never a member.
    let farewell = "\"a\";boot=\"b\";seq=1;kind=tower;wait=10;leaving";
    let farewell = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", farewell);
    assert_eq!(control.ask(control.authorized(farewell)).status, 200);
    assert!(disk_failed(&control, 1));

    // A change that fits is made, and nothing of the failed one is left.
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
    let etag = control.state("shop").etag();
    control
        .patch("shop", &etag, &too_large_for_it())
        .problem(500, "internal");
    control.kill();
    let control = home.start();
    let found = control.state("shop").json();
    assert!(found["revision"] == 1 || found["revision"] == 2, "{found}");
    assert_whole(&control.history("shop"), &found);
}
