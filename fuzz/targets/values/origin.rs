//! An origin whose scripts may read a notice.
#![no_main]

use intermission_core::Origin;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let written = |origin: &Origin| {
        let json = serde_json::to_string(origin).expect("an origin is a text");
        serde_json::from_str(&json).expect("a text")
    };
    if intermission_fuzz::text::<Origin>(bytes, written).is_some() {
        // It becomes the value of a header.
        assert!(bytes.iter().all(u8::is_ascii_graphic));
    }
});
