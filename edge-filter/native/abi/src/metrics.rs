use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr;

use crate::bytes::Bytes;
use crate::callbacks::{Callbacks, Define};
use crate::waker::ConfigWaker;

/// A counter of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter(pub(crate) Option<usize>);

/// A gauge of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge(Option<usize>);

/// Defines metrics while a configuration is read.
///
/// Metrics of several configurations that have the same name are the same. Envoy takes no help text for a metric, and freezes
/// its metrics when the configuration has been read.
#[derive(Debug)]
pub struct Definitions<'h> {
    config: *mut c_void,
    waker: &'h ConfigWaker,
}

impl<'h> Definitions<'h> {
    /// Those of Envoy's configuration.
    ///
    /// # Safety
    ///
    /// The pointer is Envoy's, and valid for as long as this is there.
    pub(crate) unsafe fn new(config: *mut c_void, waker: &'h ConfigWaker) -> Self {
        Self { config, waker }
    }

    /// A counter. One that Envoy refuses counts nothing.
    #[must_use]
    pub fn counter(&self, name: &str) -> Counter {
        Counter(self.define(name, |callbacks| callbacks.define_counter))
    }

    /// A gauge. One that Envoy refuses shows nothing.
    #[must_use]
    pub fn gauge(&self, name: &str) -> Gauge {
        Gauge(self.define(name, |callbacks| callbacks.define_gauge))
    }

    /// What calls the filter on the main thread.
    #[must_use]
    pub fn waker(&self) -> ConfigWaker {
        self.waker.clone()
    }

    fn define(&self, name: &str, how: fn(&Callbacks) -> Define) -> Option<usize> {
        let callbacks = Callbacks::get()?;
        let mut id = 0;
        let name = Bytes::of(name.as_bytes());
        // SAFETY: Envoy's configuration is valid (see `new`), and there are no labels.
        let result = unsafe { how(callbacks)(self.config, name, ptr::null(), 0, &raw mut id) };
        (result == DONE).then_some(id)
    }
}

/// Envoy has taken a metric.
const DONE: u32 = 0;

/// The metrics of a configuration, on the main thread.
#[derive(Debug)]
pub struct Metrics<'h> {
    config: *mut c_void,
    hook: PhantomData<&'h ()>,
}

impl Metrics<'_> {
    /// As [`Definitions::new`].
    ///
    /// # Safety
    ///
    /// As there.
    pub(crate) unsafe fn new(config: *mut c_void) -> Self {
        Self {
            config,
            hook: PhantomData,
        }
    }

    /// Adds to a counter.
    pub fn add(&self, counter: Counter, amount: u64) {
        if let (Some(callbacks), Some(id)) = (Callbacks::get(), counter.0) {
            // SAFETY: Envoy's configuration is valid (see `new`), and there are no labels.
            unsafe { (callbacks.config_add)(self.config, id, ptr::null(), 0, amount) };
        }
    }

    /// Sets a gauge.
    pub fn set(&self, gauge: Gauge, value: u64) {
        if let (Some(callbacks), Some(id)) = (Callbacks::get(), gauge.0) {
            // SAFETY: as above.
            unsafe { (callbacks.config_set)(self.config, id, ptr::null(), 0, value) };
        }
    }
}
