use std::ffi::c_void;

use crate::bytes::Pair;
use crate::callbacks::{Callbacks, Map};

/// Header lines in Envoy's memory.
#[derive(Debug)]
pub struct HeaderLines<'h>(Vec<Pair<'h>>);

impl<'h> HeaderLines<'h> {
    /// Those of one map of a stream.
    ///
    /// # Safety
    ///
    /// Envoy's filter is valid, and no header of the map is changed for as long as this is there.
    pub(crate) unsafe fn of(filter: *mut c_void, map: Map) -> Self {
        let Some(callbacks) = Callbacks::get() else {
            return Self(Vec::new());
        };
        // SAFETY: the caller promises it.
        let count = unsafe { (callbacks.get_headers_size)(filter, map) };
        let mut pairs = vec![Pair::absent(); count];
        // SAFETY: as above, and there is room for all.
        if !unsafe { (callbacks.get_headers)(filter, map, pairs.as_mut_ptr()) } {
            return Self(Vec::new());
        }
        // No filter asks for a name that is not UTF-8.
        // SAFETY: the bytes are Envoy's, and stay (see above).
        pairs.retain(|pair| std::str::from_utf8(unsafe { pair.get() }.0).is_ok());
        Self(pairs)
    }

    /// The lines in the order received. Names are in lower case; values need not be UTF-8.
    pub fn iter(&self) -> impl Iterator<Item = (&'h str, &'h [u8])> {
        self.0.iter().map(|pair| {
            // SAFETY: the bytes are Envoy's, and stay (see `of`).
            let (name, value) = unsafe { pair.get() };
            // SAFETY: others are not kept (see `of`).
            (unsafe { std::str::from_utf8_unchecked(name) }, value)
        })
    }
}
