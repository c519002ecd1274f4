//! The pages that a node answers itself: they lead to no other site, repeat no pass, and every header is one line of ASCII.
#![no_main]

use intermission_core::{
    ME_PATH, Mode, PASS_PATH, Pass, PassDigest, Policy, RequestView, ServiceName, State, Timestamp,
};

const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";

thread_local! {
    static POLICY: Policy = {
        let mut state = State::initial(ServiceName::unknown(), Mode::All);
        state.allowlist.enabled = true;
        state.allowlist.passes = vec![Pass::new(PassDigest::of(PASS.as_bytes()), None)];
        state.show_me = true;
        Policy::compile(&state, Timestamp::UNIX_EPOCH)
    };
}

// A query, and after the first line break a form.
libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let mut parts = text.splitn(2, |byte| *byte == b'\n');
    let [query, form] = [(); 2].map(|()| parts.next().unwrap_or_default());
    for (method, path) in [("GET", PASS_PATH), ("POST", PASS_PATH), ("GET", ME_PATH)] {
        let target = [path.as_bytes(), b"?", query].concat();
        let lines: &[(&str, &str)] = &[];
        let view = RequestView::new(method.as_bytes(), &target, lines);
        let answer = POLICY.with(|policy| policy.own_answer(&view, "peer", form));
        for (name, value) in &answer.headers {
            assert!(
                value.bytes().all(|byte| matches!(byte, b' '..=b'~')),
                "{name}: {value:?}"
            );
            match *name {
                "location" => check_place(value),
                "set-cookie" => assert_eq!(answer.status, 303),
                _ => assert!(!value.contains("imp_"), "{name}: {value}"),
            }
        }
        if path == ME_PATH {
            let is_line = |line: &str| line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            assert_eq!(answer.body.lines().count(), 5, "{}", answer.body);
            assert!(answer.body.lines().all(is_line), "{}", answer.body);
        } else if answer.status != 303 {
            let (_, rest) = answer.body.split_once("name=\"to\" value=\"").expect("to");
            let (escaped, _) = rest.split_once("\">\n").expect("its end");
            // The other characters that a page escapes are none of a place.
            check_place(&escaped.replace("&#39;", "'").replace("&amp;", "&"));
        }
    }
});

/// It is a path of the same site, whatever a browser makes of slashes, backslashes and dot segments.
fn check_place(place: &str) {
    let (path, _) = place.split_once('?').unwrap_or((place, ""));
    let encoded = path.to_ascii_lowercase();
    let is_dots = |segment: &str| matches!(segment, "." | "..");
    assert!(path.starts_with('/') && !path.contains("//"), "{place}");
    assert!(
        !path.contains('\\') && !path.split('/').any(is_dots),
        "{place}"
    );
    for doubtful in ["%2e", "%2f", "%5c", "%09"] {
        assert!(!encoded.contains(doubtful), "{place}");
    }
    let is_odd = |byte: u8| !byte.is_ascii_graphic() || matches!(byte, b'"' | b'<' | b'>' | b'#');
    assert!(!place.bytes().any(is_odd), "{place}");
}
