use super::*;

#[test]
fn a_refused_document_is_reported_until_the_next_answer() {
    let mut poll = answered();
    assert_eq!(poll.objection(), None);
    poll.receive(MS(2), ok(None, b"{\"version\": 2}"))
        .unwrap_err();
    let objection =
        "the document is not valid: /version: version 2 is not known, only 1; upgrade this node";
    assert_eq!(poll.objection(), Some(objection));
    poll.receive(MS(3), status(503)).unwrap_err();
    assert_eq!(poll.objection(), Some(objection));
    poll.receive(MS(4), status(304)).unwrap();
    assert_eq!(poll.objection(), None);
    poll.receive(MS(5), ok(None, &document("S1", 4)))
        .unwrap_err();
    assert!(
        poll.objection()
            .unwrap()
            .starts_with("revision 4 of store S1 is older than revision 5")
    );
}

#[test]
fn a_node_that_refuses_documents_polls_as_often_as_others() {
    let mut poll = answered();
    for _ in 0..100 {
        poll.send(MS(0));
        poll.receive(MS(0), ok(None, b"{}")).unwrap_err();
        assert!(poll.next_at() <= poll.longest_pause());
    }
}

#[test]
fn the_first_answer_of_any_revision_replaces_a_saved_copy_of_another_service() {
    let saved = State::parse(&document_of("shop-old", "S1", 120)).unwrap();
    let mut poll = poll().with_saved_copy(saved);
    assert_eq!(poll.service(), None);
    poll.send(MS(0));
    let state = poll
        .receive(MS(1), ok(None, &document("S1", 3)))
        .unwrap()
        .unwrap();
    assert_eq!((state.service.as_str(), state.revision), ("shop", 3));
}

#[test]
fn the_service_of_the_first_answer_is_that_of_the_node() {
    let mut poll = answered();
    let error = poll
        .receive(MS(2), ok(None, &document_of("pay", "S2", 9)))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document is of service pay, but this node is of service shop; correct the URL or its document"
    );
    assert_eq!(poll.objection(), Some(&*error.line()));
    assert_eq!(poll.state().map(|state| state.revision), Some(5));
    assert!(poll.receive(MS(3), ok(None, &document("S1", 6))).is_ok());
}

#[test]
fn the_service_that_the_url_names_is_that_of_the_node() {
    let mut poll = poll().with_service(ServiceName::in_path("/v1/services/shop/state"));
    let other = document_of("pay", "S1", 9);
    assert!(poll.receive(MS(1), ok(None, &other)).is_err());
    assert_eq!(poll.state(), None);
    assert!(poll.receive(MS(1), ok(None, &document("S1", 1))).is_ok());
}

#[test]
fn a_state_of_another_poller_of_the_process_names_the_service() {
    let state = State::parse(&document("S1", 5)).unwrap();
    let mut poll = poll().with_state(state.clone(), state.tag(None));
    let other = document_of("pay", "S1", 9);
    assert!(poll.receive(MS(1), ok(None, &other)).is_err());
}

/// A document that refuses requests and has a critical field that no version knows.
pub(super) fn unenforceable(service: &str, store: &str, revision: u64) -> Vec<u8> {
    let document = document_of(service, store, revision);
    let text = core::str::from_utf8(&document).unwrap();
    text.replace("\"critical\":[]", "\"critical\":[\"countries\"]")
        .into_bytes()
}

#[test]
fn a_document_that_cannot_be_enforced_closes_until_another_can() {
    let mut poll = answered();
    poll.send(MS(10));
    let error = poll
        .receive(MS(11), ok(None, &unenforceable("shop", "S1", 6)))
        .unwrap_err();
    assert!(error.line().contains("\"countries\" is critical"));
    let closed = poll.closed().unwrap().clone();
    assert_eq!((closed.maintenance, closed.revision), (Mode::All, 5));
    assert!(poll.objection().is_some());
    // The entity tag stays that of the state in force.
    assert_eq!(poll.tag().unwrap().as_str(), "\"a\"");
    // A failure changes nothing.
    poll.fail(MS(12));
    assert!(poll.closed().is_some());
    let next = poll.receive(MS(13), ok(Some("\"b\""), &document("S1", 7)));
    assert_eq!(next.unwrap().unwrap().revision, 7);
    assert!(poll.closed().is_none());
}

#[test]
fn the_last_good_state_is_in_force_again_when_the_server_returns_to_it() {
    let good = document("S1", 5);
    for response in [status(304), ok(Some("\"a\""), &good)] {
        let mut poll = answered();
        let unenforceable = unenforceable("shop", "S1", 6);
        poll.receive(MS(11), ok(None, &unenforceable)).unwrap_err();
        let again = poll.receive(MS(12), response).unwrap();
        assert_eq!(again.unwrap().revision, 5);
        assert!(poll.closed().is_none());
    }
}

#[test]
fn older_documents_and_those_of_other_services_do_not_close() {
    for document in [
        unenforceable("shop", "S1", 4),
        unenforceable("pay", "S1", 6),
    ] {
        let mut poll = answered();
        poll.receive(MS(11), ok(None, &document)).unwrap_err();
        assert!(poll.closed().is_none());
    }
}

#[test]
fn a_node_without_an_answer_closes_by_the_document_alone() {
    let mut poll = poll();
    poll.receive(MS(1), ok(None, &unenforceable("shop", "S1", 6)))
        .unwrap_err();
    let closed = poll.closed().unwrap();
    assert_eq!(
        (closed.service.as_str(), closed.maintenance),
        ("shop", Mode::All)
    );
    assert!(poll.answered_at().is_none());
}
