//! The grammar of the command line.

mod allowlist;
mod check;
mod cli;
mod declared;
#[cfg(test)]
mod documented;
mod ends;
mod lists;
mod node;
mod notice;
mod pass;
mod serve;
mod store;
mod switch;
mod token;

pub(crate) use self::allowlist::{
    AddedEntries, Allowlist, Listed, Pruned, RemovedEntries, SetEntries,
};
pub(crate) use self::check::Check;
pub(crate) use self::cli::{Cli, Command, Connection, Format, RemovedService, Service};
pub(crate) use self::declared::{Apply, Export};
pub(crate) use self::ends::Ends;
pub(crate) use self::lists::{Edit, Lists};
pub(crate) use self::node::Node;
pub(crate) use self::notice::{Explain, Notice, NoticeKind, Preview};
pub(crate) use self::pass::{NewPass, Pass, RevokedPass};
pub(crate) use self::serve::Serve;
pub(crate) use self::store::{CheckStore, Copy, Store};
pub(crate) use self::switch::{DryRun, Enter, Making, Rollback, Services, Switch, Waiting};
pub(crate) use self::token::{NewToken, Token};
