use crate::Request;

/// A filter with one configuration, which all workers share.
pub trait Filter: Sized + Send + Sync + 'static {
    /// What the filter keeps for a stream, a request with its response. It is dropped when the stream ends, however it ends.
    type Stream: 'static;

    /// Reads a configuration, on the main thread.
    ///
    /// # Errors
    ///
    /// Envoy refuses the configuration, and the error is logged.
    fn configure(configuration: &[u8], purpose: Purpose) -> Result<Self, String>;

    /// A stream begins.
    fn begin(&self) -> Self::Stream;

    /// The headers of the request have come; `is_last` if it has no body.
    fn request_headers(
        &self,
        stream: &mut Self::Stream,
        request: &mut Request<'_>,
        is_last: bool,
    ) -> Headers;
}

/// What a configuration is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Requests are to come.
    Serve,
    /// Envoy checks the configuration and ends (`--mode validate`), so that no thread is to be started.
    Validate,
}

/// The result for the headers of a request (`FilterHeadersStatus` in Envoy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Headers {
    /// Continue with the next filter.
    Continue = 0,
    /// The request goes no further, since it is answered.
    Stop = 1,
}
