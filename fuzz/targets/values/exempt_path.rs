//! An exempt path of a document.
#![no_main]

use intermission_core::{ExemptPath, naive};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = intermission_fuzz::text::<ExemptPath>(bytes, |path| path.as_str().into());
    if let Some(path) = path {
        assert!(
            path.as_str() != "/" && naive::is_plain(bytes),
            "{}",
            path.as_str()
        );
        assert!(naive::exempts(&path, bytes));
    }
});
