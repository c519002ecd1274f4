//! A state document: what is read survives being written, and control reads why a node refuses another.
#![no_main]

use std::time::Duration;

use intermission_core::{
    MemberId, Policy, Poll, PollOptions, PollResponse, Report, State, Timestamp,
};

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    match State::parse(document) {
        Ok(state) => {
            let written = state.to_json();
            assert_eq!(State::parse(&written).as_ref(), Ok(&state));
            assert_eq!(
                State::parse(&written).map(|state| state.to_json()),
                Ok(written)
            );
            assert!(state.may_give_way_to(&state));
            let policy = Policy::compile(&state, Timestamp::UNIX_EPOCH);
            assert_eq!(policy.revision(), state.revision);
        }
        Err(error) => {
            intermission_fuzz::check_refusal(document, &error);
            report_refusal(document);
        }
    }
});

fn report_refusal(document: &[u8]) {
    let mut poll = Poll::new(PollOptions::default(), 7);
    poll.send(Duration::ZERO);
    let response = PollResponse {
        status: 200,
        body: document,
        ..PollResponse::default()
    };
    poll.receive(Duration::ZERO, response)
        .expect_err("the document is refused");
    let report = Report {
        error: poll.objection().map(Into::into),
        ..Report::new(MemberId::new("shop-1", 1), "tower")
    };
    let line = report.to_string();
    assert!(
        line.len() < 8 << 10,
        "{} bytes are more than a server takes in a header",
        line.len()
    );
    let read = intermission_control::fuzzing::report(line.as_bytes())
        .expect("a report that control reads");
    assert!(read.error.is_some_and(|error| !error.trim().is_empty()));
}
