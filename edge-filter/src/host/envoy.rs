//! The implementation of the host with the proxy-wasm ABI.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use intermission_wasm_abi::Pairs;
use intermission_wasm_abi::host::{self, Buffer, LogLevel, Map, Metric, Status};

use crate::host::header_lines::HeaderLines;
use crate::host::interface::{CasMismatch, Host, Level, MetricKind, NotSent, Shared};

/// Envoy. A failed call is ignored, because the filter has no remedy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envoy;

thread_local! {
    static STARTED: Instant = Instant::now();
}

impl Host for Envoy {
    fn write_log(&self, level: Level, line: &str) {
        let level = match level {
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        host::log(level, line);
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + host::now()
    }

    fn uptime(&self) -> Duration {
        STARTED.with(Instant::elapsed)
    }

    fn random(&self) -> u64 {
        // The keys are ASCII.
        RandomState::new().build_hasher().finish()
    }

    fn act_for(&self, context: u32) {
        host::set_effective_context(context);
    }

    fn request_headers(&self) -> HeaderLines {
        HeaderLines(host::headers(Map::Request).unwrap_or_default())
    }

    fn property(&self, path: &str) -> Option<Vec<u8>> {
        host::property(path)
    }

    fn respond(&self, status: u16, headers: &[(&str, &[u8])], body: &[u8]) {
        let headers = Pairs::encode(headers.iter().copied());
        host::send_local_response(status, &headers, body);
    }

    fn response_headers(&self) -> HeaderLines {
        HeaderLines(host::headers(Map::Response).unwrap_or_default())
    }

    fn set_response_header(&self, name: &str, value: Option<&str>) {
        host::set_header(Map::Response, name, value.map(str::as_bytes));
    }

    fn set_request_header(&self, name: &str, value: Option<&[u8]>) {
        host::set_header(Map::Request, name, value);
    }

    fn request_body(&self, longest: usize) -> Vec<u8> {
        host::buffer(Buffer::RequestBody, longest).unwrap_or_default()
    }

    fn resume_request(&self) {
        host::continue_request();
    }

    fn call(
        &self,
        cluster: &str,
        headers: &[(&str, &str)],
        timeout: Duration,
    ) -> Result<(), NotSent> {
        let headers = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()));
        let sent = host::http_call(cluster, &Pairs::encode(headers), timeout);
        sent.map_err(|status| match status {
            Status::BAD_ARGUMENT => NotSent::NoSuchCluster,
            _ => NotSent::Failed,
        })
    }

    fn call_response_header(&self, name: &str) -> Option<Vec<u8>> {
        host::header(Map::CallResponse, name)
    }

    fn call_response_body(&self, longest: usize) -> Vec<u8> {
        host::buffer(Buffer::CallResponseBody, longest).unwrap_or_default()
    }

    fn shared(&self, key: &str) -> Option<Shared> {
        let (value, cas) = host::shared_data(key)?;
        (cas != 0).then_some(Shared { value, cas })
    }

    fn share(&self, key: &str, value: &[u8], cas: Option<u32>) -> Result<(), CasMismatch> {
        host::set_shared_data(key, value, cas).map_err(|_| CasMismatch)
    }

    fn open_queue(&self, name: &str) -> u32 {
        host::register_queue(name)
    }

    fn empty_queue(&self, queue: u32) {
        while host::dequeue(queue).is_some() {}
    }

    fn enqueue(&self, queue: u32) {
        host::enqueue(queue, b"!");
    }

    fn define_metric(&self, kind: MetricKind, name: &str) -> u32 {
        let kind = match kind {
            MetricKind::Counter => Metric::Counter,
            MetricKind::Gauge => Metric::Gauge,
        };
        host::define_metric(kind, name)
    }

    fn add_to_counter(&self, metric: u32, amount: u64) {
        if let Ok(amount @ 1..) = i64::try_from(amount) {
            host::increment_metric(metric, amount);
        }
    }

    fn set_gauge(&self, metric: u32, value: u64) {
        host::record_metric(metric, value);
    }

    fn gauge(&self, metric: u32) -> u64 {
        host::metric(metric)
    }

    fn memory(&self) -> u64 {
        const PAGE: u64 = 65_536;
        PAGE * u64::try_from(std::arch::wasm32::memory_size::<0>()).unwrap_or_default()
    }
}
