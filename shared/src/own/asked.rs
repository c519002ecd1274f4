//! The path that a client asks about.

use alloc::string::String;

use crate::own::form::{decoded, value};
use crate::own::target::target;

/// The longest path that is judged, in bytes, since the answer repeats it.
const LONGEST: usize = 1024;

/// The target of the request that `?path=` asks about: `/` where there is none. The error says why it is no path.
pub(crate) fn asked(query: &[u8]) -> Result<String, &'static str> {
    let Some(value) = value(query, "path").map_err(|_| "the path is there twice; name one")? else {
        return Ok("/".into());
    };
    let is_broken = |after: &[u8]| {
        let digits = after.first_chunk::<2>();
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if value.split(|byte| *byte == b'%').skip(1).any(is_broken) {
        return Err(
            "the path has a % that is not followed by two hexadecimal digits; write %25 for it",
        );
    }
    let path = decoded(value);
    match path.as_slice() {
        [] => Err("the path is empty; name one such as /admin"),
        [b'/', b'/' | b'\\', ..] => {
            Err("the path begins with a host; leave out all before the slash of the path")
        }
        [b'/', ..] if path.len() > LONGEST => {
            Err("the path is longer than 1024 bytes; name its beginning")
        }
        [b'/', ..] if path.iter().any(u8::is_ascii_control) => {
            Err("the path has a control character; leave it out")
        }
        [b'/', ..] if path.contains(&b'#') => {
            Err("the path has a #, and browsers send no such part; leave it out")
        }
        [b'/', ..] => Ok(target(&path)),
        _ => Err("the path does not begin with a slash; name one such as /admin"),
    }
}
