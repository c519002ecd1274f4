//! The configuration of the edge filter.
#![no_main]

libfuzzer_sys::fuzz_target!(|json: &[u8]| {
    if let Err((pointer, reason)) = intermission_edge_filter::fuzzing::configuration(json) {
        assert!(
            !reason.is_empty() && intermission_fuzz::is_clean(&reason),
            "{reason:?}"
        );
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(json) {
            let missing = reason.starts_with("is missing");
            assert!(
                missing || value.pointer(&pointer).is_some(),
                "{pointer}: {reason}"
            );
        }
    }
});
