//! The contact in a notice.
#![no_main]

use intermission_core::Contact;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let contact = intermission_fuzz::text::<Contact>(bytes, |contact| contact.as_str().into());
    if let Some(contact) = contact {
        assert!(contact.as_str().contains(contact.label()) && !contact.label().is_empty());
        // It becomes an attribute of the page.
        assert!(
            !contact.as_str().contains(['"', '<', '>', ' ']),
            "{}",
            contact.as_str()
        );
    }
});
