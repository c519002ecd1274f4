//! Control in a process of its own, and the command.

mod answer;
mod ask;
mod command;
mod home;
#[cfg(feature = "openapi")]
pub mod openapi;
mod server;

pub use answer::Answer;
pub use ask::Ask;
pub use command::{Begun, Run};
pub use home::Home;
pub use server::Control;
