//! A simulation of control, its disk, the network and nodes, in simulated time. [Several replicas](replicas) may serve one store.
//!
//! The real parts are [`Memory`](crate::registry::memory::Memory), which decides everything that control decides,
//! [`Settling`](crate::registry::reports::settling::Settling), which has reports stored together, and the
//! core's `Poll`, which polls. The disk, the network and the nodes' requests are simulated; so each of them can fail or be
//! late at any moment. Reports are heard while the store writes, as in control.
//!
//! Each seed gives one [world](world): one order of events, with its own [habits](habits). An [observer](observer) that sees
//! all nodes checks the promise of `docs/waiting.md` whenever a wait ends, and from then on. Where a wait ends in another
//! way than well, it has to do so for a reason.
//!
//! A backup is restored while no poll is on its way. `ARCHITECTURE.md` has the rules of control, and what fails without each.
//!
//! `cargo xtask simulate --runs N` runs many; `SEED=N` repeats one and prints its events.

mod checks;
mod control;
mod events;
mod faults;
mod habits;
mod last;
mod nodes;
mod observer;
mod operator;
mod replicas;
mod runs;
mod tally;
mod world;
