//! The host that is Envoy, through the proxy-wasm SDK, and the contexts that Envoy calls.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{BufferType, ContextType, LogLevel, MapType, MetricType, Status};

use crate::config::Config;
use crate::host::{CasMismatch, Host, Level, MetricKind, NotSent, Shared};
#[cfg(feature = "panic-switch")]
use crate::panic_switch;
use crate::plugin::{Action, Plugin};
use crate::root::{Root, TICK};

/// Envoy. Where a call fails there is nothing to be done about it but to go on.
#[derive(Clone, Copy, Debug)]
struct Envoy {
    started: Instant,
}

impl Host for Envoy {
    fn log(&self, level: Level, message: &str) {
        let level = match level {
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        let _ = hostcalls::log(level, message);
    }

    fn now(&self) -> SystemTime {
        hostcalls::get_current_time().unwrap_or(SystemTime::UNIX_EPOCH)
    }

    fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    fn random(&self) -> u64 {
        // Its keys are.
        RandomState::new().build_hasher().finish()
    }

    fn act_for(&self, context: u32) {
        let _ = hostcalls::set_effective_context(context);
    }

    fn request_headers(&self) -> Vec<(String, Vec<u8>)> {
        hostcalls::get_map_bytes(MapType::HttpRequestHeaders).unwrap_or_default()
    }

    fn property(&self, path: &[&str]) -> Option<Vec<u8>> {
        hostcalls::get_property(path.to_vec()).ok().flatten()
    }

    fn respond(&self, status: u16, headers: &[(&str, &[u8])], body: &[u8]) {
        let headers = headers
            .iter()
            .filter_map(|(name, value)| Some((*name, std::str::from_utf8(value).ok()?)));
        let _ = hostcalls::send_http_response(status.into(), headers.collect(), Some(body));
    }

    fn set_response_header(&self, name: &str, value: Option<&str>) {
        let _ = hostcalls::set_map_value(MapType::HttpResponseHeaders, name, value);
    }

    fn resume_request(&self) {
        let _ = hostcalls::resume_http_request();
    }

    fn call(
        &self,
        cluster: &str,
        headers: &[(&str, &str)],
        timeout: Duration,
    ) -> Result<(), NotSent> {
        let token =
            hostcalls::dispatch_http_call(cluster, headers.to_vec(), None, Vec::new(), timeout);
        token.map(|_| ()).map_err(|status| match status {
            Status::BadArgument => NotSent::NoSuchCluster,
            _ => NotSent::Failed,
        })
    }

    fn call_response_header(&self, name: &str) -> Option<Vec<u8>> {
        hostcalls::get_map_value_bytes(MapType::HttpCallResponseHeaders, name)
            .ok()
            .flatten()
    }

    fn call_response_body(&self, longest: usize) -> Vec<u8> {
        let body = hostcalls::get_buffer(BufferType::HttpCallResponseBody, 0, longest);
        body.ok().flatten().unwrap_or_default()
    }

    fn shared(&self, key: &str) -> Option<Shared> {
        match hostcalls::get_shared_data(key) {
            Ok((value, Some(cas))) => Some(Shared {
                value: value.unwrap_or_default(),
                cas,
            }),
            _ => None,
        }
    }

    fn share(&self, key: &str, value: &[u8], cas: Option<u32>) -> Result<(), CasMismatch> {
        hostcalls::set_shared_data(key, Some(value), cas).map_err(|_| CasMismatch)
    }

    fn open_queue(&self, name: &str) -> u32 {
        hostcalls::register_shared_queue(name).unwrap_or_default()
    }

    fn empty_queue(&self, queue: u32) {
        while let Ok(Some(_)) = hostcalls::dequeue_shared_queue(queue) {}
    }

    fn enqueue(&self, queue: u32) {
        let _ = hostcalls::enqueue_shared_queue(queue, Some(b"!"));
    }

    fn define_metric(&self, kind: MetricKind, name: &str) -> u32 {
        let kind = match kind {
            MetricKind::Counter => MetricType::Counter,
            MetricKind::Gauge => MetricType::Gauge,
        };
        hostcalls::define_metric(kind, name).unwrap_or_default()
    }

    fn add_to_counter(&self, metric: u32, amount: u64) {
        if let Ok(amount @ 1..) = i64::try_from(amount) {
            let _ = hostcalls::increment_metric(metric, amount);
        }
    }

    fn set_gauge(&self, metric: u32, value: u64) {
        let _ = hostcalls::record_metric(metric, value);
    }

    fn gauge(&self, metric: u32) -> u64 {
        hostcalls::get_metric(metric).unwrap_or_default()
    }

    fn memory(&self) -> u64 {
        const PAGE: u64 = 65_536;
        PAGE * u64::try_from(std::arch::wasm32::memory_size::<0>()).unwrap_or_default()
    }
}

/// A root context as Envoy calls it.
#[derive(Debug)]
pub(crate) struct RootAdapter {
    context: u32,
    envoy: Envoy,
    root: Option<Rc<RefCell<Root<Envoy>>>>,
}

impl RootAdapter {
    pub(crate) fn new(context: u32) -> Self {
        Self {
            context,
            envoy: Envoy {
                started: Instant::now(),
            },
            root: None,
        }
    }
}

impl RootContext for RootAdapter {
    fn on_configure(&mut self, _: usize) -> bool {
        let json = hostcalls::get_buffer(BufferType::PluginConfiguration, 0, usize::MAX);
        match Config::parse(&json.ok().flatten().unwrap_or_default()) {
            Ok(config) => {
                let _ = hostcalls::set_tick_period(TICK);
                let identity = self.envoy.random();
                let root = Root::new(self.envoy, config, self.context, identity);
                self.root = Some(Rc::new(RefCell::new(root)));
                true
            }
            Err(error) => {
                let line = format!(
                    "the plugin configuration is refused, which is a JSON object in a google.protobuf.StringValue: {error}"
                );
                self.envoy.log(Level::Error, &line);
                false
            }
        }
    }

