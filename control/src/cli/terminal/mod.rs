//! What a command says, to people or to machines.

mod ago;
mod countdown;
mod counts;
mod describe;
mod fleet;
mod forgotten;
mod paint;
mod report;
pub(crate) mod screen;
mod table;
mod wait;

pub(crate) use self::ago::{ago, when};
pub(crate) use self::describe::{Follow, described, notes, one_line, shown};
pub(crate) use self::fleet::{node_lines, replica_lines};
pub(crate) use self::forgotten::forgotten;
pub(crate) use self::paint::Paint;
pub(crate) use self::report::{Report, print, say};
pub(crate) use self::table::table;
pub(crate) use self::wait::{progress_line, waited};
