use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use intermission_core::without_tokens;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

/// What is written to the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter(Targets);

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl Filter {
    /// Begins to log, on standard error.
    pub(crate) fn start(self, format: Format) {
        let layer =
            tracing_subscriber::fmt::layer::<Registry>().with_writer(|| Masked(io::stderr()));
        let layer = match format {
            Format::Text => {
                let colors = AutoStream::choice(&io::stderr());
                layer
                    .with_ansi(colors != ColorChoice::Never)
                    .with_target(false)
                    .boxed()
            }
            Format::Json => layer.json().flatten_event(true).boxed(),
        };
        tracing_subscriber::registry()
            .with(layer)
            .with(self.0)
            .init();
    }
}

/// Writes lines without any token that a client or a file has put into them.
#[derive(Debug)]
struct Masked<W>(W);

impl<W: Write> Write for Masked<W> {
    /// Each call has a whole line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        self.0.write_all(without_tokens(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl FromStr for Filter {
    type Err = ParseFilterError;

    fn from_str(text: &str) -> Result<Self, ParseFilterError> {
        let refuse = || ParseFilterError(text.to_owned());
        let mut parts = text.split(',').map(str::trim);
        let level = parts.next().and_then(level_of).ok_or_else(refuse)?;
        let mut targets = Targets::new().with_default(level);
        for part in parts {
            let (target, exception) = part.split_once('=').ok_or_else(refuse)?;
            targets = targets.with_target(target, level_of(exception).ok_or_else(refuse)?);
        }
        Ok(Self(targets))
    }
}

fn level_of(text: &str) -> Option<LevelFilter> {
    // An empty text would be an error's level.
    text.parse().ok().filter(|_| !text.is_empty())
}

/// A text that does not say what is to be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseFilterError(String);

impl fmt::Display for ParseFilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} does not begin with one of error, warn, info, debug, trace, off; write it like info or \
             info,intermission::access=debug",
            self.0
        )
    }
}

impl std::error::Error for ParseFilterError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_without_the_token_in_it() {
        let mut masked = Masked(Vec::new());
        let line = format!("GET /v1/imo_{}/state\n", "x".repeat(43));
        masked.write_all(line.as_bytes()).unwrap();
        assert_eq!(masked.0, "GET /v1/imo_…/state\n".as_bytes());
    }

    #[test]
    fn a_filter_is_a_level_and_exceptions() {
        let plain = Targets::new().with_default(LevelFilter::INFO);
        let exception = plain
            .clone()
            .with_target("intermission::access", LevelFilter::OFF);
        assert_eq!("info".parse(), Ok(Filter(plain)));
        assert_eq!(
            "INFO, intermission::access=off".parse(),
            Ok(Filter(exception))
        );
        for text in [
            "",
            "loud",
            "a=info",
            "info,a",
            "info,a=loud",
            "info,a=",
            "info,",
        ] {
            let refused = text.parse::<Filter>();
            assert_eq!(refused, Err(ParseFilterError(text.to_owned())));
        }
    }
}
