//! What the exports of a [`Filter`] do.

use std::cell::{Cell, OnceCell};
use std::ffi::{CStr, c_char, c_void};
use std::mem::ManuallyDrop;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

pub use crate::bytes::Bytes;
use crate::callbacks::{Callbacks, Level, log};
use crate::guard::guarded;
use crate::metrics::{Definitions, Metrics};
use crate::waker::{ConfigWaker, Shared};
use crate::{Body, Filter, Headers, Next, Purpose, Request, Response, Trailers};

/// The ABI of Envoy 1.40. Envoy only warns if its own is another.
const VERSION: &CStr = c"v0.2.0";

/// A configuration.
struct Configured<F> {
    filter: F,
    waker: ConfigWaker,
}

impl<F> Drop for Configured<F> {
    fn drop(&mut self) {
        self.waker
            .0
            .take(|callbacks| callbacks.config_scheduler_delete);
    }
}

/// A stream. While a hook uses what the filter keeps for it, other hooks do not find that.
struct Live<F: Filter> {
    configured: *const Configured<F>,
    stream: Cell<Option<F::Stream>>,
    waker: OnceCell<Shared>,
    /// A hook may still use what is kept for the stream.
    has_ended: Cell<bool>,
}

impl<F: Filter> Live<F> {
    /// The stream has ended, and so nothing wakes it any more.
    fn end(&self) {
        self.has_ended.set(true);
        let waker = self.waker.get_or_init(Shared::default);
        waker.take(|callbacks| callbacks.scheduler_delete);
        drop(self.stream.take());
    }

    /// Keeps a stream again that a hook has used.
    fn put_back(&self, stream: F::Stream) {
        if !self.has_ended.get() {
            self.stream.set(Some(stream));
        }
    }
}

