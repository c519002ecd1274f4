//! What a replica needs of etcd beside the store: news of the others, and keys of its own that exist while it lives.

mod live;
mod observer;

pub(crate) use self::live::{Lease, LiveKeys};
pub(crate) use self::observer::{News, Observer};
