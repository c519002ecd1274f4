/// A function that runs in every request, with an input.
#[derive(Clone, Copy, Debug)]
pub struct Hot {
    /// `operation/input`.
    pub name: &'static str,
    /// Prepares what it needs, and gives what runs it so many times.
    pub start: fn() -> Run,
}

/// Runs a function so many times, and panics if it does not give what it should.
pub type Run = Box<dyn FnMut(u64)>;

/// What runs `once` so many times.
pub(super) fn repeated(mut once: impl FnMut() + 'static) -> Run {
    Box::new(move |times| {
        for _ in 0..times {
            once();
        }
    })
}
