//! What the exports of a [`Filter`] do.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_void};
use std::mem::ManuallyDrop;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

pub use crate::bytes::Bytes;
use crate::callbacks::{Callbacks, Level, log};
use crate::guard::guarded;
use crate::{Filter, Headers, Purpose, Request};

/// The ABI of Envoy 1.40. Envoy only warns if its own is another.
const VERSION: &CStr = c"v0.2.0";

/// A stream. While a hook uses what the filter keeps for it, other hooks do not find that.
struct Live<F: Filter> {
    filter: *const F,
    stream: Cell<Option<F::Stream>>,
}

/// The version of the ABI; null refuses to be loaded.
#[must_use]
pub fn program_init() -> *const c_char {
    match guarded("program_init", Callbacks::load) {
        Some(true) => VERSION.as_ptr(),
        _ => ptr::null(),
    }
}

/// A new configuration; null refuses it.
///
/// # Safety
///
/// Called by Envoy.
#[must_use]
pub unsafe fn config_new<F: Filter>(configuration: Bytes<'_>) -> *const c_void {
    let configure = || {
        // SAFETY: the bytes are Envoy's, and stay for as long as the hook runs.
        F::configure(unsafe { configuration.get() }, purpose())
    };
    match guarded("http_filter_config_new", configure) {
        Some(Ok(filter)) => Arc::into_raw(Arc::new(filter)).cast(),
        Some(Err(error)) => {
            log(Level::Error, &error);
            ptr::null()
        }
        None => ptr::null(),
    }
}

fn purpose() -> Purpose {
    match Callbacks::get() {
        // SAFETY: it has no arguments, and the hook is called on the main thread.
        Some(callbacks) if unsafe { (callbacks.is_validation_mode)() } => Purpose::Validate,
        _ => Purpose::Serve,
    }
}

/// The end of a configuration.
///
/// # Safety
///
/// Called by Envoy, with a result of [`config_new`], once, and after all its streams.
pub unsafe fn config_destroy<F: Filter>(filter: *const c_void) {
    // SAFETY: nothing uses it any more (see above).
    let filter = unsafe { Arc::from_raw(filter.cast::<F>()) };
    guarded("http_filter_config_destroy", || drop(filter));
}

/// A new stream; null closes it.
///
/// # Safety
///
/// Called by Envoy, with a result of [`config_new`].
#[must_use]
pub unsafe fn new<F: Filter>(filter: *const c_void) -> *const c_void {
    let filter = filter.cast::<F>();
    // SAFETY: Envoy keeps a configuration for as long as it has streams.
    let begin = || unsafe { &*filter }.begin();
    guarded("http_filter_new", begin).map_or(ptr::null(), |stream| {
        let stream = Cell::new(Some(stream));
        Rc::into_raw(Rc::new(Live { filter, stream })).cast()
    })
}

/// The headers of a request have come.
///
/// # Safety
///
/// Called by Envoy, with its filter and a result of [`new`].
#[must_use]
pub unsafe fn request_headers<F: Filter>(
    envoy: *mut c_void,
    live: *const c_void,
    is_last: bool,
) -> Headers {
    // SAFETY: Envoy's filter is valid while the hook runs.
    let mut request = unsafe { Request::new(envoy) };
    // SAFETY: it is a result of `new`.
    let live = unsafe { hold::<F>(live) };
    let Some(mut stream) = live.stream.take() else {
        return Headers::Continue;
    };
    // SAFETY: Envoy keeps a configuration for as long as it has streams.
    let filter = unsafe { &*live.filter };
    let judge = || filter.request_headers(&mut stream, &mut request, is_last);
    match guarded("http_filter_request_headers", judge) {
        Some(headers) => {
            live.stream.set(Some(stream));
            headers
        }
        None => {
            guarded("http_filter_request_headers", || drop(stream));
            request.respond(503, &[], b"", "intermission_panic");
            Headers::Stop
        }
    }
}

/// A stream has ended.
///
/// # Safety
///
/// As [`request_headers`].
pub unsafe fn stream_complete<F: Filter>(live: *const c_void) {
    // SAFETY: it is a result of `new`.
    let live = unsafe { hold::<F>(live) };
    guarded("http_filter_stream_complete", || drop(live.stream.take()));
}

/// Envoy forgets a stream.
///
/// # Safety
///
/// Called by Envoy, with a result of [`new`], and once.
pub unsafe fn destroy<F: Filter>(live: *const c_void) {
    // SAFETY: Envoy does not use it any more.
    let live = unsafe { Rc::from_raw(live.cast::<Live<F>>()) };
    guarded("http_filter_destroy", || drop(live));
}

/// A stream, which stays while this is there, even if Envoy destroys it meanwhile.
///
/// # Safety
///
/// It is a result of [`new`] that is not destroyed, and the thread is that of its worker.
unsafe fn hold<F: Filter>(live: *const c_void) -> Rc<Live<F>> {
    // SAFETY: it is the `Rc` of `new` (see above), which is not dropped here.
    let live = ManuallyDrop::new(unsafe { Rc::from_raw(live.cast::<Live<F>>()) });
    Rc::clone(&live)
}

#[cfg(test)]
mod tests;
