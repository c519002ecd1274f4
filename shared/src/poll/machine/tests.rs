use alloc::string::ToString;
use alloc::vec::Vec;

use super::*;
use crate::poll::pauses::SHORTEST_PAUSE;
use crate::poll::schedule::SLACK;
use crate::state::Mode;

mod documents;
mod endpoints;
mod provisional;

const MS: fn(u64) -> Duration = Duration::from_millis;

fn document(store: &str, revision: u64) -> Vec<u8> {
    document_of("shop", store, revision)
}

fn document_of(service: &str, store: &str, revision: u64) -> Vec<u8> {
    let mut state = State::initial(service.parse().unwrap(), Mode::All);
    state.store = store.into();
    state.revision = revision;
    state.to_json()
}

fn ok<'a>(etag: Option<&'a str>, body: &'a [u8]) -> PollResponse<'a> {
    PollResponse {
        status: 200,
        etag: etag.map(str::as_bytes),
        body,
        ..PollResponse::default()
    }
}

fn status(status: u16) -> PollResponse<'static> {
    PollResponse {
        status,
        ..PollResponse::default()
    }
}

fn poll() -> Poll {
    Poll::new(PollOptions::default(), 7)
}

fn answered() -> Poll {
    let mut poll = poll();
    poll.send(MS(0));
    poll.receive(MS(1), ok(Some("\"a\""), &document("S1", 5)))
        .unwrap()
        .unwrap();
    poll
}

#[test]
fn the_first_poll_is_due_at_once_and_unconditional() {
    let mut poll = poll();
    assert_eq!(poll.next_at(), MS(0));
    let request = poll.send(MS(0));
    assert_eq!(
        request,
        PollRequest {
            endpoint: 0,
            if_none_match: None,
            prefer: None,
            timeout: SLACK
        }
    );
    assert!(poll.answered_at().is_none());
}

#[test]
fn the_poll_after_a_change_is_due_at_once_conditional_and_asks_to_be_held() {
    let mut poll = answered();
    assert_eq!(poll.next_at(), MS(1));
    let request = poll.send(MS(1));
    assert_eq!(request.if_none_match.as_deref(), Some("\"a\""));
    assert_eq!(request.prefer.as_deref(), Some("wait=10"));
    assert_eq!(request.timeout, MS(15_000));
}

#[test]
fn a_server_that_does_not_hold_is_polled_after_a_jittered_interval() {
    let mut poll = answered();
    for _ in 0..100 {
        poll.send(MS(100));
        assert_eq!(poll.receive(MS(200), status(304)), Ok(None));
        assert!(
            (MS(4_700)..=MS(5_700)).contains(&poll.next_at()),
            "{:?}",
            poll.next_at()
        );
    }
}

#[test]
fn a_held_poll_is_followed_at_once_and_one_that_only_claims_it_is_not() {
    let held = PollResponse {
        preference_applied: Some(b"respond-async, Wait=10"),
        ..status(304)
    };
    let mut poll = answered();
    poll.send(MS(1));
    poll.receive(MS(9_000), held).unwrap();
    assert_eq!(poll.next_at(), MS(9_000));
    poll.send(MS(9_000));
    poll.receive(MS(9_001), held).unwrap();
    assert!(poll.next_at() > MS(13_000));
}

#[test]
fn failures_back_off_with_full_jitter_up_to_30_seconds() {
    let mut poll = poll();
    let mut longest = Duration::ZERO;
    for round in 0..200_u32 {
        poll.send(MS(0));
        poll.fail(MS(0));
        let ceiling = Duration::from_secs(1 << round.min(5)).min(LONGEST_PAUSE);
        assert!(
            (SHORTEST_PAUSE..=ceiling).contains(&poll.next_at()),
            "{round}: {:?}",
            poll.next_at()
        );
        longest = longest.max(poll.next_at());
    }
    assert!(longest > MS(25_000));
    poll.receive(MS(0), ok(None, &document("S1", 1))).unwrap();
    poll.fail(MS(0));
    assert!(poll.next_at() <= MS(1_000), "an answer ends the backoff");
}

#[test]
fn retry_after_is_respected_up_to_30_seconds() {
    for (value, expected) in [("20", 20), ("3600", 30)] {
        let mut poll = poll();
        let response = PollResponse {
            retry_after: Some(value.as_bytes()),
            ..status(503)
        };
        poll.receive(MS(0), response).unwrap_err();
        assert_eq!(poll.next_at(), Duration::from_secs(expected));
    }
}

#[test]
fn responses_that_are_no_answers_change_nothing() {
    let mut poll = answered();
    for other in [204, 301, 401, 404, 500, 503, 504] {
        let error = poll.receive(MS(10), status(other)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("status {other} is no answer, only 200 and 304 are")
        );
    }
    assert!(poll.receive(MS(10), ok(Some("\"b\""), b"{}")).is_err());
    assert_eq!(poll.state().map(|state| state.revision), Some(5));
    assert_eq!(poll.send(MS(11)).if_none_match.as_deref(), Some("\"a\""));
    assert_eq!(poll.answered_at(), Some(MS(0)));
}

#[test]
fn not_modified_is_no_answer_to_a_poll_that_was_not_conditional() {
    let mut poll = poll();
    poll.send(MS(0));
    assert!(poll.receive(MS(1), status(304)).is_err());
}

