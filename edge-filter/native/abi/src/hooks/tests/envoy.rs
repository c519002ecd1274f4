//! What stands for Envoy: it keeps what is called, and gives little.

use std::ffi::c_void;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bytes::{Bytes, Pair};
use crate::callbacks::{Attribute, Callbacks, Level, Map, Part};

/// What was called, in order.
static CALLS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Has the tests run one after the other, since they share what is called.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    Callbacks::fake(FAKE);
    calls().clear();
    alone
}

pub(super) fn calls() -> MutexGuard<'static, Vec<String>> {
    CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was called since the last time.
pub(super) fn called() -> Vec<String> {
    std::mem::take(&mut *calls())
}

fn call(what: impl Into<String>) {
    calls().push(what.into());
}

const FAKE: Callbacks = Callbacks {
    log,
    is_validation_mode,
    get_headers_size,
    get_headers,
    get_direct_remote_address: no_text,
    set_header,
    get_attribute,
    get_filter_state,
    get_body_size,
    get_body_chunks_size: get_body_size,
    get_body_chunks,
    send_response,
    continue_decoding,
    scheduler_new,
    scheduler_commit,
    scheduler_delete,
    config_scheduler_new: scheduler_new,
    config_scheduler_commit: scheduler_commit,
    config_scheduler_delete: scheduler_delete,
    define_counter: define,
    define_gauge: define,
    add: record,
    config_add: record,
    config_set: record,
    signal_init_complete,
};

unsafe extern "C" fn log(level: Level, line: Bytes<'_>) {
    call(format!("{level:?}: {}", text(line)));
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

unsafe extern "C" fn no_text(_: *mut c_void, _: *mut Bytes<'_>) -> bool {
    false
}

unsafe extern "C" fn set_header(_: *mut c_void, map: Map, name: Bytes<'_>, _: Bytes<'_>) -> bool {
    call(format!("{map:?} {}", text(name)));
    true
}

unsafe extern "C" fn get_attribute(_: *mut c_void, _: Attribute, _: *mut Bytes<'_>) -> bool {
    false
}

unsafe extern "C" fn get_filter_state(_: *mut c_void, _: Bytes<'_>, _: *mut Bytes<'_>) -> bool {
    false
}

unsafe extern "C" fn get_body_size(_: *mut c_void, _: Part) -> usize {
    0
}

unsafe extern "C" fn get_body_chunks(_: *mut c_void, _: Part, _: *mut Bytes<'_>) -> bool {
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
    call(format!("respond {status}"));
}

unsafe extern "C" fn continue_decoding(_: *mut c_void) {
    call("resume");
}

/// Any place but null.
static SCHEDULER: u8 = 0;

unsafe extern "C" fn scheduler_new(_: *mut c_void) -> *mut c_void {
    (&raw const SCHEDULER).cast_mut().cast()
}

unsafe extern "C" fn scheduler_commit(_: *mut c_void, _: u64) {
    call("wake");
}

unsafe extern "C" fn scheduler_delete(_: *mut c_void) {
    call("delete");
}

unsafe extern "C" fn define(
    _: *mut c_void,
    name: Bytes<'_>,
    _: *const Bytes<'_>,
    _: usize,
    id: *mut usize,
) -> u32 {
    let name = text(name);
    // SAFETY: the caller has room for it.
    unsafe { *id = name.len() };
    u32::from(name.is_empty())
}

unsafe extern "C" fn record(
    _: *mut c_void,
    id: usize,
    _: *const Bytes<'_>,
    _: usize,
    value: u64,
) -> u32 {
    call(format!("metric {id}: {value}"));
    0
}

unsafe extern "C" fn signal_init_complete(_: *mut c_void) {
    call("complete");
}

fn text(bytes: Bytes<'_>) -> String {
    // SAFETY: the hooks pass bytes that are there.
    String::from_utf8_lossy(unsafe { bytes.get() }).into_owned()
}
