//! A simulation of control, its disk, the network and nodes, in simulated time.
//!
//! The real parts are [`Memory`](crate::registry::memory::Memory), which decides everything that control decides, and the
//! core's `Poll`, which polls. The disk, the network and the nodes' requests are simulated; so each of them can fail or be
//! late at any moment. An [observer](observer) that sees all nodes checks the promise of `docs/waiting.md` whenever a wait
//! ends well, and from then on.
//!
//! `cargo xtask simulate --runs N` runs many; `SEED=N` repeats one and prints its events.

mod barriers;
mod control;
mod disk;
mod faults;
mod node;
mod observer;
mod operator;
mod polls;
mod runs;
mod world;
