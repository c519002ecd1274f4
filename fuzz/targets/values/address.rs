//! An address as proxies write it.
#![no_main]

use intermission_core::parse_address;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(address) = parse_address(bytes) else {
        return;
    };
    assert_eq!(address, address.to_canonical());
    assert_eq!(parse_address(address.to_string().as_bytes()), Some(address));
    // What reads as an address by itself has no other meaning.
    let text = str::from_utf8(bytes.trim_ascii()).expect("an address is ASCII");
    if let Ok(plain) = text.parse::<std::net::IpAddr>() {
        assert_eq!(plain.to_canonical(), address);
    }
});
