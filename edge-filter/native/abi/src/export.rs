/// Exports a [`Filter`](crate::Filter) under the names that Envoy looks for.
///
/// Envoy requires hooks, too, that the filter has no use for: they continue, or do nothing.
#[macro_export]
macro_rules! export {
    ($filter:ty) => {
        const _: () = {
            use ::std::ffi::{c_char, c_void};
            use $crate::hooks::{self, Bytes};
            use $crate::{Body, Headers, Trailers};

            #[unsafe(no_mangle)]
            extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
                hooks::program_init()
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
                envoy: *mut c_void,
                _name: Bytes<'_>,
                configuration: Bytes<'_>,
            ) -> *const c_void {
                // SAFETY: Envoy calls it.
                unsafe { hooks::config_new::<$filter>(envoy, configuration) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_scheduled(
                envoy: *mut c_void,
                filter: *const c_void,
                _event: u64,
            ) {
                // SAFETY: Envoy calls it.
                unsafe { hooks::config_scheduled::<$filter>(envoy, filter) }
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

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_request_body(
                envoy: *mut c_void,
                live: *const c_void,
                is_last: bool,
            ) -> Body {
                // SAFETY: Envoy calls it.
                unsafe { hooks::request_body::<$filter>(envoy, live, is_last) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_request_trailers(
                envoy: *mut c_void,
                live: *const c_void,
            ) -> Trailers {
                // SAFETY: Envoy calls it.
                unsafe { hooks::request_trailers::<$filter>(envoy, live) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_response_headers(
                envoy: *mut c_void,
                live: *const c_void,
                _is_last: bool,
            ) -> Headers {
                // SAFETY: Envoy calls it.
                unsafe { hooks::response_headers::<$filter>(envoy, live) };
                Headers::Continue
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_http_filter_scheduled(
                envoy: *mut c_void,
                live: *const c_void,
                _event: u64,
            ) {
                // SAFETY: Envoy calls it.
                unsafe { hooks::scheduled::<$filter>(envoy, live) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_bootstrap_extension_config_new(
                envoy: *mut c_void,
                _name: Bytes<'_>,
                _configuration: Bytes<'_>,
            ) -> *const c_void {
                // SAFETY: Envoy calls it.
                unsafe { hooks::bootstrap_config_new(envoy) }
            }

            #[unsafe(no_mangle)]
            extern "C" fn envoy_dynamic_module_on_bootstrap_extension_new(
                _config: *const c_void,
                _envoy: *mut c_void,
            ) -> *const c_void {
                hooks::NOTHING
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn envoy_dynamic_module_on_bootstrap_extension_shutdown(
                _envoy: *mut c_void,
                _extension: *const c_void,
                done: unsafe extern "C" fn(*mut c_void),
                context: *mut c_void,
            ) {
                // SAFETY: Envoy calls it.
                unsafe { hooks::shutdown::<$filter>(done, context) }
            }

            #[unsafe(no_mangle)]
            extern "C" fn envoy_dynamic_module_on_bootstrap_extension_admin_request() -> u32 {
                404
            }

            $crate::continues!(envoy_dynamic_module_on_http_filter_response_body(bool));
            $crate::continues!(envoy_dynamic_module_on_http_filter_response_trailers());

            $crate::ignores! {
                envoy_dynamic_module_on_http_filter_http_callout_done
                envoy_dynamic_module_on_http_filter_http_stream_headers
                envoy_dynamic_module_on_http_filter_http_stream_data
                envoy_dynamic_module_on_http_filter_http_stream_trailers
                envoy_dynamic_module_on_http_filter_http_stream_complete
                envoy_dynamic_module_on_http_filter_http_stream_reset
                envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark
                envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark
                envoy_dynamic_module_on_bootstrap_extension_config_destroy
                envoy_dynamic_module_on_bootstrap_extension_server_initialized
                envoy_dynamic_module_on_bootstrap_extension_worker_thread_initialized
                envoy_dynamic_module_on_bootstrap_extension_destroy
                envoy_dynamic_module_on_bootstrap_extension_drain_started
                envoy_dynamic_module_on_bootstrap_extension_config_scheduled
                envoy_dynamic_module_on_bootstrap_extension_http_callout_done
                envoy_dynamic_module_on_bootstrap_extension_timer_fired
                envoy_dynamic_module_on_bootstrap_extension_file_changed
                envoy_dynamic_module_on_bootstrap_extension_cluster_add_or_update
                envoy_dynamic_module_on_bootstrap_extension_cluster_removal
                envoy_dynamic_module_on_bootstrap_extension_listener_add_or_update
                envoy_dynamic_module_on_bootstrap_extension_listener_removal
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
