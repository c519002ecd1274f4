//! A moment, compared with what jiff reads.
#![no_main]

use intermission_core::Timestamp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    match text.parse::<Timestamp>() {
        Ok(moment) => {
            assert_eq!(moment.to_string().parse(), Ok(moment));
            if let Ok(known) = text.parse::<jiff::Timestamp>() {
                let floor = known.as_nanosecond().div_euclid(1_000_000_000);
                assert_eq!(i128::from(moment.as_second()), floor, "{text}");
            }
        }
        Err(error) => assert!(intermission_fuzz::is_clean(&error.to_string()), "{error:?}"),
    }
});
