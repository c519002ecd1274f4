//! A path of the scope or of an API in a document.
#![no_main]

use intermission_core::{PathPrefix, naive};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = intermission_fuzz::text::<PathPrefix>(bytes, |path| path.as_str().into());
    if let Some(path) = path {
        assert!(naive::covers(&path, bytes) && naive::covers(&path, &[bytes, b"/x"].concat()));
    }
});
