//! What a command says, to people or to machines.

mod ago;
mod countdown;
mod describe;
mod fleet;
mod forgotten;
mod paint;
mod report;

pub(crate) use self::ago::{ago, ahead, brief_time, when};
pub(crate) use self::describe::{described, one_line, shown};
pub(crate) use self::fleet::{missing, node_lines, progress_line, wait_lines};
pub(crate) use self::forgotten::forgotten;
pub(crate) use self::paint::Paint;
pub(crate) use self::report::{Report, print};
