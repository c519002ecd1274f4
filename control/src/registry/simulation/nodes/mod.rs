//! Nodes, which are simulated but for the core's `Poll`, and their requests.

mod polls;
mod process;
mod serving;
mod thread;

pub(super) use self::polls::Message;
pub(super) use self::process::{Phase, Process, WAIT};
pub(super) use self::thread::{Client, name};