    fn on_tick(&mut self) {
        if let Some(root) = &self.root {
            root.borrow_mut().tick();
        }
    }

    fn on_queue_ready(&mut self, queue: u32) {
        if let Some(root) = &self.root {
            root.borrow_mut().woken(queue);
        }
    }

    fn create_http_context(&self, context: u32) -> Option<Box<dyn HttpContext>> {
        let root = self.root.clone();
        let plugin = root.as_ref().map(|root| root.borrow().plugin());
        Some(Box::new(RequestAdapter {
            context,
            root,
            plugin,
        }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

impl Context for RootAdapter {
    fn on_http_call_response(&mut self, _: u32, headers: usize, _: usize, _: usize) {
        let Some(root) = &self.root else { return };
        let mut root = root.borrow_mut();
        // Without headers there is no response at all, and asking for one would end the VM.
        if headers == 0 {
            root.unanswered();
            return;
        }
        #[cfg(feature = "panic-switch")]
        panic_switch::at_answer();
        root.answered();
    }
}

/// Envoy drops a root context when the last of its requests has ended, and not at all when the VM dies.
impl Drop for RootAdapter {
    fn drop(&mut self) {
        // Envoy would tick on, and in the end take a request of the same number for the root.
        let _ = hostcalls::set_tick_period(Duration::ZERO);
        if let Some(root) = &self.root {
            root.borrow().plugin().leave();
        }
    }
}

/// A request as Envoy calls it.
#[derive(Debug)]
struct RequestAdapter {
    context: u32,
    /// Envoy serves no request before it is configured.
    root: Option<Rc<RefCell<Root<Envoy>>>>,
    plugin: Option<Rc<Plugin<Envoy>>>,
}

impl HttpContext for RequestAdapter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> proxy_wasm::types::Action {
        #[cfg(feature = "panic-switch")]
        panic_switch::at_request();
        let root = self.root.as_ref();
        match root.map(|root| root.borrow_mut().request(self.context)) {
            None | Some(Action::Continue) => proxy_wasm::types::Action::Continue,
            Some(Action::Answered | Action::Hold) => proxy_wasm::types::Action::Pause,
        }
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> proxy_wasm::types::Action {
        if let Some(plugin) = &self.plugin {
            plugin.respond(self.context);
        }
        proxy_wasm::types::Action::Continue
    }
}

impl Context for RequestAdapter {}

impl Drop for RequestAdapter {
    fn drop(&mut self) {
        if let Some(plugin) = &self.plugin {
            plugin.forget(self.context);
        }
    }
}
