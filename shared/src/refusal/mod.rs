//! The answers to refused requests: the choice for a client, and the rendering.

mod accept;
mod answer;
mod answers;
mod caching;
mod cors;
mod grpc;
mod kind;
mod languages;
mod localized;
mod maintenance;
mod page;
mod problem;
mod reply;
mod retry;
mod weight;

pub use answer::Answer;
pub(crate) use answers::Answers;
pub use caching::{FOR_TESTERS_ONLY, NOT_FOR_TESTERS};
pub use kind::Kind;
pub(crate) use kind::{Signs, calls_grpc, kind};
pub(crate) use languages::Languages;
pub(crate) use page::{Document, Escaped};
pub use reply::Reply;
