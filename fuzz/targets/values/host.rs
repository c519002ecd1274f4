//! A host of a document.
#![no_main]

use intermission_core::HostName;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let host = intermission_fuzz::text::<HostName>(bytes, |host| host.as_str().into());
    if let Some(host) = host {
        let odd = |c: char| c.is_uppercase() || c.is_whitespace() || "/?#@*\\".contains(c);
        assert!(!host.as_str().is_empty() && !host.as_str().ends_with('.'));
        assert!(!host.as_str().contains(odd), "{}", host.as_str());
    }
});
