//! When the certificates that control needs end: its own, those of etcd, and those that it uses towards etcd.
//!
//! 1. A certificate in a file is looked at as it is on the disk, since control uses it so.
//! 2. A file with several certificates ends with the first of them; one with CAs ends with the last, since any of them is enough.
//! 3. The log has a line at the start and each day, from 30 days before the end.

mod ends;
mod member;
mod watched;

pub(crate) use self::watched::{Certificates, Watched};
