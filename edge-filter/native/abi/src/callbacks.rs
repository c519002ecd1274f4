//! The calls to Envoy. Without an Envoy, as in unit tests, they do nothing.

use std::ffi::{CStr, c_char, c_void};
use std::mem;
use std::ptr;
use std::sync::OnceLock;

use crate::bytes::{Bytes, Pair};

/// A level of Envoy's log, in which the lines are of `dynamic_modules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Level {
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
pub(crate) enum Map {
    /// The headers of the request, with the pseudo-headers.
    Request = 0,
    /// The headers of the response, with its status.
    Response = 2,
}

/// A body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Part {
    /// The part of the request's that has come with the call.
    Received = 0,
}

/// An attribute (Envoy docs, "Attributes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Attribute {
    /// `request.protocol`
    RequestProtocol = 10,
    /// `source.address`
    SourceAddress = 24,
}

/// Defines a metric, with the names of its labels.
pub(crate) type Define =
    unsafe extern "C" fn(*mut c_void, Bytes<'_>, *const Bytes<'_>, usize, *mut usize) -> u32;
/// Counts a value, or sets one, with the values of its labels.
pub(crate) type Record =
    unsafe extern "C" fn(*mut c_void, usize, *const Bytes<'_>, usize, u64) -> u32;

/// Has Envoy call a scheduler's owner.
pub(crate) type Commit = unsafe extern "C" fn(*mut c_void, u64);
/// Deletes a scheduler.
pub(crate) type Delete = unsafe extern "C" fn(*mut c_void);

/// Writes a line into Envoy's log.
pub fn log(level: Level, message: &str) {
    if let Some(callbacks) = Callbacks::get() {
        // SAFETY: Envoy copies the message.
        unsafe { (callbacks.log)(level, Bytes::of(message.as_bytes())) }
    }
}

macro_rules! callbacks {
    ($($name:ident = $symbol:literal: $signature:ty,)*) => {
        /// Functions of this Envoy.
        #[derive(Debug)]
        pub(crate) struct Callbacks {
            $(pub(crate) $name: $signature,)*
        }

        impl Callbacks {
            /// Looks them all up; an error is the name of one that this Envoy lacks.
            fn find() -> Result<Self, &'static CStr> {
                Ok(Self {
                    $($name: {
                        let found = look_up($symbol)?;
                        // SAFETY: Envoy's header declares the function of this name with this signature.
                        unsafe { mem::transmute::<*mut c_void, $signature>(found) }
                    },)*
                })
            }
        }
    };
}

callbacks! {
    log = c"envoy_dynamic_module_callback_log":
        unsafe extern "C" fn(Level, Bytes<'_>),
    is_validation_mode = c"envoy_dynamic_module_callback_is_validation_mode":
        unsafe extern "C" fn() -> bool,
    get_headers_size = c"envoy_dynamic_module_callback_http_get_headers_size":
        unsafe extern "C" fn(*mut c_void, Map) -> usize,
    get_headers = c"envoy_dynamic_module_callback_http_get_headers":
        unsafe extern "C" fn(*mut c_void, Map, *mut Pair<'_>) -> bool,
    get_direct_remote_address = c"envoy_dynamic_module_callback_http_get_downstream_direct_remote_address":
        unsafe extern "C" fn(*mut c_void, *mut Bytes<'_>) -> bool,
    set_header = c"envoy_dynamic_module_callback_http_set_header":
        unsafe extern "C" fn(*mut c_void, Map, Bytes<'_>, Bytes<'_>) -> bool,
    get_attribute = c"envoy_dynamic_module_callback_http_filter_get_attribute_string":
        unsafe extern "C" fn(*mut c_void, Attribute, *mut Bytes<'_>) -> bool,
    get_filter_state = c"envoy_dynamic_module_callback_http_get_filter_state_bytes":
        unsafe extern "C" fn(*mut c_void, Bytes<'_>, *mut Bytes<'_>) -> bool,
    get_body_size = c"envoy_dynamic_module_callback_http_get_body_size":
        unsafe extern "C" fn(*mut c_void, Part) -> usize,
    get_body_chunks_size = c"envoy_dynamic_module_callback_http_get_body_chunks_size":
        unsafe extern "C" fn(*mut c_void, Part) -> usize,
    get_body_chunks = c"envoy_dynamic_module_callback_http_get_body_chunks":
        unsafe extern "C" fn(*mut c_void, Part, *mut Bytes<'_>) -> bool,
    send_response = c"envoy_dynamic_module_callback_http_send_response":
        unsafe extern "C" fn(*mut c_void, u32, *const Pair<'_>, usize, Bytes<'_>, Bytes<'_>),
    continue_decoding = c"envoy_dynamic_module_callback_http_filter_continue_decoding":
        unsafe extern "C" fn(*mut c_void),
    scheduler_new = c"envoy_dynamic_module_callback_http_filter_scheduler_new":
        unsafe extern "C" fn(*mut c_void) -> *mut c_void,
    scheduler_commit = c"envoy_dynamic_module_callback_http_filter_scheduler_commit": Commit,
    scheduler_delete = c"envoy_dynamic_module_callback_http_filter_scheduler_delete": Delete,
    config_scheduler_new = c"envoy_dynamic_module_callback_http_filter_config_scheduler_new":
        unsafe extern "C" fn(*mut c_void) -> *mut c_void,
    config_scheduler_commit = c"envoy_dynamic_module_callback_http_filter_config_scheduler_commit": Commit,
    config_scheduler_delete = c"envoy_dynamic_module_callback_http_filter_config_scheduler_delete": Delete,
    define_counter = c"envoy_dynamic_module_callback_http_filter_config_define_counter": Define,
    define_gauge = c"envoy_dynamic_module_callback_http_filter_config_define_gauge": Define,
    add = c"envoy_dynamic_module_callback_http_filter_increment_counter": Record,
    config_add = c"envoy_dynamic_module_callback_http_filter_config_increment_counter": Record,
    config_set = c"envoy_dynamic_module_callback_http_filter_config_set_gauge": Record,
    signal_init_complete = c"envoy_dynamic_module_callback_bootstrap_extension_config_signal_init_complete":
        unsafe extern "C" fn(*mut c_void),
}

static FOUND: OnceLock<Callbacks> = OnceLock::new();

impl Callbacks {
    #[inline]
    pub(crate) fn get() -> Option<&'static Self> {
        FOUND.get()
    }

    /// Looks them up once; false if this Envoy lacks one.
    pub(crate) fn load() -> bool {
        match Self::find() {
            Ok(callbacks) => {
                FOUND.get_or_init(|| callbacks);
                true
            }
            Err(missing) => {
                // Its log is a callback, too.
                eprintln!(
                    "intermission: this Envoy has no {}; use Envoy 1.40 or later, or the filter for WebAssembly",
                    missing.to_string_lossy()
                );
                false
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn fake(callbacks: Self) {
        FOUND.get_or_init(|| callbacks);
    }
}

/// A function of the program that has loaded this library.
fn look_up(name: &'static CStr) -> Result<*mut c_void, &'static CStr> {
    unsafe extern "C" {
        fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    }
    // SAFETY: a null library, `RTLD_DEFAULT`, is the program with all that it has loaded, and the name ends with a zero.
    let found = unsafe { dlsym(ptr::null_mut(), name.as_ptr()) };
    if found.is_null() {
        Err(name)
    } else {
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_missing_callback_is_named() {
        let missing = Callbacks::find().unwrap_err();
        assert_eq!(missing, c"envoy_dynamic_module_callback_log");
        assert!(look_up(c"malloc").is_ok());
    }
}
