//! The answers to refused requests: which one a client gets, and how each is rendered.

mod accept;
mod answer;
mod caching;
mod cors;
mod grpc;
mod kind;
mod languages;
mod localized;
mod page;
mod problem;
mod retry;
mod weight;

pub(crate) use answer::Answers;
pub use answer::{Answer, Reply};
pub use caching::{FOR_TESTERS_ONLY, NOT_FOR_TESTERS};
pub use kind::Kind;
pub(crate) use kind::kind;
