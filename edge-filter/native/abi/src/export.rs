/// Exports a [`Filter`](crate::Filter) under the names that Envoy looks for.
///
/// Envoy requires hooks, too, that the filter has no use for: they continue, or do nothing.
#[macro_export]
macro_rules! export {
    ($filter:ty) => {
        const _: () = {
            use ::std::ffi::{c_char, c_void};
            use $crate::Headers;
            use $crate::hooks::{self, Bytes};

            #[unsafe(no_mangle)]
            extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
                hooks::program_init()
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
                _envoy: *mut c_void,
                _name: Bytes<'_>,
                configuration: Bytes<'_>,
            ) -> *const c_void {
                // SAFETY: Envoy calls it.
                unsafe { hooks::config_new::<$filter>(configuration) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_destroy(
                filter: *const c_void,
            ) {
                // SAFETY: Envoy calls it.
                unsafe { hooks::config_destroy::<$filter>(filter) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_new(
                filter: *const c_void,
                _envoy: *mut c_void,
            ) -> *const c_void {
                // SAFETY: Envoy calls it.
                unsafe { hooks::new::<$filter>(filter) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_destroy(live: *const c_void) {
                // SAFETY: Envoy calls it.
                unsafe { hooks::destroy::<$filter>(live) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_request_headers(
                envoy: *mut c_void,
                live: *const c_void,
                is_last: bool,
            ) -> Headers {
                // SAFETY: Envoy calls it.
                unsafe { hooks::request_headers::<$filter>(envoy, live, is_last) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_stream_complete(
                _envoy: *mut c_void,
                live: *const c_void,
            ) {
                // SAFETY: Envoy calls it.
                unsafe { hooks::stream_complete::<$filter>(live) }
            }

            $crate::continues!(envoy_dynamic_module_on_http_filter_request_body(bool));
            $crate::continues!(envoy_dynamic_module_on_http_filter_request_trailers());
            $crate::continues!(envoy_dynamic_module_on_http_filter_response_headers(bool));
            $crate::continues!(envoy_dynamic_module_on_http_filter_response_body(bool));
            $crate::continues!(envoy_dynamic_module_on_http_filter_response_trailers());

            $crate::ignores! {
                envoy_dynamic_module_on_http_filter_scheduled
                envoy_dynamic_module_on_http_filter_http_callout_done
                envoy_dynamic_module_on_http_filter_http_stream_headers
                envoy_dynamic_module_on_http_filter_http_stream_data
                envoy_dynamic_module_on_http_filter_http_stream_trailers
                envoy_dynamic_module_on_http_filter_http_stream_complete
                envoy_dynamic_module_on_http_filter_http_stream_reset
                envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark
                envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark
            }
        };
    };
}

/// A hook that continues.
#[doc(hidden)]
#[macro_export]
macro_rules! continues {
    ($hook:ident($($parameter:ty)?)) => {
        #[unsafe(no_mangle)]
        extern "C" fn $hook(_: *mut c_void, _: *const c_void $(, _: $parameter)?) -> Headers {
            Headers::Continue
        }
    };
}

/// Hooks for what the filter never begins. They read none of what they get.
#[doc(hidden)]
#[macro_export]
macro_rules! ignores {
    ($($hook:ident)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $hook() {}
    )*};
}
