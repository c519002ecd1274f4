//! How a command ends.

use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

use intermission_core::without_tokens;
use serde_json::Value;

use crate::wire::barrier::Ending;

/// The exit codes, which scripts rely on and `--help` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It is done, or was in force already.
    Done = 0,
    /// Something else went wrong.
    Failed = 1,
    /// The command line cannot be understood (clap's own code).
    Usage = 2,
    /// Control cannot be reached.
    Unreachable = 3,
    /// Control does not let this caller do it.
    Refused = 4,
    /// There is no such service.
    UnknownService = 5,
    /// Another change came first.
    Overtaken = 6,
    /// A value was refused.
    Invalid = 7,
    /// A name is taken, or what is to end is in use.
    Conflict = 16,
    /// The wait was over before all nodes had it in force and had drained.
    TimedOut = 8,
    /// Nodes are missing that are not heard of any more.
    NodeLost = 9,
    /// A node refuses the document.
    NodeRefused = 10,
    /// It is unknown whether a node has drained.
    NodeUnsure = 11,
    /// A node has something in force that this store never made.
    Forked = 12,
    /// A later change may admit requests that this one refuses, or the service was removed.
    Superseded = 13,
    /// There are fewer nodes than expected, or none.
    TooFew = 14,
    /// A check has found something else than was expected.
    Unexpected = 15,
    /// Ctrl-C ended the wait (128 and the number of the signal, as shells have it).
    Interrupted = 130,
}

impl From<Ending> for Exit {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::Done,
            Ending::TimedOut => Self::TimedOut,
            Ending::TooFew => Self::TooFew,
            Ending::Lost => Self::NodeLost,
            Ending::Unsure => Self::NodeUnsure,
            Ending::Refused => Self::NodeRefused,
            Ending::Forked => Self::Forked,
            Ending::Superseded => Self::Superseded,
        }
    }
}

/// The exit codes as `--help` prints them.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done, or in force already
  1  another failure
  2  the command line is wrong
  3  control cannot be reached
  4  refused: no valid token, a token of another role, or a request from a foreign origin
  5  unknown service
  6  overtaken: another change came first
  7  invalid input
 16  conflict: the name is taken, or what is to be removed, forgotten or revoked is in use
With --wait the change is made in any case, and these codes say why it may not be in force everywhere. With several
services the code is the worst one, in the order 3, 13, 12, 10, 11, 9, 14, 8:
  3  control could not be reached, until 5 seconds after the timeout
  8  timed out
  9  a node is lost: it no longer polls
 10  a node refuses the document
 11  unsure: it is unknown whether a node has drained
 12  forked: a node enforces a state that this control never made
 13  superseded: a later change may admit requests that this one refuses, or the service was removed
 14  fewer nodes than expected, or none
130  Ctrl-C ended the wait
With check, and with enter --check if nothing else failed:
 15  an answer was not as expected
With store check:
 15  the store has faults";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do its job.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// Whether what was asked may have been done all the same.
    pub(crate) may_be_done: bool,
    /// For how long control may be without an answer before it has one: it starts again behind a proxy, or has no proof that
    /// its states are the latest. Zero where no answer is to be expected.
    pub(crate) answers_within: Duration,
    /// What control answered, for `--output json`.
    pub(crate) problem: Option<Value>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            may_be_done: false,
            answers_within: Duration::ZERO,
            problem: None,
        }
    }

    /// Whether control may answer soon.
    pub(crate) fn may_answer(&self) -> bool {
        !self.answers_within.is_zero()
    }

    /// This failure of one replica, and that of the `next`.
    pub(crate) fn and(self, next: Self) -> Self {
        Self {
            message: format!("{}; {}", self.message, next.message),
            may_be_done: self.may_be_done || next.may_be_done,
            answers_within: self.answers_within.max(next.answers_within),
            problem: self.problem.or(next.problem),
            ..next
        }
    }

    /// The failure of a change after a try whose effect is unknown. Control answers a change that was made with its outcome,
    /// unless it refuses the caller.
    pub(crate) fn after_doubt(self) -> Self {
        Self {
            may_be_done: self.may_answer() || self.problem.is_none() || self.exit == Exit::Refused,
            ..self
        }
    }

    /// The message for the operator, without any token that it may hold.
    pub(crate) fn text(&self) -> String {
        const MAY_BE_DONE: &str = "; the change may have been made or not: see intermission status, or give the \
                                   command again";
        let remedy = if self.may_be_done { MAY_BE_DONE } else { "" };
        without_tokens(&format!("{}{remedy}", self.message)).into_owned()
    }

    pub(crate) fn failed(error: impl fmt::Display) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }

    pub(crate) fn invalid(error: impl fmt::Display) -> Self {
        Self::new(Exit::Invalid, error.to_string())
    }
}
