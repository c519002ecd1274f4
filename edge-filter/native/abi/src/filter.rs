use crate::metrics::{Definitions, Metrics};
use crate::request::{Request, Response};

/// A filter with one configuration, which all workers share.
pub trait Filter: Sized + Send + Sync + 'static {
    /// What the filter keeps for a stream, a request with its response. It is dropped when the stream ends, however it ends.
    type Stream: 'static;

    /// Reads a configuration, on the main thread. Metrics can be defined at no other time.
    ///
    /// # Errors
    ///
    /// Envoy refuses the configuration, and the error is logged.
    fn configure(
        configuration: &[u8],
        purpose: Purpose,
        definitions: &Definitions<'_>,
    ) -> Result<Self, String>;

    /// A stream begins.
    fn begin(&self) -> Self::Stream;

    /// The headers of the request have come; `is_last` if it has no body.
    fn request_headers(
        &self,
        stream: &mut Self::Stream,
        request: &mut Request<'_>,
        is_last: bool,
    ) -> Headers;

    /// A part of the body of a request has come, `is_last` if it ends with it.
    fn request_body(
        &self,
        _stream: &mut Self::Stream,
        _request: &mut Request<'_>,
        _is_last: bool,
    ) -> Body {
        Body::Continue
    }

    /// The trailers of a request have come, which end it.
    fn request_trailers(&self, _stream: &mut Self::Stream, _request: &mut Request<'_>) -> Trailers {
        Trailers::Continue
    }

    /// The headers of the response have come.
    fn response_headers(&self, _stream: &mut Self::Stream, _response: &mut Response<'_>) {}

    /// A [`Waker`](crate::Waker) of the stream was called; the next step with a request that is held.
    fn woken(&self, _stream: &mut Self::Stream, _request: &mut Request<'_>) -> Next {
        Next::Stay
    }

    /// The [`ConfigWaker`](crate::ConfigWaker) was called; on the main thread.
    fn config_woken(&self, _metrics: &Metrics<'_>) {}

    /// Envoy is about to exit, and waits until this returns; on the main thread. Called only if the library is loaded as a
    /// bootstrap extension too.
    fn shut_down() {}
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
    /// The request goes no further: it is answered, or will be when its body has come.
    Stop = 1,
    /// The request waits, its body too, until [`Next::Resume`] or an answer.
    Hold = 4,
}

/// The next step with a request that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It waits, or is answered.
    Stay,
    /// It goes on with the next filter.
    Resume,
}

/// The result for a part of the body of a request (`FilterDataStatus` in Envoy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Body {
    /// Continue with the next filter.
    Continue = 0,
    /// The part goes no further, and is thrown away.
    Drop = 3,
}

/// The result for the trailers of a request (`FilterTrailersStatus` in Envoy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Trailers {
    /// Continue with the next filter.
    Continue = 0,
    /// They go no further.
    Stop = 1,
}
