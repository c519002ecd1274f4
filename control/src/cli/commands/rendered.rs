use std::fmt::Write;

use intermission_core::Reply;
use serde::Serialize;

/// An answer as a node sends it.
#[derive(Debug, Serialize)]
pub(crate) struct Rendered {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Rendered {
    pub(crate) fn of(reply: &Reply<'_>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            status: reply.status(),
            headers: reply
                .headers()
                .map(|(name, value)| (name, text(value)))
                .collect(),
            body: text(reply.body()),
        }
    }

    /// Status and headers, one on each line.
    pub(crate) fn head(&self) -> String {
        let mut head = format!("HTTP {}\n", self.status);
        for (name, value) in &self.headers {
            // Writing to a string does not fail.
            let _ = writeln!(head, "{name}: {value}");
        }
        head
    }

    pub(crate) fn body(&self) -> &str {
        &self.body
    }
}
