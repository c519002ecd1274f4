//! How a command ends.

use std::fmt;
use std::process::ExitCode;

use serde_json::Value;

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
    /// Somebody else's change came first.
    Lost = 6,
    /// A value was refused.
    Invalid = 7,
}

/// The exit codes as `--help` prints them.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done, or in force already
  1  another failure
  2  the command line is wrong
  3  control cannot be reached
  4  refused: no valid token, or one of another role, or not from here
  5  unknown service
  6  lost to somebody else's change
  7  invalid input";

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
    /// What control answered, for `--output json`.
    pub(crate) problem: Option<Value>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            problem: None,
        }
    }

    pub(crate) fn failed(error: impl fmt::Display) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }

    pub(crate) fn invalid(error: impl fmt::Display) -> Self {
        Self::new(Exit::Invalid, error.to_string())
    }
}
