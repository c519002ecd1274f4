//! What control needs where others serve the same store.
//!
//! 1. No request is answered before memory has all that was stored when the request came.
//! 2. Each replica relays the reports of nodes to the others. Its heartbeat says that it has relayed all. Waits end by the
//!    reports to all replicas.
//! 3. A replica whose lease in etcd has ended answers no poll: the others judge without its reports.

mod certificates;
mod failing;
mod follow;
mod freshness;
mod prove;
mod registry;
mod relay;
mod replica;

pub(crate) use self::certificates::renew_certificates;
pub(crate) use self::follow::follow;
pub(crate) use self::prove::prove;
pub(crate) use self::relay::relay;
pub(crate) use self::replica::Replica;
