use std::io::{self, IsTerminal, Write};

/// Where progress is shown: one line that changes on a terminal, else a line for each news.
#[derive(Debug)]
pub(crate) struct Screen {
    is_terminal: bool,
    shown: String,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            is_terminal: io::stderr().is_terminal(),
            shown: String::new(),
        }
    }

    /// How many columns a line may have, so that a terminal does not break it.
    pub(crate) fn columns(&self) -> usize {
        const USUAL: usize = 80;
        if !self.is_terminal {
            return usize::MAX;
        }
        let size = rustix::termios::tcgetwinsize(io::stderr());
        let columns = size.map_or(0, |size| usize::from(size.ws_col));
        let columns = if columns == 0 { USUAL } else { columns };
        // Some go on to the next line as soon as the last column is full.
        columns - 1
    }

    pub(crate) fn show(&mut self, line: &str) {
        if self.shown == line {
            return;
        }
        line.clone_into(&mut self.shown);
        let mut out = io::stderr().lock();
        // Progress that is not seen does no harm.
        let _ = if self.is_terminal {
            let fitting: String = line.chars().take(self.columns()).collect();
            write!(out, "\r\x1b[K{fitting}").and_then(|()| out.flush())
        } else {
            writeln!(out, "{line}")
        };
    }

    pub(crate) fn clear(&mut self) {
        if self.is_terminal && !self.shown.is_empty() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
