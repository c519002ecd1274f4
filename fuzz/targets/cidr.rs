//! A block of addresses.
#![no_main]

use intermission_core::{AddressSet, Cidr};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    match text.parse::<Cidr>() {
        Ok(cidr) => {
            assert_eq!(cidr.to_string().parse(), Ok(cidr));
            let set: AddressSet = [cidr].into_iter().collect();
            assert!(
                cidr.first() <= cidr.last()
                    && set.contains(cidr.first())
                    && set.contains(cidr.last())
            );
        }
        Err(error) => {
            assert!(intermission_fuzz::is_clean(&error.to_string()), "{error:?}");
            if let Some(cidr) = error.suggestion() {
                assert_eq!(cidr.to_string().parse(), Ok(cidr));
            }
        }
    }
});
