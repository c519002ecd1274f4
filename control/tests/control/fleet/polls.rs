use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use intermission_testkit::control::{Answer, Ask, Control, Home};
use serde_json::json;

/// What is held is held for at least this long, and what is not is answered sooner.
const MOMENT: Duration = Duration::from_millis(500);

fn poll(control: &Control, etag: &str, wait: &str) -> Ask {
    let poll = Ask::new("GET", "/v1/services/shop/state")
        .header("if-none-match", etag)
        .header("prefer", wait);
    control.authorized(poll)
}

fn etag(answer: &Answer) -> String {
    answer.etag()
}

/// A poll on its way, from a thread of its own.
struct Held(Receiver<(Answer, Duration)>);

impl Held {
    fn send(control: &Control, poll: Ask) -> Self {
        let address = control.address.clone();
        let (answered, answer) = channel();
        thread::spawn(move || {
            let begun = Instant::now();
            answered.send((poll.send(&address).unwrap(), begun.elapsed()))
        });
        let held = Self(answer);
        held.is_held();
        held
    }

    /// That no answer comes for a moment.
    #[track_caller]
    fn is_held(&self) {
        assert_eq!(
            self.0.recv_timeout(MOMENT).map(|(answer, _)| answer.status),
            Err(RecvTimeoutError::Timeout)
        );
    }

    fn answer(self) -> (Answer, Duration) {
        self.0.recv().unwrap()
    }
}

#[test]
fn a_held_poll_is_answered_with_the_change_itself() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.add("pay");
    let before = control.state("shop");
    let held: Vec<_> = (0..8)
        .map(|_| Held::send(&control, poll(&control, &etag(&before), "wait=30")))
        .collect();
    control.post("/v1/services/pay/enter", &json!({}));
    // Another service's change is no news.
    held.iter().for_each(Held::is_held);
    let changed = Instant::now();
    control.post("/v1/services/shop/enter", &json!({}));
    for held in held {
        let (answer, _) = held.answer();
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("preference-applied"), Some("wait"));
        assert_eq!(answer.json()["revision"], 2);
    }
    assert!(changed.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_poll_that_is_held_in_vain_ends_within_its_wait() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let before = control.state("shop");
    let (answer, waited) = Held::send(&control, poll(&control, &etag(&before), "wait=1")).answer();
    assert_eq!(answer.status, 304);
    assert_eq!(answer.header("preference-applied"), Some("wait"));
    assert_eq!(answer.header("etag"), before.header("etag"));
    let expected = Duration::from_millis(900)..Duration::from_secs(5);
    assert!(expected.contains(&waited), "{waited:?}");
}

#[test]
fn a_poll_that_has_nothing_to_wait_for_is_not_held() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let state = control.state("shop");
    for (asked, status) in [
        (poll(&control, "\"other\"", "wait=30"), 200),
        (poll(&control, &etag(&state), ""), 304),
        (poll(&control, &etag(&state), "wait=0"), 304),
        (poll(&control, &etag(&state), "respond-async"), 304),
    ] {
        let begun = Instant::now();
        assert_eq!(control.ask(asked).status, status);
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn a_disk_that_stalls_holds_up_no_poll() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let mut tags = vec![etag(&control.state("shop"))];
    let node = |seq: u8, applied: &str, known: &str, wait: &str| {
        let report = format!(r#""a";boot="b";seq={seq};kind=tower;wait=30;applied={applied}"#);
        poll(&control, known, wait).header("intermission-node", report)
    };
    // It is a member from now on.
    let first = node(1, &tags[0], &tags[0], "");
    assert_eq!(control.ask(first).status, 304);
    for switch in ["enter", "exit"] {
        control.post(&format!("/v1/services/shop/{switch}"), &json!({}));
        tags.push(etag(&control.state("shop")));
    }
    let [_, second, third] = &*tags else { panic!() };
    // Another process writes, and a change has the store while it waits for that.
    let other = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let enter = Ask::new("POST", "/v1/services/shop/enter");
    let enter = Held::send(&control, control.authorized(enter));
    let begun = Instant::now();
    for (ask, status) in [
        // It has both changes, or one of its threads has but the first of them.
        (node(2, third, third, ""), 304),
        (node(3, second, third, ""), 304),
        (node(4, second, second, "wait=30"), 200),
        (poll(&control, third, ""), 304),
    ] {
        assert_eq!(control.ask(ask).status, status);
    }
    assert!(begun.elapsed() < MOMENT, "the store was asked");
    let held = Held::send(&control, node(5, third, third, "wait=30"));
    let (in_vain, _) = Held::send(&control, node(6, third, third, "wait=1")).answer();
    assert_eq!(in_vain.status, 304);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(enter.answer().0.status, 200);
    assert_eq!(held.answer().0.json()["revision"], 4);
}

#[test]
fn a_graceful_stop_answers_every_held_poll() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let before = control.state("shop");
    let held: Vec<_> = (0..4)
        .map(|_| Held::send(&control, poll(&control, &etag(&before), "wait=60")))
        .collect();
    let begun = Instant::now();
    assert_eq!(control.stop(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(5));
    for held in held {
        let (answer, _) = held.answer();
        assert_eq!(answer.status, 304);
    }
}

#[test]
fn a_token_holds_no_more_polls_than_it_may() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let node = |name| control.token(&json!({ "name": name, "role": "node", "max_polls": 2 }));
    let (greedy, modest) = (node("greedy"), node("modest"));
    let state = etag(&control.state("shop"));
    let poll = |token: &str, etag: &str, wait: &str| {
        Ask::new("GET", "/v1/services/shop/state")
            .header("if-none-match", etag)
            .header("prefer", wait)
            .bearer(token)
    };
    let hold = |token: &String| Held::send(&control, poll(token, &state, "wait=30"));
    let held = [&greedy, &greedy, &modest].map(hold);
    let refused = control.ask(poll(&greedy, &state, "wait=30"));
    let problem = refused.problem(503, "held-polls");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(
        problem["detail"],
        "control holds 2 polls of this token already; ask again later, or without Prefer"
    );
    control.post("/v1/services/shop/enter", &json!({}));
    for held in held {
        assert_eq!(held.answer().0.status, 200);
    }
    // Those that ended make room.
    let state = etag(&control.state("shop"));
    assert_eq!(control.ask(poll(&greedy, &state, "wait=1")).status, 304);
}
