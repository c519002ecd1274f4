//! What kind of document the lines of `Accept` prefer, compared with a plain reading of RFC 9110, section 12.5.1.
#![no_main]

use std::cmp::Ordering;
use std::sync::LazyLock;

use intermission_core::{Kind, Mode, Policy, RequestView, ServiceName, State, Timestamp, Verdict};

static CLOSED: LazyLock<Policy> = LazyLock::new(|| {
    let state = State::initial(ServiceName::unknown(), Mode::All);
    Policy::compile(&state, Timestamp::UNIX_EPOCH)
});

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let headers: Vec<(&str, &[u8])> = lines.iter().map(|line| ("accept", *line)).collect();
    let [html, json] = intermission_fuzz::html_and_json(&lines);
    // Without a preference a request that reads gets a page, and one that writes a document.
    for (method, otherwise) in [(b"GET".as_slice(), Kind::Page), (b"POST", Kind::Api)] {
        let kind = match html.cmp(&json) {
            Ordering::Greater => Kind::Page,
            Ordering::Less => Kind::Api,
            Ordering::Equal => otherwise,
        };
        let request = RequestView::new(method, b"/", headers.as_slice());
        assert_eq!(
            CLOSED.decide(&request).verdict,
            Verdict::Refuse(kind),
            "{html:?} {json:?}"
        );
    }
});
