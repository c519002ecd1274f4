//! The logo in a notice.
#![no_main]

use intermission_core::Logo;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let logo = intermission_fuzz::text::<Logo>(bytes, |logo| logo.as_str().into());
    if let Some(logo) = logo {
        assert!(logo.as_str().starts_with("data:image/") && logo.as_str().len() <= 32 << 10);
        // It becomes an attribute of the page.
        assert!(
            !logo.as_str().contains(['"', '<', '>', ' ']),
            "{}",
            logo.as_str()
        );
    }
});
