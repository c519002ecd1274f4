//! A colour of the page.
#![no_main]

use intermission_core::Color;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let color = intermission_fuzz::text::<Color>(bytes, |color| color.as_str().into());
    if let Some(color) = color {
        let digits = color.as_str().trim_start_matches('#');
        assert!([3, 6].contains(&digits.len()) && u32::from_str_radix(digits, 16).is_ok());
    }
});
