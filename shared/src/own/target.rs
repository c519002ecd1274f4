use alloc::string::String;

use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

/// What browsers encode in a path, where it is neither a percent sign nor a separator (URL Standard, section 1.3).
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// The target of a request for this path and query, as a browser sends it: visible ASCII.
pub(super) fn target(text: &[u8]) -> String {
    percent_encode(text, ENCODED).collect()
}
