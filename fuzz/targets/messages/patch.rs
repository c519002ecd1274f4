//! A merge patch (RFC 7396) on a state.
#![no_main]

use std::sync::LazyLock;

use intermission_control::fuzzing::patch;
use intermission_core::State;

static BEFORE: LazyLock<State> = LazyLock::new(|| {
    State::parse(
        br#"{ "version": 1, "store": "01J9", "service": "shop", "revision": 7, "maintenance": "all",
            "allowlist": { "enabled": true, "cidrs": ["203.0.113.0/24", "2001:db8::/32"] },
            "scope": { "hosts": ["shop.example"], "paths": ["/checkout"] },
            "notice": { "title": "Back soon", "languages": { "ja": { "title": "x" } }, "until": "2026-11-23T02:00:00Z" } }"#,
    )
    .expect("a valid document")
});

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    match patch(&BEFORE, body) {
        Ok(after) => {
            assert_eq!(State::parse(&after.to_json()).as_ref(), Ok(&after));
            let identity =
                |state: &State| (state.store.clone(), state.service.clone(), state.revision);
            assert_eq!(identity(&after), identity(&BEFORE));
            // Once more changes nothing more.
            assert_eq!(patch(&after, body).as_ref(), Ok(&after));
        }
        Err(error) => assert!(!error.reason().is_empty()),
    }
});