impl<F: Filter> Drop for Live<F> {
    fn drop(&mut self) {
        self.end();
    }
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
/// Called by Envoy, with its configuration.
#[must_use]
pub unsafe fn config_new<F: Filter>(envoy: *mut c_void, configuration: Bytes<'_>) -> *const c_void {
    let waker = ConfigWaker::default();
    if let Some(callbacks) = Callbacks::get() {
        // SAFETY: Envoy's configuration is valid.
        waker
            .0
            .put(unsafe { (callbacks.config_scheduler_new)(envoy) });
    }
    // SAFETY: as above, while the hook runs.
    let definitions = unsafe { Definitions::new(envoy, &waker) };
    let configure = || {
        // SAFETY: the bytes are Envoy's, and stay for as long as the hook runs.
        F::configure(unsafe { configuration.get() }, purpose(), &definitions)
    };
    let configured = guarded("http_filter_config_new", configure);
    match configured {
        Some(Ok(filter)) => Arc::into_raw(Arc::new(Configured { filter, waker })).cast(),
        refused => {
            if let Some(Err(error)) = refused {
                log(Level::Error, &error);
            }
            waker.0.take(|callbacks| callbacks.config_scheduler_delete);
            ptr::null()
        }
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
pub unsafe fn config_destroy<F: Filter>(configured: *const c_void) {
    // SAFETY: nothing uses it any more (see above).
    let configured = unsafe { Arc::from_raw(configured.cast::<Configured<F>>()) };
    guarded("http_filter_config_destroy", || drop(configured));
}

/// The waker of a configuration was called.
///
/// # Safety
///
/// Called by Envoy, with its configuration and a result of [`config_new`].
pub unsafe fn config_scheduled<F: Filter>(envoy: *mut c_void, configured: *const c_void) {
    // SAFETY: Envoy keeps it while the hook runs.
    let configured = unsafe { &*configured.cast::<Configured<F>>() };
    // SAFETY: Envoy's configuration is valid while the hook runs.
    let metrics = unsafe { Metrics::new(envoy) };
    guarded("http_filter_config_scheduled", || {
        configured.filter.config_woken(&metrics)
    });
}

/// A new stream; null closes it.
///
/// # Safety
///
/// Called by Envoy, with a result of [`config_new`].
#[must_use]
pub unsafe fn new<F: Filter>(configured: *const c_void) -> *const c_void {
    let configured = configured.cast::<Configured<F>>();
    // SAFETY: Envoy keeps a configuration for as long as it has streams.
    let begin = || unsafe { &*configured }.filter.begin();
    guarded("http_filter_new", begin).map_or(ptr::null(), |stream| {
        let live = Live {
            configured,
            stream: Cell::new(Some(stream)),
            waker: OnceCell::new(),
            has_ended: Cell::new(false),
        };
        Rc::into_raw(Rc::new(live)).cast()
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
    let judge = |filter: &F, stream: &mut F::Stream, request: &mut Request<'_>| {
        filter.request_headers(stream, request, is_last)
    };
    // SAFETY: as here.
    unsafe { with_request("http_filter_request_headers", envoy, live, judge) }
        .unwrap_or(Headers::Continue, Headers::Stop)
}

/// A part of the body of a request has come.
///
/// # Safety
///
/// As [`request_headers`].
#[must_use]
pub unsafe fn request_body<F: Filter>(
    envoy: *mut c_void,
    live: *const c_void,
    is_last: bool,
) -> Body {
    let take = |filter: &F, stream: &mut F::Stream, request: &mut Request<'_>| {
        filter.request_body(stream, request, is_last)
    };
    // SAFETY: as here.
    unsafe { with_request("http_filter_request_body", envoy, live, take) }
        .unwrap_or(Body::Continue, Body::Drop)
}

/// The trailers of a request have come.
///
/// # Safety
///
/// As [`request_headers`].
#[must_use]
pub unsafe fn request_trailers<F: Filter>(envoy: *mut c_void, live: *const c_void) -> Trailers {
    // SAFETY: as here.
    unsafe {
        with_request(
            "http_filter_request_trailers",
            envoy,
            live,
            F::request_trailers,
        )
    }
    .unwrap_or(Trailers::Continue, Trailers::Stop)
}

/// The waker of a stream was called.
///
/// # Safety
///
/// As [`request_headers`].
pub unsafe fn scheduled<F: Filter>(envoy: *mut c_void, live: *const c_void) {
    // SAFETY: as here.
    let next = unsafe { with_request("http_filter_scheduled", envoy, live, F::woken) };
    // The response may come while the request is resumed, when the stream is there again.
    if let (Next::Resume, Some(callbacks)) =
        (next.unwrap_or(Next::Stay, Next::Stay), Callbacks::get())
    {
        // SAFETY: Envoy's filter is valid while the hook runs.
        unsafe { (callbacks.continue_decoding)(envoy) }
    }
}

/// The headers of a response have come.
///
/// # Safety
///
/// As [`request_headers`].
pub unsafe fn response_headers<F: Filter>(envoy: *mut c_void, live: *const c_void) {
    // SAFETY: it is a result of `new`.
    let live = unsafe { hold::<F>(live) };
    let Some(mut stream) = live.stream.take() else {
        return;
    };
    // SAFETY: Envoy's filter is valid while the hook runs, and keeps a configuration for as long as it has streams.
    let (mut response, configured) =
        unsafe { (Response::new(envoy, &live.waker), &*live.configured) };
    let see = || {
        configured
            .filter
            .response_headers(&mut stream, &mut response)
    };
    guarded("http_filter_response_headers", see);
    guarded("http_filter_response_headers", || live.put_back(stream));
}

/// What became of a hook.
enum Outcome<T> {
    Done(T),
    /// The stream has ended, or another hook uses it.
    Absent,
    /// The request is answered.
    Panicked,
}

impl<T> Outcome<T> {
    fn unwrap_or(self, absent: T, panicked: T) -> T {
        match self {
            Self::Done(done) => done,
            Self::Absent => absent,
            Self::Panicked => panicked,
        }
    }
}

/// Does the work of a hook with the request. A request that causes a panic is answered with 503.
///
/// # Safety
///
/// As [`request_headers`].
unsafe fn with_request<F: Filter, T>(
    hook: &str,
    envoy: *mut c_void,
    live: *const c_void,
    work: impl FnOnce(&F, &mut F::Stream, &mut Request<'_>) -> T,
) -> Outcome<T> {
    // SAFETY: it is a result of `new`.
    let live = unsafe { hold::<F>(live) };
    let Some(mut stream) = live.stream.take() else {
        return Outcome::Absent;
    };
    // SAFETY: Envoy's filter is valid while the hook runs, and keeps a configuration for as long as it has streams.
    let (mut request, configured) =
        unsafe { (Request::new(envoy, &live.waker), &*live.configured) };
    match guarded(hook, || work(&configured.filter, &mut stream, &mut request)) {
        Some(done) => {
            guarded(hook, || live.put_back(stream));
            Outcome::Done(done)
        }
        None => {
            guarded(hook, || drop(stream));
            if !live.has_ended.get() {
                request.respond(503, [], b"", "intermission_panic");
            }
            Outcome::Panicked
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
    guarded("http_filter_stream_complete", || live.end());
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

/// A bootstrap extension is loaded, without which Envoy begins to serve at once.
///
/// # Safety
///
/// Called by Envoy, with its configuration.
#[must_use]
pub unsafe fn bootstrap_config_new(envoy: *mut c_void) -> *const c_void {
    if let Some(callbacks) = Callbacks::get() {
        // SAFETY: Envoy's configuration is valid.
        unsafe { (callbacks.signal_init_complete)(envoy) };
    }
    NOTHING
}

/// What Envoy keeps for an extension that keeps nothing; null would refuse it.
pub const NOTHING: *const c_void = ptr::dangling();

/// Envoy is about to exit.
///
/// # Safety
///
/// Called by Envoy, with what it waits for.
pub unsafe fn shutdown<F: Filter>(done: unsafe extern "C" fn(*mut c_void), context: *mut c_void) {
    guarded("bootstrap_extension_shutdown", F::shut_down);
    // SAFETY: it is Envoy's, and called once.
    unsafe { done(context) };
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
