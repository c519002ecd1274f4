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
}

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
    send_response = c"envoy_dynamic_module_callback_http_send_response":
        unsafe extern "C" fn(*mut c_void, u32, *const Pair<'_>, usize, Bytes<'_>, Bytes<'_>),
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
