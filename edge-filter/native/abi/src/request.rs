use std::cell::OnceCell;
use std::ffi::c_void;
use std::ptr;

use crate::bytes::{Bytes, Pair};
use crate::callbacks::{Attribute, Callbacks, Map, Part};
use crate::lines::HeaderLines;
use crate::metrics::Counter;
use crate::waker::{Shared, Waker};

/// The request of a stream, while Envoy calls the filter.
#[derive(Debug)]
pub struct Request<'h> {
    filter: *mut c_void,
    waker: &'h OnceCell<Shared>,
}

impl<'h> Request<'h> {
    /// That of Envoy's filter.
    ///
    /// # Safety
    ///
    /// The pointer is Envoy's, and valid for as long as this is there. The waker goes before the stream.
    pub(crate) unsafe fn new(filter: *mut c_void, waker: &'h OnceCell<Shared>) -> Self {
        Self { filter, waker }
    }

    /// The headers in the order received, with the pseudo-headers first.
    #[must_use]
    pub fn headers(&self) -> HeaderLines<'_> {
        // SAFETY: the filter is valid (see `new`), and a header is changed only by a `&mut self`.
        unsafe { HeaderLines::of(self.filter, Map::Request) }
    }

    /// Replaces all lines of a header with one, or removes them.
    pub fn set_header(&mut self, name: &str, value: Option<&[u8]>) {
        // SAFETY: the filter is valid (see `new`).
        unsafe { set_header(self.filter, Map::Request, name, value) }
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

    /// Envoy's attribute `source.address`.
    #[must_use]
    pub fn source_address(&self) -> Option<&[u8]> {
        self.attribute(Attribute::SourceAddress)
    }

    /// Envoy's attribute `request.protocol`, such as `HTTP/1.1`.
    #[must_use]
    pub fn protocol(&self) -> Option<&[u8]> {
        self.attribute(Attribute::RequestProtocol)
    }

    /// A text in the filter state.
    #[must_use]
    pub fn filter_state(&self, name: &str) -> Option<&[u8]> {
        let callbacks = Callbacks::get()?;
        let (name, mut text) = (Bytes::of(name.as_bytes()), Bytes::absent());
        // SAFETY: the filter is valid (see `new`).
        unsafe { (callbacks.get_filter_state)(self.filter, name, &raw mut text) }
            // SAFETY: it stays until the hook ends.
            .then(|| unsafe { text.get() })
    }

    fn attribute(&self, attribute: Attribute) -> Option<&[u8]> {
        let callbacks = Callbacks::get()?;
        let mut text = Bytes::absent();
        // SAFETY: the filter is valid (see `new`).
        unsafe { (callbacks.get_attribute)(self.filter, attribute, &raw mut text) }
            // SAFETY: it stays until the hook ends.
            .then(|| unsafe { text.get() })
    }

    /// The length of the part of the body that has come with this call.
    #[must_use]
    pub fn body_length(&self) -> usize {
        Callbacks::get().map_or(0, |callbacks| {
            // SAFETY: the filter is valid (see `new`).
            unsafe { (callbacks.get_body_size)(self.filter, Part::Received) }
        })
    }

    /// Appends the part of the body that has come with this call to `to`, which is to be no longer than `longest`.
    pub fn read_body(&self, to: &mut Vec<u8>, longest: usize) {
        let Some(callbacks) = Callbacks::get() else {
            return;
        };
        // SAFETY: the filter is valid (see `new`).
        let count = unsafe { (callbacks.get_body_chunks_size)(self.filter, Part::Received) };
        let mut chunks = vec![Bytes::absent(); count];
        // SAFETY: as above, and there is room for all.
        if !unsafe { (callbacks.get_body_chunks)(self.filter, Part::Received, chunks.as_mut_ptr()) }
        {
            return;
        }
        for chunk in chunks {
            // SAFETY: they stay until the hook ends.
            let chunk = unsafe { chunk.get() };
            let room = longest.saturating_sub(to.len());
            to.extend(chunk.iter().take(room));
        }
    }

    /// Answers the request, with `details` for Envoy's access log.
    pub fn respond<'n, 'v>(
        &self,
        status: u16,
        headers: impl IntoIterator<Item = (&'n str, &'v [u8])>,
        body: &[u8],
        details: &str,
    ) {
        let Some(callbacks) = Callbacks::get() else {
            return;
        };
        let headers: Vec<_> = headers
            .into_iter()
            .map(|(name, value)| Pair::new(name, value))
            .collect();
        let body = if body.is_empty() {
            Bytes::absent()
        } else {
            Bytes::of(body)
        };
        let details = Bytes::of(details.as_bytes());
        // SAFETY: the filter is valid (see `new`). Envoy copies all the rest, and leaves the headers of the request as they are.
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

    /// What calls the filter for this stream.
    #[must_use]
    pub fn waker(&self) -> Waker {
        let shared = self.waker.get_or_init(|| {
            let shared = Shared::default();
            if let Some(callbacks) = Callbacks::get() {
                // SAFETY: the filter is valid (see `new`).
                shared.put(unsafe { (callbacks.scheduler_new)(self.filter) });
            }
            shared
        });
        Waker(shared.clone())
    }

    /// Adds one to a counter.
    pub fn count(&self, counter: Counter) {
        if let (Some(callbacks), Some(id)) = (Callbacks::get(), counter.0) {
            // SAFETY: the filter is valid (see `new`), and there are no labels.
            unsafe { (callbacks.add)(self.filter, id, ptr::null(), 0, 1) };
        }
    }
}

/// The response of a stream, while Envoy calls the filter.
#[derive(Debug)]
pub struct Response<'h>(Request<'h>);

impl<'h> Response<'h> {
    /// As [`Request::new`].
    ///
    /// # Safety
    ///
    /// As there.
    pub(crate) unsafe fn new(filter: *mut c_void, waker: &'h OnceCell<Shared>) -> Self {
        // SAFETY: the caller promises it.
        Self(unsafe { Request::new(filter, waker) })
    }

    /// The headers, with `:status` first.
    #[must_use]
    pub fn headers(&self) -> HeaderLines<'_> {
        // SAFETY: the filter is valid (see `new`), and a header is changed only by a `&mut self`.
        unsafe { HeaderLines::of(self.0.filter, Map::Response) }
    }

    /// Replaces all lines of a header with one, or removes them.
    pub fn set_header(&mut self, name: &str, value: Option<&[u8]>) {
        // SAFETY: the filter is valid (see `new`).
        unsafe { set_header(self.0.filter, Map::Response, name, value) }
    }
}

/// Replaces all lines of a header with one, or removes them.
///
/// # Safety
///
/// The filter is valid, and no headers of this map are borrowed.
unsafe fn set_header(filter: *mut c_void, map: Map, name: &str, value: Option<&[u8]>) {
    if let Some(callbacks) = Callbacks::get() {
        let name = Bytes::of(name.as_bytes());
        let value = value.map_or(Bytes::absent(), Bytes::of);
        // SAFETY: the caller promises it, and Envoy copies both.
        unsafe { (callbacks.set_header)(filter, map, name, value) };
    }
}
