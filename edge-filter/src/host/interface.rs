use std::time::{Duration, SystemTime};

use intermission_core::without_tokens;

use crate::host::header_lines::HeaderLines;

/// The level of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

/// A value in shared data, and the token that replaces it unless it has changed since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shared {
    pub(crate) value: Vec<u8>,
    pub(crate) cas: u32,
}

/// Another VM has replaced the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CasMismatch;

/// The reason why the host did not make the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotSent {
    /// The cluster does not exist yet.
    NoSuchCluster,
    Failed,
}

/// A kind of metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricKind {
    Counter,
    Gauge,
}

/// The calls of the filter to Envoy.
///
/// Calls about a request or a response concern the [effective](Self::act_for) context: by default the one that Envoy
/// has called.
pub(crate) trait Host {
    fn write_log(&self, level: Level, line: &str);
    /// Logs a line. A token in it, from a configuration or a document, is masked.
    fn log(&self, level: Level, message: &str) {
        self.write_log(level, &without_tokens(message));
    }
    /// The wall clock, which may be set, and is the same in all VMs.
    fn now(&self) -> SystemTime;
    /// The monotonic time since a fixed moment of this VM.
    fn uptime(&self) -> Duration;
    /// A random number.
    fn random(&self) -> u64;
    fn act_for(&self, context: u32);

    /// All header lines of the request, with the pseudo-headers.
    fn request_headers(&self) -> HeaderLines;
    /// An attribute (Envoy docs, "Attributes"), by the parts of its name with a zero byte between them.
    fn property(&self, path: &str) -> Option<Vec<u8>>;
    fn respond(&self, status: u16, headers: &[(&str, &[u8])], body: &[u8]);
    /// All header lines of the response.
    fn response_headers(&self) -> HeaderLines;
    /// Replaces all lines of a header of the response with one, or removes them.
    fn set_response_header(&self, name: &str, value: Option<&str>);
    /// The same for the request.
    fn set_request_header(&self, name: &str, value: Option<&[u8]>);
    /// The part of the request's body that has come with this call, up to `longest` bytes.
    fn request_body(&self, longest: usize) -> Vec<u8>;
    fn resume_request(&self);

    fn call(
        &self,
        cluster: &str,
        headers: &[(&str, &str)],
        timeout: Duration,
    ) -> Result<(), NotSent>;
    /// Only while there is a response; otherwise the call ends the VM.
    fn call_response_header(&self, name: &str) -> Option<Vec<u8>>;
    fn call_response_body(&self, longest: usize) -> Vec<u8>;

    fn shared(&self, key: &str) -> Option<Shared>;
    /// Without `cas` the value is replaced in any case.
    fn share(&self, key: &str, value: &[u8], cas: Option<u32>) -> Result<(), CasMismatch>;
    fn open_queue(&self, name: &str) -> u32;
    fn empty_queue(&self, queue: u32);
    fn enqueue(&self, queue: u32);

    fn define_metric(&self, kind: MetricKind, name: &str) -> u32;
    fn add_to_counter(&self, metric: u32, amount: u64);
    fn set_gauge(&self, metric: u32, value: u64);
    fn gauge(&self, metric: u32) -> u64;
    /// The memory of this VM, in bytes.
    fn memory(&self) -> u64;
}
