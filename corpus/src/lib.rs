#![doc = include_str!("../vectors/README.md")]

mod bytes;
mod corpus;
mod document;
mod expect;
mod files;
mod judge;
mod page;
mod report;
mod vector;

pub use bytes::Bytes;
pub use corpus::{Corpus, now};
pub use document::{DocumentVector, ExpectDocument};
pub use expect::{Expect, Observed, Outcome, kind};
pub use files::FILES;
pub use judge::{headers, judge, view};
pub use page::{ExpectPage, PageVector};
pub use report::{differ, finish, report};
pub use vector::{Becomes, Deviation, Node, Over, Request, Vector};
