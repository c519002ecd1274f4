use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::*;
use crate::bytes::Pair;
use crate::callbacks::Map;

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static RESPONSES: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static STREAMS: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn log_line(level: Level, line: Bytes<'_>) {
    // SAFETY: the hooks pass bytes that are there.
    let line = String::from_utf8_lossy(unsafe { line.get() }).into_owned();
    LINES.lock().unwrap().push(format!("{level:?}: {line}"));
}

unsafe extern "C" fn is_validation_mode() -> bool {
    false
}

unsafe extern "C" fn get_headers_size(_: *mut c_void, _: Map) -> usize {
    0
}

unsafe extern "C" fn get_headers(_: *mut c_void, _: Map, _: *mut Pair<'_>) -> bool {
    false
}

unsafe extern "C" fn get_direct_remote_address(_: *mut c_void, _: *mut Bytes<'_>) -> bool {
    false
}

unsafe extern "C" fn send_response(
    _: *mut c_void,
    status: u32,
    _: *const Pair<'_>,
    _: usize,
    _: Bytes<'_>,
    _: Bytes<'_>,
) {
    RESPONSES.lock().unwrap().push(status);
}

/// Has the tests run one after the other, since they share what is logged.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    Callbacks::fake(Callbacks {
        log: log_line,
        is_validation_mode,
        get_headers_size,
        get_headers,
        get_direct_remote_address,
        send_response,
    });
    LINES.lock().unwrap().clear();
    RESPONSES.lock().unwrap().clear();
    alone
}

/// Does what its configuration says.
struct Scripted(String);

struct Running;

impl Running {
    fn new() -> Self {
        STREAMS.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        STREAMS.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Filter for Scripted {
    type Stream = Running;

    fn configure(configuration: &[u8], purpose: Purpose) -> Result<Self, String> {
        assert_eq!(purpose, Purpose::Serve);
        match std::str::from_utf8(configuration).unwrap() {
            "refuse" => Err("it is no configuration".into()),
            "panic" => panic!("by configuration"),
            script => Ok(Self(script.into())),
        }
    }

    fn begin(&self) -> Running {
        assert_ne!(self.0, "panic at the begin");
        Running::new()
    }

    fn request_headers(&self, _: &mut Running, request: &mut Request<'_>, _: bool) -> Headers {
        assert_ne!(self.0, "panic at the headers");
        if self.0 == "answer" {
            request.respond(418, &[("x-by", b"test")], b"tea", "teapot");
            return Headers::Stop;
        }
        Headers::Continue
    }
}

fn configured(script: &str) -> *const c_void {
    // SAFETY: the bytes are there.
    unsafe { config_new::<Scripted>(Bytes::of(script.as_bytes())) }
}

/// What a stream of this filter gets, from its begin to its end.
fn stream(script: &str) -> Headers {
    let filter = configured(script);
    // SAFETY: as Envoy calls them.
    unsafe {
        let live = new::<Scripted>(filter);
        assert_eq!(STREAMS.load(Ordering::SeqCst), 1);
        let headers = request_headers::<Scripted>(ptr::null_mut(), live, true);
        stream_complete::<Scripted>(live);
        assert_eq!(STREAMS.load(Ordering::SeqCst), 0);
        destroy::<Scripted>(live);
        config_destroy::<Scripted>(filter);
        headers
    }
}

fn lines() -> String {
    LINES.lock().unwrap().join("\n")
}

#[test]
fn a_stream_is_answered_or_goes_on_as_the_filter_says() {
    let _alone = alone();
    assert_eq!(stream("continue"), Headers::Continue);
    assert_eq!(*RESPONSES.lock().unwrap(), []);
    assert_eq!(stream("answer"), Headers::Stop);
    assert_eq!(*RESPONSES.lock().unwrap(), [418]);
    assert_eq!(lines(), "");
}

#[test]
fn a_refused_configuration_is_null_and_logged() {
    let _alone = alone();
    assert!(configured("refuse").is_null());
    assert!(configured("panic").is_null());
    assert_eq!(
        lines(),
        "Error: it is no configuration\nError: a panic in http_filter_config_new: by configuration"
    );
}

#[test]
fn a_request_whose_headers_cause_a_panic_is_answered_with_503() {
    let _alone = alone();
    assert_eq!(stream("panic at the headers"), Headers::Stop);
    assert_eq!(*RESPONSES.lock().unwrap(), [503]);
    assert!(lines().contains("a panic in http_filter_request_headers: "));
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
