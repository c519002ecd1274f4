use crate::host::Host;
use crate::shared_data::cas::swap;
use crate::shared_data::text::numbers;

/// The identity of this Envoy process, for which one VM reports to control.
///
/// Shared data has it as `BOOT SEQ`: the random number that the first poll has drawn, and the number of polls.
#[derive(Debug)]
pub(crate) struct ProcessIdentity {
    key: String,
}

impl ProcessIdentity {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            key: format!("{prefix}polls"),
        }
    }

    /// The number of the process, and that of the next poll.
    pub(crate) fn count(&self, host: &impl Host) -> (u64, u64) {
        let mut counted = (0, 0);
        swap(host, &self.key, &mut |value| {
            counted = match *numbers(value) {
                [boot, seq] => (boot, seq + 1),
                _ => (host.random(), 1),
            };
            Some(format!("{} {}", counted.0, counted.1).into())
        });
        counted
    }
}
