use alloc::collections::BTreeSet;

use super::*;
use crate::poll::schedule::ROUND;

fn three(seed: u64) -> Poll {
    Poll::new(PollOptions::default(), seed).with_endpoints(3)
}

/// A poll of three endpoints that one of them has answered.
fn answered_of_three() -> Poll {
    let mut poll = three(7);
    poll.send(MS(0));
    poll.receive(MS(1), ok(Some("\"a\""), &document("S1", 5)))
        .unwrap();
    poll
}

/// Fails at each of three endpoints, and returns them in the order in which they were asked.
fn failed_round(poll: &mut Poll, now: Duration) -> [usize; 3] {
    [(); 3].map(|()| {
        let request = poll.send(now);
        poll.fail(now);
        request.endpoint
    })
}

#[test]
fn an_endpoint_that_answers_is_asked_again() {
    let mut poll = answered_of_three();
    let endpoint = poll.send(MS(1)).endpoint;
    for now in 2..20 {
        poll.receive(MS(now), status(304)).unwrap();
        assert_eq!(poll.send(MS(now)).endpoint, endpoint);
    }
}

#[test]
fn after_any_failure_the_next_endpoint_is_asked_at_once() {
    let refused: [fn(&mut Poll); 5] = [
        |poll| poll.fail(MS(9)),
        |poll| drop(poll.receive(MS(9), status(503))),
        |poll| drop(poll.receive(MS(9), status(401))),
        |poll| drop(poll.receive(MS(9), ok(None, b"<html>"))),
        |poll| drop(poll.receive(MS(9), ok(None, &document("S1", 4)))),
    ];
    for refused in refused {
        let mut poll = answered_of_three();
        let first = poll.send(MS(2)).endpoint;
        refused(&mut poll);
        assert_eq!(poll.next_at(), MS(9));
        let request = poll.send(MS(9));
        assert_ne!(request.endpoint, first);
        assert_eq!(request.prefer, None, "the node wants an answer at once");
        assert_eq!(request.if_none_match.as_deref(), Some("\"a\""));
        poll.receive(MS(10), status(304)).unwrap();
        let again = poll.send(MS(11));
        assert_eq!(again.endpoint, request.endpoint);
        assert!(again.prefer.is_some(), "an answer ends the failure");
        let asked = failed_round(&mut poll, MS(12));
        assert_eq!(asked[0], request.endpoint);
        assert_eq!(BTreeSet::from(asked).len(), 3, "each is asked again");
    }
}

#[test]
fn the_pauses_grow_by_rounds_and_not_by_endpoints() {
    let mut poll = three(7);
    for round in 0..200_u32 {
        let now = poll.next_at();
        let asked = failed_round(&mut poll, now);
        assert_eq!(BTreeSet::from(asked).len(), 3);
        let pause = poll.next_at() - now;
        let ceiling = Duration::from_secs(1 << round.min(5)).min(LONGEST_PAUSE);
        assert!(
            (SHORTEST_PAUSE..=ceiling).contains(&pause),
            "{round}: {pause:?}"
        );
    }
    let now = poll.next_at();
    poll.receive(now, ok(None, &document("S1", 1))).unwrap();
    failed_round(&mut poll, now);
    assert!(
        poll.next_at() <= now + MS(1_000),
        "an answer ends the backoff"
    );
}

#[test]
fn retry_after_holds_for_the_endpoint_that_has_sent_it() {
    let busy = PollResponse {
        retry_after: Some(b"20"),
        ..status(503)
    };
    let mut poll = three(7);
    let first = poll.send(MS(0)).endpoint;
    poll.receive(MS(0), busy).unwrap_err();
    // The others are asked by the backoff, and the first one when its time has come.
    let mut others = 0;
    while poll.next_at() < MS(20_000) {
        let now = poll.next_at();
        assert_ne!(poll.send(now).endpoint, first, "{now:?}");
        poll.fail(now);
        others += 1;
    }
    assert!(others >= 4, "{others}");
    let now = poll.next_at();
    let asked = failed_round(&mut poll, now);
    assert!(asked.contains(&first));
}

