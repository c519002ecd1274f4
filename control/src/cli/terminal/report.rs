use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::exit::{Exit, Failure};

/// What a command found or did, in both ways of saying it.
#[derive(Debug)]
pub(crate) struct Report {
    json: Value,
    human: String,
    /// Goes to standard error, so that standard output can be redirected into a file.
    aside: String,
    exit: Exit,
    /// What went wrong after that, which standard error tells.
    failure: Option<Failure>,
}

impl Report {
    pub(crate) fn new(value: &impl Serialize, human: String) -> Result<Self, Failure> {
        Ok(Self {
            json: serde_json::to_value(value).map_err(Failure::failed)?,
            human,
            aside: String::new(),
            exit: Exit::Done,
            failure: None,
        })
    }

    pub(crate) fn with_aside(self, aside: String) -> Self {
        Self { aside, ..self }
    }

    /// Whether all has gone well until now.
    pub(crate) fn is_done(&self) -> bool {
        self.exit == Exit::Done && self.failure.is_none()
    }

    /// What was found beside, as the member `name` for machines.
    pub(crate) fn with_more(
        mut self,
        name: &str,
        value: &impl Serialize,
        human: &str,
        exit: Exit,
    ) -> Result<Self, Failure> {
        let value = serde_json::to_value(value).map_err(Failure::failed)?;
        if let Value::Object(members) = &mut self.json {
            members.insert(name.to_owned(), value);
        }
        self.human.push_str(human);
        Ok(Self { exit, ..self })
    }

    /// That not all went well, though there is something to print.
    pub(crate) fn with_exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// That it went wrong, though there is something to print.
    pub(crate) fn with_failure(self, failure: Failure) -> Self {
        let (exit, failure) = (failure.exit, Some(failure));
        Self {
            exit,
            failure,
            ..self
        }
    }
}

/// Prints at once what a command has done, before it has ended; JSON is printed at the end.
pub(crate) fn say(text: &str, format: Format) {
    if format == Format::Human {
        let mut out = io::stdout().lock();
        // A fault of standard output is reported when the command ends.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

/// Prints how a command ended: what it has to say on standard output, errors on standard error.
pub(crate) fn print(result: Result<Report, Failure>, format: Format) -> Exit {
    let (exit, failure) = match result {
        Ok(report) => match write_report(&report, format) {
            Ok(()) => (report.exit, report.failure),
            // The reader has read enough, as in `intermission history shop | head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                (report.exit, report.failure)
            }
            Err(error) => {
                let _ = writeln!(io::stderr(), "intermission: standard output: {error}");
                (Exit::Failed, report.failure)
            }
        },
        Err(failure) => (failure.exit, Some(failure)),
    };
    if let Some(failure) = failure {
        // There is nowhere left to say that standard error is closed.
        let _ = write_failure(&failure, format);
    }
    exit
}

fn write_report(report: &Report, format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Human => {
            io::stderr().write_all(report.aside.as_bytes())?;
            out.write_all(report.human.as_bytes())?;
        }
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &report.json)?;
            writeln!(out)?;
        }
    }
    out.flush()
}

fn write_failure(failure: &Failure, format: Format) -> io::Result<()> {
    let mut out = io::stderr().lock();
    match format {
        Format::Human => writeln!(out, "intermission: {}", failure.text()),
        Format::Json => {
            let error = json!({
                "exit": failure.exit as u8,
                "message": failure.text(),
                "problem": failure.problem,
            });
            writeln!(out, "{error}")
        }
    }
}
