use std::ffi::c_void;
use std::marker::PhantomData;

use crate::bytes::{Bytes, Pair};
use crate::callbacks::{Callbacks, Map};

/// The request of a stream, while Envoy calls the filter.
#[derive(Debug)]
pub struct Request<'h> {
    filter: *mut c_void,
    hook: PhantomData<&'h ()>,
}

impl Request<'_> {
    /// That of Envoy's filter.
    ///
    /// # Safety
    ///
    /// The pointer is Envoy's, and valid for as long as this is there.
    pub(crate) unsafe fn new(filter: *mut c_void) -> Self {
        Self {
            filter,
            hook: PhantomData,
        }
    }

    /// The headers in the order received, with the pseudo-headers first. Names are in lower case; neither names nor values
    /// need be UTF-8.
    #[must_use]
    pub fn headers(&self) -> Vec<(&[u8], &[u8])> {
        let Some(callbacks) = Callbacks::get() else {
            return Vec::new();
        };
        // SAFETY: the filter is valid (see `new`).
        let count = unsafe { (callbacks.get_headers_size)(self.filter, Map::Request) };
        let mut pairs = vec![Pair::absent(); count];
        // SAFETY: as above, and there is room for all.
        if !unsafe { (callbacks.get_headers)(self.filter, Map::Request, pairs.as_mut_ptr()) } {
            return Vec::new();
        }
        let pairs = pairs.into_iter();
        pairs
            // SAFETY: they stay until the hook ends or a header is changed, for which this must not be borrowed.
            .map(|pair| unsafe { pair.get() })
            .collect()
    }

    /// The address of the peer as `IP:PORT`, or as Envoy writes one of another kind.
    #[must_use]
    pub fn peer(&self) -> Option<&[u8]> {
        let callbacks = Callbacks::get()?;
        let mut address = Bytes::absent();
        // SAFETY: the filter is valid (see `new`).
        unsafe { (callbacks.get_direct_remote_address)(self.filter, &raw mut address) }
            // SAFETY: it stays for as long as the stream.
            .then(|| unsafe { address.get() })
    }

    /// Answers the request, with `details` for Envoy's access log.
    pub fn respond(&mut self, status: u16, headers: &[(&str, &[u8])], body: &[u8], details: &str) {
        let Some(callbacks) = Callbacks::get() else {
            return;
        };
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| Pair::new(name, value))
            .collect();
        let body = if body.is_empty() {
            Bytes::absent()
        } else {
            Bytes::of(body)
        };
        let details = Bytes::of(details.as_bytes());
        // SAFETY: the filter is valid (see `new`), and Envoy copies all the rest.
        unsafe {
            (callbacks.send_response)(
                self.filter,
                status.into(),
                headers.as_ptr(),
                headers.len(),
                body,
                details,
            );
        }
    }
}
