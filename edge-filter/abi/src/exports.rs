/// The result for the headers of a request (`FilterHeadersStatus` in Envoy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Headers {
    /// Continue with the next filter.
    Continue = 0,
    /// The request waits, and Envoy passes its body and trailers to this filter. Envoy treats this as
    /// [`StopAllAndWatermark`](Self::StopAllAndWatermark) unless the plugin has `allow_on_headers_stop_iteration: true`.
    Stop = 1,
    /// The request waits, and Envoy buffers its body and trailers; it slows the client down when the buffer is full.
    StopAllAndWatermark = 4,
}

/// The result for a part of a body (`FilterDataStatus` in Envoy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Body {
    /// Continue with the next filter.
    Continue = 0,
    /// Discards the part.
    StopAndDrop = 3,
}

/// The result for trailers (`FilterTrailersStatus` in Envoy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Trailers {
    /// Continue with the next filter.
    Continue = 0,
    /// The trailers wait.
    Stop = 1,
}

/// The calls from Envoy. A number identifies a context: a root context for each plugin in a VM, and one for each request.
///
/// Events without a method here have no export, so that Envoy does not call into the VM for them.
pub trait Filter {
    /// A plugin is configured; false refuses the configuration.
    fn configured(root: u32, length: usize) -> bool;
    /// The tick period of a root context has passed.
    fn ticked(root: u32);
    /// A queue that a root context has registered has an entry.
    fn queue_ready(root: u32, queue: u32);
    /// The response to an HTTP call has come; no headers mean that the call has failed.
    fn call_answered(root: u32, headers: usize);
    /// A context is created: for a request of the plugin with the root context `root`, or a root context if `root` is 0.
    fn created(context: u32, root: u32);
    /// The headers of a request have come; `is_last` if it has no body.
    fn request_headers(context: u32, is_last: bool) -> Headers;
    /// A part of a request's body has come; `is_last` if it is the last one.
    fn request_body(context: u32, length: usize, is_last: bool) -> Body;
    /// The trailers of a request have come, which end it.
    fn request_trailers(context: u32) -> Trailers;
    /// The headers of a response are about to go to the client.
    fn response_headers(context: u32);
    /// A context is deleted.
    fn deleted(context: u32);
}

/// Exports a [`Filter`] under the names that Envoy looks for.
#[macro_export]
macro_rules! export {
    ($filter:ty) => {
        const _: () = {
            use $crate::{Body, Filter, Headers, Trailers};

            #[unsafe(no_mangle)]
            extern "C" fn _initialize() {
                $crate::construct();
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_abi_version_0_2_1() {}

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_memory_allocate(length: usize) -> *mut u8 {
                $crate::allocate(length)
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_context_create(context: u32, root: u32) {
                <$filter>::created(context, root);
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_configure(root: u32, length: usize) -> u32 {
                <$filter>::configured(root, length).into()
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_tick(root: u32) {
                <$filter>::ticked(root);
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_queue_ready(root: u32, queue: u32) {
                <$filter>::queue_ready(root, queue);
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_http_call_response(
                root: u32,
                _token: u32,
                headers: usize,
                _body: usize,
                _trailers: usize,
            ) {
                <$filter>::call_answered(root, headers);
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_request_headers(
                context: u32,
                _count: usize,
                is_last: u32,
            ) -> Headers {
                <$filter>::request_headers(context, is_last != 0)
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_request_body(context: u32, length: usize, is_last: u32) -> Body {
                <$filter>::request_body(context, length, is_last != 0)
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_request_trailers(context: u32, _count: usize) -> Trailers {
                <$filter>::request_trailers(context)
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_response_headers(
                context: u32,
                _count: usize,
                _is_last: u32,
            ) -> Headers {
                <$filter>::response_headers(context);
                Headers::Continue
            }

            #[unsafe(no_mangle)]
            extern "C" fn proxy_on_delete(context: u32) {
                <$filter>::deleted(context);
            }
        };
    };
}

/// Memory of so many bytes for the host to write to, which the VM gets back as the result of a call.
#[must_use]
pub fn allocate(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Runs the constructors of the C library; otherwise the linker wraps each export in a call of them.
#[cfg(target_arch = "wasm32")]
pub fn construct() {
    unsafe extern "C" {
        fn __wasm_call_ctors();
    }
    // SAFETY: the host calls `_initialize`, which calls this, once and before anything else.
    unsafe { __wasm_call_ctors() }
}
