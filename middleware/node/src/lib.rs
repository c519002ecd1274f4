//! A node of Intermission without its server: the state in force, the running requests, and the polls.
//!
//! [`PolicyHandle`] is the state in force, and [`Poller`] keeps it up to date; applications get both from the crate
//! `intermission`. The rest is for what enforces the state in a server, such as the tower layer of that crate:
//!
//! 1. [`PolicyCell::enter`] checks the lease, shows the state in force to the caller, and counts the request if the caller
//!    admits it.
//! 2. The request is counted until its [`Counted`] is dropped. While it runs, the reports of the poller have it if a later
//!    state would refuse it.
//! 3. [`Shard::count_rule`] counts each verdict for the reports, when it is final.
//! 4. [`PolicyCell::probes`] is there while the node looks for health checks that a maintenance would refuse.
//!
//! ```
//! use intermission_core::{RequestView, State, Verdict};
//! use intermission_node::{Entry, PolicyCell, PolicyHandle};
//!
//! let handle = PolicyHandle::new(State::parse(
//!     br#"{ "version": 1, "service": "shop", "revision": 17, "maintenance": "all" }"#,
//! )?);
//! let enter = |path: &str| {
//!     PolicyCell::of(&handle).enter(|cached| {
//!         let headers: &[(&str, &str)] = &[];
//!         let request = RequestView::new(b"GET", path.as_bytes(), headers);
//!         let decision = cached.snapshot.policy.decide(&request);
//!         match decision.verdict {
//!             Verdict::Admit(_) => Entry::Admitted((decision.lasting, ())),
//!             Verdict::Refuse(kind) => Entry::Refused(kind),
//!         }
//!     })
//! };
//! assert!(matches!(enter("/basket"), Entry::Refused(_)));
//! let Entry::Admitted((counted, ())) = enter("/healthz") else {
//!     return Err("a health check is refused".into());
//! };
//! // The request runs.
//! drop(counted);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It neither reads requests nor writes responses, and it starts no thread: a poller runs on the tokio runtime of the caller.

mod current;
#[cfg(feature = "poller")]
mod poller;

pub use current::{
    Cached, Counted, Entry, PolicyCell, PolicyHandle, Probe, Probes, Shard, Snapshot,
};
#[cfg(feature = "poller")]
#[doc(hidden)]
pub use poller::chain;
#[cfg(feature = "poller")]
pub use poller::{EndpointError, IntoEndpoints, Poller, TokenError};
