//! The state in force, the requests that run under it, and those that earlier states admitted.

#[cfg(feature = "poller")]
mod departure;
#[cfg_attr(
    not(feature = "poller"),
    expect(dead_code, reason = "a poller reports what is counted")
)]
mod epoch;
mod handle;
#[cfg_attr(
    not(any(feature = "poller", test)),
    expect(dead_code, reason = "only a poller has a lease")
)]
mod lease;
mod past;
mod policy_cell;
mod pool;
#[cfg_attr(
    not(any(feature = "poller", test)),
    expect(dead_code, reason = "only a poller reports them")
)]
mod probes;
mod shards;
mod snapshot;
mod sync;
mod thread_cache;

#[cfg(feature = "poller")]
pub(crate) use departure::{Departing, Departure};
pub use epoch::Entry;
pub use handle::PolicyHandle;
#[cfg(feature = "poller")]
pub(crate) use lease::{Lease, Moment};
pub use policy_cell::PolicyCell;
pub use probes::{Probe, Probes};
pub use shards::{Counted, Shard};
pub use snapshot::Snapshot;
#[cfg(all(feature = "metrics", feature = "poller"))]
pub(crate) use snapshot::now;
pub use thread_cache::Cached;
