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
            assert!(cidr.first() <= cidr.last());
            for edge in [cidr.first(), cidr.last()] {
                // An IPv4-mapped address is IPv4, which no block of IPv6 has.
                let is_mapped = edge.to_canonical() != edge;
                assert_eq!(set.contains(edge), !is_mapped, "{edge} in {cidr}");
            }
        }
        Err(error) => {
            assert!(intermission_fuzz::is_clean(&error.to_string()), "{error:?}");
            if let Some(cidr) = error.suggestion() {
                assert_eq!(cidr.to_string().parse(), Ok(cidr));
            }
        }
    }
});
