use intermission_core::State;
use serde::Deserialize;
use serde_json::Value;

use crate::{Bytes, differ};

/// A document, and what a node makes of it.
#[derive(Clone, Debug)]
pub struct DocumentVector {
    /// Unique; states the behaviour.
    pub name: String,
    /// What would be wrong otherwise.
    pub why: String,
    /// The document.
    pub document: Vec<u8>,
    /// What a node makes of it.
    pub expect: ExpectDocument,
}

/// What a node makes of a document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum ExpectDocument {
    /// It refuses it whole.
    Refused {
        /// JSON pointer to the place.
        at: String,
        /// What is wrong there.
        because: String,
    },
    /// It reads a state in which the members that this JSON names have these values.
    State(String),
}

/// A document as a file of vectors has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDocument {
    pub(crate) name: String,
    pub(crate) why: String,
    /// The document as it is.
    text: Option<Bytes>,
    /// Or a merge patch (RFC 7396) on the base document `minimal`.
    patch: Option<String>,
    /// Spaces are put behind it until it has this many bytes.
    padded_to: Option<usize>,
    expect: ExpectDocument,
}

impl RawDocument {
    pub(crate) fn resolve(self, minimal: &Value) -> Result<DocumentVector, String> {
        let mut document = match (self.text, self.patch) {
            (Some(text), None) => text.to_vec(),
            (None, Some(patch)) => {
                let patch = serde_json::from_str(&patch).map_err(|error| error.to_string())?;
                let mut document = minimal.clone();
                json_patch::merge(&mut document, &patch);
                document.to_string().into_bytes()
            }
            _ => return Err("one of `text` and `patch` is needed".into()),
        };
        if let Some(length) = self.padded_to {
            if document.len() > length {
                return Err("is longer than `padded_to`".into());
            }
            document.resize(length, b' ');
        }
        Ok(DocumentVector {
            name: self.name,
            why: self.why,
            document,
            expect: self.expect,
        })
    }
}

impl DocumentVector {
    /// Checks the core against the vector.
    ///
    /// # Errors
    ///
    /// Everything that is otherwise than expected.
    pub fn check_core(&self) -> Result<(), Vec<String>> {
        let found = match (State::parse(&self.document), &self.expect) {
            (Err(error), ExpectDocument::Refused { at, because }) => {
                let mut found = Vec::new();
                differ(&mut found, "pointer", error.pointer(), at);
                differ(&mut found, "reason", error.reason(), because);
                found
            }
            (Ok(_), ExpectDocument::Refused { .. }) => vec!["is accepted".into()],
            (Err(error), ExpectDocument::State(_)) => vec![format!("is refused: {error}")],
            (Ok(state), ExpectDocument::State(members)) => {
                let written = state.to_json();
                let mut found = Vec::new();
                if State::parse(&written).as_ref() != Ok(&state) {
                    found.push("does not survive being written and read again".into());
                }
                match (
                    serde_json::from_str(members),
                    serde_json::from_slice(&written),
                ) {
                    (Ok(expected), Ok(is)) => compare(&mut found, "", &is, &expected),
                    (Err(error), _) | (_, Err(error)) => found.push(error.to_string()),
                }
                found
            }
        };
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}

/// Compares the members that `expected` names.
fn compare(found: &mut Vec<String>, pointer: &str, is: &Value, expected: &Value) {
    match (is, expected) {
        (Value::Object(is), Value::Object(expected)) if !expected.is_empty() => {
            for (name, expected) in expected {
                let is = is.get(name).unwrap_or(&Value::Null);
                compare(found, &format!("{pointer}/{name}"), is, expected);
            }
        }
        _ if is == expected => {}
        _ => found.push(format!("{pointer} is {is}, expected {expected}")),
    }
}