#[test]
fn where_all_endpoints_ask_for_a_pause_the_shortest_counts() {
    let mut poll = three(7);
    let mut asked = Vec::new();
    for retry_after in ["20", "9", "3600"] {
        asked.push(poll.send(MS(0)).endpoint);
        let busy = PollResponse {
            retry_after: Some(retry_after.as_bytes()),
            ..status(503)
        };
        poll.receive(MS(0), busy).unwrap_err();
    }
    for (seconds, place) in [(9, 1), (20, 0), (30, 2)] {
        let now = Duration::from_secs(seconds);
        assert_eq!(poll.next_at(), now);
        assert_eq!(Some(&poll.send(now).endpoint), asked.get(place));
        let busy = PollResponse {
            retry_after: Some(b"3600"),
            ..status(503)
        };
        poll.receive(now, busy).unwrap_err();
    }
}

#[test]
fn each_endpoint_is_asked_within_the_start_wait_and_a_later_round_takes_longer() {
    let mut poll = three(7);
    for _ in 0..3 {
        assert_eq!(poll.send(MS(0)).timeout, ROUND / 3);
        poll.fail(MS(0));
    }
    assert_eq!(poll.send(MS(0)).timeout, SLACK);
    let mut poll = answered_of_three();
    assert_eq!(poll.send(MS(1)).timeout, MS(10_000) + SLACK);
    poll.fail(MS(2));
    assert_eq!(poll.send(MS(2)).timeout, ROUND / 3);
}

#[test]
fn with_a_lease_all_endpoints_are_asked_before_its_end() {
    for (seconds, count) in [(3, 2), (9, 3), (60, 8)] {
        let options = PollOptions {
            lease: Some(Duration::from_secs(seconds)),
            ..PollOptions::default()
        };
        let mut poll = Poll::new(options, 7).with_endpoints(count);
        poll.send(MS(0));
        poll.receive(MS(0), ok(Some("\"a\""), &document("S1", 5)))
            .unwrap();
        let mut now = MS(0);
        for _ in 0..count {
            now = now.max(poll.next_at());
            now += poll.send(now).timeout;
            assert!(now <= poll.lapses_at().unwrap(), "{count}: {now:?}");
            poll.fail(now);
        }
    }
}

#[test]
fn nodes_begin_with_different_endpoints_and_leave_one_for_all_others() {
    let mut orders = BTreeSet::new();
    for seed in 0..100 {
        orders.insert(failed_round(&mut three(seed), MS(0)));
    }
    assert_eq!(orders.len(), 6, "{orders:?}");
}

#[test]
fn the_number_of_endpoints_is_kept_within_its_limits() {
    for (count, asked) in [(0, 1), (1, 1), (8, 8), (9, 8), (usize::MAX, 8)] {
        let mut poll = Poll::new(PollOptions::default(), 7).with_endpoints(count);
        let limit = if asked > 1 { ROUND / asked } else { SLACK };
        assert_eq!(poll.send(MS(0)).timeout, limit);
        let endpoints: BTreeSet<_> = (0..20)
            .map(|_| {
                let endpoint = poll.send(MS(0)).endpoint;
                poll.fail(MS(0));
                endpoint
            })
            .collect();
        assert_eq!(endpoints, (0..asked as usize).collect());
    }
}

#[test]
fn a_poll_is_held_again_at_once_after_an_endpoint_was_lost() {
    let busy = PollResponse {
        retry_after: Some(b"1"),
        ..status(503)
    };
    for (response, is_lost) in [
        (None, true),
        (Some(status(502)), true),
        // It has said how much it may be asked.
        (Some(busy), false),
    ] {
        let mut poll = answered_of_three();
        poll.send(MS(2));
        match response {
            None => poll.fail(MS(9)),
            Some(response) => drop(poll.receive(MS(9), response)),
        }
        assert_eq!(poll.send(MS(9)).prefer, None);
        poll.receive(MS(10), status(304)).unwrap();
        assert_eq!(poll.next_at() == MS(10), is_lost);
        assert!(poll.send(poll.next_at()).prefer.is_some());
        // A server that holds no polls is not asked again and again.
        poll.receive(MS(11), status(304)).unwrap();
        assert!(poll.next_at() > MS(4_000));
    }
}
