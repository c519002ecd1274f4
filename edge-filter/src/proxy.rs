//! The host that is Envoy, through the proxy-wasm ABI, and what Envoy calls.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use intermission_wasm_abi::host::{self, Buffer, LogLevel, Map, Metric, Status};
use intermission_wasm_abi::{Body, Filter, Headers, Pairs, Trailers};

use crate::config::Config;
use crate::host::{CasMismatch, HeaderLines, Host, Level, MetricKind, NotSent, Shared};
#[cfg(feature = "panic-switch")]
use crate::panic_switch;
use crate::root::{Root, TICK};
use crate::vm::Vm;

/// Envoy. Where a call fails there is nothing to be done about it but to go on.
#[derive(Clone, Copy, Debug)]
struct Envoy;

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
        // Its keys are.
        RandomState::new().build_hasher().finish()
    }

    fn act_for(&self, context: u32) {
        host::set_effective_context(context);
    }

    fn request_headers(&self) -> HeaderLines {
        HeaderLines(host::headers(Map::Request).unwrap_or_default())
    }

    fn request_header(&self, name: &str) -> Option<Vec<u8>> {
        host::header(Map::Request, name)
    }

    fn property(&self, path: &[&str]) -> Option<Vec<u8>> {
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
        host::set_header(Map::Response, name, value);
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

thread_local! {
    static VM: Vm<Envoy> = Vm::default();
}

/// Exported to Envoy.
#[derive(Debug)]
struct Exported;

impl Filter for Exported {
    fn configured(context: u32, _: usize) -> bool {
        let envoy = Envoy;
        let json = host::buffer(Buffer::PluginConfiguration, usize::MAX);
        let variable = |name: &str| std::env::var(name).ok();
        match Config::parse(&json.unwrap_or_default(), variable) {
            Ok(config) => {
                host::set_tick_period(TICK.subsec_millis());
                VM.with(|vm| vm.configure(envoy, config, context));
                true
            }
            Err(error) => {
                let line = format!(
                    "the plugin configuration, a JSON object in a google.protobuf.StringValue, is refused: {error}"
                );
                envoy.log(Level::Error, &line);
                false
            }
        }
    }

    fn ticked(context: u32) {
        if let Some(root) = root(context) {
            root.borrow_mut().tick();
        }
    }

    fn queue_ready(context: u32, queue: u32) {
        if let Some(root) = root(context) {
            root.borrow_mut().woken(queue);
        }
    }

    fn call_answered(context: u32, headers: usize) {
        let Some(root) = root(context) else { return };
        let mut root = root.borrow_mut();
        // Without headers there is no response at all.
        if headers == 0 {
            root.unanswered();
            return;
        }
        #[cfg(feature = "panic-switch")]
        panic_switch::at_answer();
        root.answered();
    }

    fn created(context: u32, root: u32) {
        VM.with(|vm| vm.create(context, root));
    }

    fn request_headers(context: u32, is_last: bool) -> Headers {
        #[cfg(feature = "panic-switch")]
        panic_switch::at_request();
        VM.with(|vm| vm.request_headers(&Envoy, context, is_last))
    }

    fn request_body(context: u32, length: usize, is_last: bool) -> Body {
        VM.with(|vm| vm.request_body(context, length, is_last))
    }

    fn request_trailers(context: u32) -> Trailers {
        VM.with(|vm| vm.request_trailers(context))
    }

    fn response_headers(context: u32) {
        VM.with(|vm| vm.response_headers(context));
    }

    fn deleted(context: u32) {
        if VM.with(|vm| vm.delete(context)) {
            // Envoy would tick on, and in the end take a request of the same number for the root.
            host::set_tick_period(0);
        }
    }
}

fn root(context: u32) -> Option<Rc<RefCell<Root<Envoy>>>> {
    VM.with(|vm| vm.root(context))
}

intermission_wasm_abi::export!(Exported);
