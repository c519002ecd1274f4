mod envoy;

use std::sync::atomic::{AtomicUsize, Ordering};

use self::envoy::{alone, called};
use super::*;
use crate::{Counter, Waker};

static STREAMS: AtomicUsize = AtomicUsize::new(0);

/// Does what its configuration says.
struct Scripted {
    script: String,
    counter: Counter,
}

struct Running(Option<Waker>);

thread_local!(static LIVE: Cell<*const c_void> = const { Cell::new(ptr::null()) });

impl Running {
    fn new() -> Self {
        STREAMS.fetch_add(1, Ordering::SeqCst);
        Self(None)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        STREAMS.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Filter for Scripted {
    type Stream = Running;

    fn configure(
        configuration: &[u8],
        purpose: Purpose,
        definitions: &Definitions<'_>,
    ) -> Result<Self, String> {
        assert_eq!(purpose, Purpose::Serve);
        let counter = definitions.counter("seven");
        match std::str::from_utf8(configuration).unwrap() {
            "refuse" => Err("it is no configuration".into()),
            "panic" => panic!("by configuration"),
            script => {
                definitions.waker().wake();
                let script = script.into();
                Ok(Self { script, counter })
            }
        }
    }

    fn begin(&self) -> Running {
        assert_ne!(self.script, "panic at the begin");
        Running::new()
    }

    fn request_headers(&self, stream: &mut Running, request: &mut Request<'_>, _: bool) -> Headers {
        assert_ne!(self.script, "panic at the headers");
        match &*self.script {
            "answer" => {
                request.count(self.counter);
                request.respond(418, [("x-by", &b"test"[..])], b"tea", "teapot");
                Headers::Stop
            }
            "hold" => {
                stream.0 = Some(request.waker());
                Headers::Hold
            }
            // Envoy may end a stream in an answer.
            "end" | "end and panic" => {
                // SAFETY: as Envoy calls it.
                unsafe { stream_complete::<Self>(LIVE.get()) };
                request.waker().wake();
                assert_ne!(self.script, "end and panic");
                Headers::Stop
            }
            _ => Headers::Continue,
        }
    }

    fn request_body(&self, _: &mut Running, _: &mut Request<'_>, is_last: bool) -> Body {
        assert_ne!(self.script, "panic at the body");
        if is_last { Body::Drop } else { Body::Continue }
    }

    fn response_headers(&self, _: &mut Running, response: &mut Response<'_>) {
        assert_ne!(self.script, "panic at the response");
        response.set_header("x-by", None);
    }

    fn woken(&self, stream: &mut Running, _: &mut Request<'_>) -> Next {
        assert!(stream.0.is_some());
        Next::Resume
    }

    fn config_woken(&self, metrics: &Metrics<'_>) {
        metrics.add(self.counter, 3);
    }

    fn shut_down() {
        panic!("at the end");
    }
}

const ENVOY: *mut c_void = ptr::null_mut();

fn configured(script: &str) -> *const c_void {
    // SAFETY: the bytes are there.
    unsafe { config_new::<Scripted>(ENVOY, Bytes::of(script.as_bytes())) }
}

/// A stream of a filter with this script, which is shown to `work`, and what was called.
fn stream<T>(script: &str, work: impl FnOnce(*const c_void) -> T) -> (T, Vec<String>) {
    let filter = configured(script);
    assert_eq!(called(), ["wake"]);
    // SAFETY: as Envoy calls them.
    unsafe {
        let live = new::<Scripted>(filter);
        assert_eq!(STREAMS.load(Ordering::SeqCst), 1);
        let result = work(live);
        stream_complete::<Scripted>(live);
        assert_eq!(STREAMS.load(Ordering::SeqCst), 0);
        destroy::<Scripted>(live);
        let calls = called();
        config_destroy::<Scripted>(filter);
        assert_eq!(called(), ["delete"]);
        (result, calls)
    }
}

fn headers(live: *const c_void) -> Headers {
    // SAFETY: as Envoy calls it.
    unsafe { request_headers::<Scripted>(ENVOY, live, true) }
}

#[test]
fn a_stream_is_answered_or_goes_on_as_the_filter_says() {
    let _alone = alone();
    assert_eq!(stream("continue", headers), (Headers::Continue, Vec::new()));
    let (status, calls) = stream("answer", headers);
    assert_eq!(status, Headers::Stop);
    assert_eq!(calls, ["metric 5: 1", "respond 418"]);
}

#[test]
fn a_held_stream_is_woken_until_it_ends() {
    let _alone = alone();
    let mut waker = None;
    let (status, calls) = stream("hold", |live| {
        let status = headers(live);
        // SAFETY: as Envoy calls it, on the thread of the stream.
        let running = unsafe { hold::<Scripted>(live) };
        let stream = running.stream.take().unwrap();
        waker = stream.0.clone();
        running.stream.set(Some(stream));
        waker.as_ref().unwrap().wake();
        // SAFETY: as Envoy calls it.
        unsafe { scheduled::<Scripted>(ENVOY, live) };
        status
    });
    assert_eq!(status, Headers::Hold);
    assert_eq!(calls, ["wake", "resume", "delete"]);
    waker.unwrap().wake();
    assert_eq!(called(), [""; 0], "the stream has ended");
}

#[test]
fn a_stream_that_ends_in_a_hook_is_dropped_and_nothing_more_is_called_for_it() {
    let _alone = alone();
    let ends = |live| {
        LIVE.set(live);
        let status = headers(live);
        assert_eq!(STREAMS.load(Ordering::SeqCst), 0);
        status
    };
    assert_eq!(stream("end", ends), (Headers::Stop, Vec::new()));
    let (status, calls) = stream("end and panic", ends);
    assert_eq!(status, Headers::Stop);
    assert_eq!(calls.len(), 1, "{calls:?}");
}

#[test]
fn a_refused_configuration_is_null_and_logged() {
    let _alone = alone();
    assert!(configured("refuse").is_null());
    assert_eq!(called(), ["Error: it is no configuration", "delete"]);
    assert!(configured("panic").is_null());
    let said = "Error: a panic in http_filter_config_new: by configuration";
    assert_eq!(called(), [said, "delete"]);
}

#[test]
fn a_request_that_causes_a_panic_is_answered_with_503() {
    let _alone = alone();
    let (status, calls) = stream("panic at the headers", |live| {
        // What comes of the request after its answer goes no further.
        // SAFETY: as Envoy calls it.
        (headers(live), unsafe {
            request_body::<Scripted>(ENVOY, live, true)
        })
    });
    assert_eq!(status, (Headers::Stop, Body::Continue));
    assert!(calls[0].contains("a panic in http_filter_request_headers: "));
    assert_eq!(calls[1..], ["respond 503"]);
    let (status, calls) = stream("panic at the body", |live| {
        // SAFETY: as Envoy calls it.
        unsafe { request_body::<Scripted>(ENVOY, live, false) }
    });
    assert_eq!(status, Body::Drop);
    assert_eq!(calls[1..], ["respond 503"]);
}

#[test]
fn a_panic_at_the_response_is_logged_and_the_response_goes_on() {
    let _alone = alone();
    let respond = |live| {
        // SAFETY: as Envoy calls it.
        unsafe { response_headers::<Scripted>(ENVOY, live) }
    };
    let (_, calls) = stream("panic at the response", respond);
    assert_eq!(calls.len(), 1, "{calls:?}");
    let (_, calls) = stream("continue", respond);
    assert_eq!(calls, ["Response x-by"]);
}

#[test]
fn a_stream_whose_begin_panics_is_closed() {
    let _alone = alone();
    let filter = configured("panic at the begin");
    // SAFETY: as Envoy calls them.
    unsafe {
        assert!(new::<Scripted>(filter).is_null());
        config_destroy::<Scripted>(filter);
    }
}

#[test]
fn a_stream_without_an_end_is_dropped_when_envoy_forgets_it() {
    let _alone = alone();
    let filter = configured("continue");
    // SAFETY: as Envoy calls them.
    unsafe {
        let live = new::<Scripted>(filter);
        destroy::<Scripted>(live);
        config_destroy::<Scripted>(filter);
    }
    assert_eq!(STREAMS.load(Ordering::SeqCst), 0);
}

#[test]
fn a_configuration_counts_outside_of_streams() {
    let _alone = alone();
    let filter = configured("continue");
    called();
    // SAFETY: as Envoy calls them.
    unsafe {
        config_scheduled::<Scripted>(ENVOY, filter);
        assert_eq!(called(), ["metric 5: 3"]);
        config_destroy::<Scripted>(filter);
    }
}

#[test]
fn envoy_need_wait_for_nothing_at_its_start_and_not_for_a_panic_at_its_end() {
    static DONE: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C" fn done(_: *mut c_void) {
        DONE.fetch_add(1, Ordering::SeqCst);
    }
    let _alone = alone();
    // SAFETY: as Envoy calls them.
    unsafe {
        assert!(!bootstrap_config_new(ENVOY).is_null());
        assert_eq!(called(), ["complete"]);
        shutdown::<Scripted>(done, ENVOY);
    }
    assert_eq!(DONE.load(Ordering::SeqCst), 1);
}
