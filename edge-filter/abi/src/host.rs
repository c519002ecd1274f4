//! The calls to Envoy. A call that fails returns nothing.

use std::ptr::null_mut;
use std::time::Duration;

use crate::Pairs;

/// The result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Status(u32);

impl Status {
    /// Success.
    pub const OK: Self = Self(0);
    /// A name that does not exist, such as that of a cluster.
    pub const BAD_ARGUMENT: Self = Self(2);

    fn done(self) -> Result<(), Self> {
        if self == Self::OK { Ok(()) } else { Err(self) }
    }
}

/// A level of Envoy's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum LogLevel {
    /// For operators.
    Info = 2,
    /// A condition that needs attention.
    Warn = 3,
    /// A failure.
    Error = 4,
}

/// A map of headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Map {
    /// The headers of the request, with the pseudo-headers.
    Request = 0,
    /// The headers of the response.
    Response = 2,
    /// The headers of the response to an HTTP call.
    CallResponse = 6,
}

/// A buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Buffer {
    /// The part of a request's body that has come.
    RequestBody = 0,
    /// The body of the response to an HTTP call.
    CallResponseBody = 4,
    /// The configuration of the plugin.
    PluginConfiguration = 7,
}

/// A kind of metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Metric {
    /// A counter.
    Counter = 0,
    /// A gauge.
    Gauge = 1,
}

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_log(level: LogLevel, data: *const u8, size: usize) -> Status;
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> Status;
    safe fn proxy_set_tick_period_milliseconds(period: u32) -> Status;
    fn proxy_get_buffer_bytes(
        buffer: Buffer,
        start: usize,
        longest: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> Status;
    fn proxy_get_header_map_pairs(map: Map, data: *mut *mut u8, size: *mut usize) -> Status;
    fn proxy_get_header_map_value(
        map: Map,
        name: *const u8,
        name_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> Status;
    fn proxy_replace_header_map_value(
        map: Map,
        name: *const u8,
        name_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> Status;
    fn proxy_remove_header_map_value(map: Map, name: *const u8, name_size: usize) -> Status;
    fn proxy_get_property(
        path: *const u8,
        path_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> Status;
    fn proxy_get_shared_data(
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
        cas: *mut u32,
    ) -> Status;
    fn proxy_set_shared_data(
        key: *const u8,
        key_size: usize,
        data: *const u8,
        size: usize,
        cas: u32,
    ) -> Status;
    fn proxy_register_shared_queue(name: *const u8, name_size: usize, queue: *mut u32) -> Status;
    fn proxy_dequeue_shared_queue(queue: u32, data: *mut *mut u8, size: *mut usize) -> Status;
    fn proxy_enqueue_shared_queue(queue: u32, data: *const u8, size: usize) -> Status;
    safe fn proxy_continue_stream(stream: u32) -> Status;
    safe fn proxy_set_effective_context(context: u32) -> Status;
    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: i32,
    ) -> Status;
    fn proxy_http_call(
        cluster: *const u8,
        cluster_size: usize,
        headers: *const u8,
        headers_size: usize,
        body: *const u8,
        body_size: usize,
        trailers: *const u8,
        trailers_size: usize,
        milliseconds: u32,
        token: *mut u32,
    ) -> Status;
    fn proxy_define_metric(
        metric: Metric,
        name: *const u8,
        name_size: usize,
        id: *mut u32,
    ) -> Status;
    fn proxy_get_metric(id: u32, value: *mut u64) -> Status;
    safe fn proxy_record_metric(id: u32, value: u64) -> Status;
    safe fn proxy_increment_metric(id: u32, by: i64) -> Status;
}

/// The bytes that a call returns, if any.
fn given(call: impl FnOnce(*mut *mut u8, *mut usize) -> Status) -> Option<Vec<u8>> {
    let (mut data, mut size) = (null_mut(), 0);
    let status = call(&raw mut data, &raw mut size);
    if status != Status::OK {
        return None;
    }
    if data.is_null() {
        return Some(Vec::new());
    }
    // SAFETY: the host has got these bytes, so many, from `allocate`, has written them, and leaves them to us.
    Some(unsafe { Vec::from_raw_parts(data, size, size) })
}

/// Writes a line to Envoy's log.
pub fn log(level: LogLevel, message: &str) {
    // SAFETY: the host reads the message before it returns.
    let _ = unsafe { proxy_log(level, message.as_ptr(), message.len()) };
}

/// The time since 1970 by the wall clock.
#[must_use]
pub fn now() -> Duration {
    let mut time = 0;
    // SAFETY: the host writes to a variable that is there.
    let _ = unsafe { proxy_get_current_time_nanoseconds(&raw mut time) };
    Duration::from_nanos(time)
}

/// Sets the tick period of the current root context, in milliseconds; 0 stops the ticks.
pub fn set_tick_period(milliseconds: u32) {
    let _ = proxy_set_tick_period_milliseconds(milliseconds);
}

/// The content of a buffer, up to `length` bytes.
#[must_use]
pub fn buffer(buffer: Buffer, longest: usize) -> Option<Vec<u8>> {
    // SAFETY: see `given`.
    given(|data, size| unsafe { proxy_get_buffer_bytes(buffer, 0, longest, data, size) })
}

/// All headers of a map.
#[must_use]
pub fn headers(map: Map) -> Option<Pairs> {
    // SAFETY: see `given`.
    let bytes = given(|data, size| unsafe { proxy_get_header_map_pairs(map, data, size) });
    bytes.map(Pairs::new)
}

/// The value of a header; several are joined by commas.
#[must_use]
pub fn header(map: Map, name: &str) -> Option<Vec<u8>> {
    // SAFETY: the host reads the name before it returns; for the rest see `given`.
    given(|data, size| unsafe {
        proxy_get_header_map_value(map, name.as_ptr(), name.len(), data, size)
    })
}

/// Replaces all headers of that name with one, or removes them.
pub fn set_header(map: Map, name: &str, value: Option<&[u8]>) {
    let (data, size) = (name.as_ptr(), name.len());
    // SAFETY: the host reads name and value before it returns.
    let _ = unsafe {
        match value {
            Some(value) => {
                proxy_replace_header_map_value(map, data, size, value.as_ptr(), value.len())
            }
            None => proxy_remove_header_map_value(map, data, size),
        }
    };
}

/// An attribute (Envoy docs, "Attributes"), by the parts of its name with a zero byte between them.
#[must_use]
pub fn property(path: &str) -> Option<Vec<u8>> {
    // SAFETY: the host reads the path before it returns; for the rest see `given`.
    given(|data, size| unsafe { proxy_get_property(path.as_ptr(), path.len(), data, size) })
}

/// A value in the data that all VMs of a `vm_id` share, and the token of this version of it.
#[must_use]
pub fn shared_data(key: &str) -> Option<(Vec<u8>, u32)> {
    let mut cas = 0;
    let token = &raw mut cas;
    // SAFETY: the host reads the key before it returns, and writes to a variable that is there; for the rest see `given`.
    let value = given(|data, size| unsafe {
        proxy_get_shared_data(key.as_ptr(), key.len(), data, size, token)
    })?;
    Some((value, cas))
}

/// Sets a value in shared data, but with a token only in the place of that version.
///
/// # Errors
///
/// If another version is there.
pub fn set_shared_data(key: &str, value: &[u8], cas: Option<u32>) -> Result<(), Status> {
    let (data, size, cas) = (value.as_ptr(), value.len(), cas.unwrap_or(0));
    // SAFETY: the host reads key and value before it returns.
    unsafe { proxy_set_shared_data(key.as_ptr(), key.len(), data, size, cas) }.done()
}

/// Registers a queue for the current root context, and notifies the context of each entry.
#[must_use]
pub fn register_queue(name: &str) -> u32 {
    let mut queue = 0;
    // SAFETY: the host reads the name before it returns, and writes to a variable that is there.
    let _ = unsafe { proxy_register_shared_queue(name.as_ptr(), name.len(), &raw mut queue) };
    queue
}

/// Removes the first entry of a queue.
#[must_use]
pub fn dequeue(queue: u32) -> Option<Vec<u8>> {
    // SAFETY: see `given`.
    given(|data, size| unsafe { proxy_dequeue_shared_queue(queue, data, size) })
}

/// Adds an entry to a queue.
pub fn enqueue(queue: u32, value: &[u8]) {
    // SAFETY: the host reads the value before it returns.
    let _ = unsafe { proxy_enqueue_shared_queue(queue, value.as_ptr(), value.len()) };
}

/// Resumes the stopped request of the effective context.
pub fn continue_request() {
    let _ = proxy_continue_stream(0);
}

/// Makes another context the effective one, which calls are about.
pub fn set_effective_context(context: u32) {
    let _ = proxy_set_effective_context(context);
}

/// Answers the request of the effective context.
pub fn send_local_response(status: u16, headers: &Pairs, body: &[u8]) {
    let headers = headers.as_bytes();
    // SAFETY: the host reads headers and body before it returns; there are no details, of length 0.
    let _ = unsafe {
        proxy_send_local_response(
            status.into(),
            [].as_ptr(),
            0,
            body.as_ptr(),
            body.len(),
            headers.as_ptr(),
            headers.len(),
            -1,
        )
    };
}

/// Sends a request without a body to a cluster, in the name of the current root context.
///
/// # Errors
///
/// If it is not sent; [`Status::BAD_ARGUMENT`] where there is no such cluster.
pub fn http_call(cluster: &str, headers: &Pairs, timeout: Duration) -> Result<(), Status> {
    let headers = headers.as_bytes();
    let milliseconds = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
    let (nothing, no_trailers, mut token) = ([].as_ptr(), Pairs::encode(std::iter::empty()), 0);
    let trailers = no_trailers.as_bytes();
    // SAFETY: the host reads all before it returns, no body, of length 0, and writes to a variable that is there.
    let status = unsafe {
        proxy_http_call(
            cluster.as_ptr(),
            cluster.len(),
            headers.as_ptr(),
            headers.len(),
            nothing,
            0,
            trailers.as_ptr(),
            trailers.len(),
            milliseconds,
            &raw mut token,
        )
    };
    status.done()
}

/// Defines a metric, or returns the existing one of that name.
#[must_use]
pub fn define_metric(metric: Metric, name: &str) -> u32 {
    let mut id = 0;
    // SAFETY: the host reads the name before it returns, and writes to a variable that is there.
    let _ = unsafe { proxy_define_metric(metric, name.as_ptr(), name.len(), &raw mut id) };
    id
}

/// The value of a metric.
#[must_use]
pub fn metric(id: u32) -> u64 {
    let mut value = 0;
    // SAFETY: the host writes to a variable that is there.
    let _ = unsafe { proxy_get_metric(id, &raw mut value) };
    value
}

/// Sets a gauge.
pub fn record_metric(id: u32, value: u64) {
    let _ = proxy_record_metric(id, value);
}

/// Adds to a counter.
pub fn increment_metric(id: u32, by: i64) {
    let _ = proxy_increment_metric(id, by);
}