#[test]
fn an_older_revision_is_refused_unless_its_store_is_newer() {
    let mut poll = answered();
    let error = poll
        .receive(MS(2), ok(None, &document("S1", 4)))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "revision 4 of store S1 is older than revision 5 of store S1, which stays in force; \
         if a backup was restored on purpose, adopt it at control"
    );
    assert!(poll.receive(MS(3), ok(None, &document("S0", 9))).is_err());
    assert!(
        poll.receive(MS(4), ok(None, &document("S1", 6)))
            .unwrap()
            .is_some()
    );
    assert!(
        poll.receive(MS(5), ok(None, &document("S2", 1)))
            .unwrap()
            .is_some()
    );
}

#[test]
fn the_same_document_again_is_no_change() {
    let mut poll = answered();
    assert_eq!(poll.receive(MS(2), ok(None, &document("S1", 5))), Ok(None));
    assert_eq!(
        poll.send(MS(3)).if_none_match,
        None,
        "the server no longer sends an ETag"
    );
}

#[test]
fn a_saved_copy_is_in_force_until_the_first_answer_which_is_always_new() {
    let saved = State::parse(&document("S1", 5)).unwrap();
    let mut poll = poll().with_saved_copy(saved);
    assert_eq!(poll.state().map(|state| state.revision), Some(5));
    poll.send(MS(0));
    assert!(poll.receive(MS(1), ok(None, &document("S1", 4))).is_err());
    assert!(
        poll.receive(MS(1), ok(None, &document("S1", 5)))
            .unwrap()
            .is_some()
    );
    assert_eq!(poll.next_at(), MS(1), "the node reports the change at once");
}

#[test]
fn no_duration_is_too_long() {
    let options = PollOptions {
        interval: Duration::MAX,
        wait: Duration::MAX,
        lease: Some(Duration::MAX),
    };
    let mut poll = Poll::new(options, 7);
    poll.send(MS(0));
    poll.receive(MS(1), ok(Some("\"a\""), &document("S1", 5)))
        .unwrap();
    poll.send(MS(1));
    poll.receive(MS(2), ok(Some("\"a\""), &document("S1", 5)))
        .unwrap();
    assert!(poll.next_at() > MS(2));
    poll.fail(MS(3));
}

#[test]
fn a_lease_begins_when_the_last_answered_poll_was_sent() {
    let lease = Duration::from_secs(9);
    let options = PollOptions {
        lease: Some(lease),
        ..PollOptions::default()
    };
    let mut poll = Poll::new(options, 7);
    assert_eq!(poll.lapses_at(), Some(lease));
    poll.send(MS(100));
    poll.receive(MS(200), ok(Some("\"a\""), &document("S1", 5)))
        .unwrap();
    assert_eq!(poll.lapses_at(), Some(lease + MS(100)));
    poll.send(MS(300));
    poll.fail(MS(400));
    poll.send(MS(500));
    poll.receive(MS(600), status(503)).unwrap_err();
    assert_eq!(poll.lapses_at(), Some(lease + MS(100)));
    assert_eq!(answered().lapses_at(), None);
}

#[test]
fn with_a_lease_no_pause_and_no_wait_is_longer_than_a_third_of_it() {
    let options = PollOptions {
        lease: Some(Duration::from_secs(9)),
        ..PollOptions::default()
    };
    let third = Duration::from_secs(3);
    let mut poll = Poll::new(options, 7);
    poll.send(MS(0));
    poll.receive(MS(1), ok(Some("\"a\""), &document("S1", 5)))
        .unwrap();
    let request = poll.send(MS(1));
    assert_eq!(request.prefer.as_deref(), Some("wait=3"));
    assert_eq!(request.timeout, third + third);
    poll.receive(MS(2), status(304)).unwrap();
    assert!(poll.next_at() <= MS(2) + third.mul_f64(1.1));
    for _ in 0..20 {
        let now = poll.next_at();
        poll.fail(now);
        assert!(poll.next_at() <= now + third);
    }
}

#[test]
fn after_a_failure_no_poll_asks_to_be_held() {
    let mut poll = answered();
    poll.send(MS(1));
    poll.fail(MS(2));
    assert_eq!(poll.send(MS(3)).prefer, None);
    poll.receive(MS(4), status(304)).unwrap();
    assert!(poll.send(MS(5)).prefer.is_some());
}

#[test]
fn another_document_of_the_same_revision_does_not_cause_a_poll_at_once() {
    let mut poll = answered();
    poll.send(MS(1));
    let mut body = document("S1", 5);
    let all = body
        .windows(5)
        .position(|bytes| bytes == b"\"all\"")
        .unwrap();
    body.splice(all..all + 5, *b"\"off\"");
    poll.receive(MS(2), ok(Some("\"b\""), &body))
        .unwrap()
        .unwrap();
    assert!(poll.next_at() > MS(1000));
}

#[test]
fn no_interval_and_no_wait_is_longer_than_five_minutes() {
    let options = PollOptions {
        interval: Duration::from_secs(86_400),
        wait: Duration::from_secs(86_400),
        lease: None,
    };
    let mut poll = Poll::new(options, 7);
    assert_eq!(poll.longest_pause(), Duration::from_secs(300));
    poll.receive(MS(1), ok(Some("\"a\""), &document("S1", 5)))
        .unwrap();
    let request = poll.send(MS(1));
    assert_eq!(request.prefer.as_deref(), Some("wait=300"));
}
