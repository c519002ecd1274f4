use super::documents::unenforceable;
use super::*;

/// The response of a replica that cannot prove that this document is the latest.
fn unproven(body: &[u8]) -> PollResponse<'_> {
    PollResponse {
        retry_after: Some(b"1"),
        body,
        ..status(503)
    }
}

fn revision(poll: &Poll) -> Option<u64> {
    poll.provisional().map(|state| state.revision)
}

#[test]
fn before_the_first_answer_the_document_of_a_503_is_provisional_and_acknowledges_nothing() {
    let options = PollOptions {
        lease: Some(Duration::from_secs(9)),
        ..PollOptions::default()
    };
    let mut poll = Poll::new(options, 7);
    poll.send(MS(500));
    let error = poll.receive(MS(501), unproven(&document("S1", 5)));
    assert_eq!(
        error.unwrap_err().to_string(),
        "status 503 is no answer, only 200 and 304 are"
    );
    assert_eq!(revision(&poll), Some(5));
    assert_eq!(
        (poll.state(), poll.tag(), poll.objection()),
        (None, None, None)
    );
    assert_eq!((poll.answered_at(), poll.service()), (None, None));
    assert_eq!(poll.lapses_at(), Some(Duration::from_secs(9)));
    let request = poll.send(MS(1_501));
    assert_eq!((request.if_none_match, request.prefer), (None, None));
    // Not even an older answer is refused for it.
    let answer = poll.receive(MS(1_502), ok(Some("\"a\""), &document("S1", 4)));
    assert_eq!(answer.unwrap().unwrap().revision, 4);
    assert_eq!(revision(&poll), None);
}

#[test]
fn after_an_answer_no_503_has_a_document() {
    let mut poll = answered();
    poll.receive(MS(2), unproven(&document("S1", 6)))
        .unwrap_err();
    assert_eq!(revision(&poll), None);
    let state = State::parse(&document("S1", 5)).unwrap();
    let mut poll = self::poll().with_state(state.clone(), state.tag(None));
    poll.receive(MS(2), unproven(&document("S1", 6)))
        .unwrap_err();
    assert_eq!(revision(&poll), None);
}

#[test]
fn a_saved_copy_stays_unless_the_document_is_as_new() {
    for (offered, expected) in [
        (document("S1", 4), None),
        (document("S0", 9), None),
        (document_of("pay", "S1", 9), Some(9)),
        (document("S1", 5), Some(5)),
        (document("S1", 6), Some(6)),
        (document("S2", 1), Some(1)),
    ] {
        let saved = State::parse(&document("S1", 5)).unwrap();
        let mut poll = poll().with_saved_copy(saved);
        poll.receive(MS(1), unproven(&offered)).unwrap_err();
        assert_eq!(revision(&poll), expected);
    }
}

#[test]
fn of_the_documents_of_several_replicas_the_latest_stays() {
    let mut poll = poll().with_endpoints(3);
    for (revision_sent, expected) in [(5, 5), (4, 5), (6, 6)] {
        poll.receive(MS(1), unproven(&document("S1", revision_sent)))
            .unwrap_err();
        assert_eq!(revision(&poll), Some(expected));
    }
}

#[test]
fn what_is_no_document_of_this_service_is_not_considered() {
    let problem =
        br#"{ "type": "urn:intermission:held-polls", "title": "Too many", "status": 503 }"#;
    let mut poll = poll().with_service(ServiceName::in_path("/v1/services/shop/state"));
    let pay = document_of("pay", "S1", 5);
    for body in [&problem[..], b"", b"<html>", &pay] {
        poll.receive(MS(1), unproven(body)).unwrap_err();
        assert_eq!(revision(&poll), None);
    }
    let shop = document("S1", 5);
    for other in [500, 502, 504, 404, 429] {
        let response = PollResponse {
            status: other,
            ..unproven(&shop)
        };
        poll.receive(MS(1), response).unwrap_err();
        assert_eq!(revision(&poll), None, "{other}");
    }
}

#[test]
fn a_provisional_document_that_cannot_be_enforced_is_closed() {
    let mut poll = poll();
    let unenforceable = unenforceable("shop", "S1", 6);
    poll.receive(MS(1), unproven(&unenforceable)).unwrap_err();
    let closed = poll.provisional().unwrap();
    assert_eq!((closed.maintenance, closed.revision), (Mode::All, 6));
    assert_eq!(poll.closed(), None);
}
