//! What the VMs of an Envoy tell each other in shared data.
#![no_main]

use intermission_core::State;
use intermission_edge_filter::fuzzing::{shared_state, vm_status};

libfuzzer_sys::fuzz_target!(|value: &[u8]| {
    if let Some(said) = vm_status(value) {
        assert_eq!(vm_status(said.as_bytes()).as_deref(), Some(said.as_str()));
    }
    if let Some((state, etag)) = shared_state(value) {
        let end = value
            .iter()
            .position(|byte| *byte == b'\n')
            .expect("a line before the document");
        match State::parse(&value[end + 1..]) {
            Ok(written) => {
                assert_eq!(state, written);
                // An entity tag that is no text is none.
                assert_eq!(etag, str::from_utf8(&value[..end]).unwrap_or_default());
            }
            // A critical field that this filter does not know closes it.
            Err(error) => assert_eq!((Some(&state), etag), (error.closed(), String::new())),
        }
    }
});
