use anstream::{AutoStream, ColorChoice};

/// Colours, where they are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// On a terminal, unless the environment says otherwise (`NO_COLOR`, `CLICOLOR_FORCE`).
    pub(crate) fn from_env() -> Self {
        Self {
            on: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
        }
    }

    /// What visitors feel.
    pub(crate) fn alarm(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// What is as it should be.
    pub(crate) fn calm(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    /// What must not be overlooked.
    pub(crate) fn warn(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.on {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

pub(crate) fn line(name: &str, value: &str, text: &mut String) {
    text.push_str(&format!("  {name:10} {value}\n"));
}
