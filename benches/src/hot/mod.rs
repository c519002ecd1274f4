//! The functions that run in every request, whose costs are counted.
//!
//! To have another one counted, put it into [`all`] and run `cargo xtask counts --accept`.

mod core;
mod layer;

/// One of them, with an input.
#[derive(Clone, Copy, Debug)]
pub struct Hot {
    /// `operation/input`.
    pub name: &'static str,
    /// Prepares what it needs, and gives what runs it so many times.
    pub start: fn() -> Run,
}

/// Runs a function so many times, and panics if it does not give what it should.
pub type Run = Box<dyn FnMut(u64)>;

/// Those of the core.
#[must_use]
pub fn core() -> Vec<Hot> {
    core::ALL.to_vec()
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Hot> {
    [&core::ALL[..], &layer::ALL].concat()
}

/// What runs `once` so many times.
fn repeated(mut once: impl FnMut() + 'static) -> Run {
    Box::new(move |times| {
        for _ in 0..times {
            once();
        }
    })
}
