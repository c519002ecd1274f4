use std::collections::BTreeMap;

use intermission_core::State;
use serde::Deserialize;
use serde_json::Value;

use crate::{Observed, Request, differ};

/// A request for a page that a node answers itself, and what has to come of it.
///
/// It comes from a proxy at 127.0.0.1, which the node trusts to say in `X-Forwarded-For` who the client is.
#[derive(Clone, Debug)]
pub struct PageVector {
    /// Unique; states the behaviour.
    pub name: String,
    /// What would be wrong otherwise.
    pub why: String,
    /// The state in force.
    pub state: State,
    /// Its document.
    pub document: Value,
    /// The request.
    pub request: Request,
    /// The body of the request.
    pub form: String,
    /// What comes of it.
    pub expect: ExpectPage,
}

/// What has to come of a request for a page of the node's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectPage {
    /// The status; without one the rules decide as about any other request.
    pub status: Option<u16>,
    /// Headers of the answer, with their exact values.
    pub headers: BTreeMap<String, String>,
    /// Headers that the answer does not have.
    pub absent: Vec<String>,
    /// Texts that occur in the body.
    pub body_contains: Vec<String>,
    /// Texts that do not occur in the body.
    pub body_lacks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPage {
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) patch: Option<String>,
    #[serde(default)]
    pub(crate) request: Request,
    #[serde(default)]
    pub(crate) form: String,
    #[serde(default)]
    pub(crate) expect: ExpectPage,
}

impl RawPage {
    /// The vector in this base document, in which passes count.
    pub(crate) fn resolve(self, base: &Value) -> Result<PageVector, String> {
        let mut document = base.clone();
        if let Some(patch) = &self.patch {
            let patch = serde_json::from_str(patch).map_err(|error| format!("patch: {error}"))?;
            json_patch::merge(&mut document, &patch);
        }
        let state = State::parse(document.to_string().as_bytes())
            .map_err(|error| format!("state: {error}"))?;
        Ok(PageVector {
            name: self.name,
            why: self.why,
            state,
            document,
            request: self.request,
            form: self.form,
            expect: self.expect,
        })
    }
}

impl ExpectPage {
    /// Differences in the answer of a node. Where the rules decide, it is refused.
    #[must_use]
    pub fn compare(&self, answer: &Observed) -> Vec<String> {
        let mut found = Vec::new();
        let Some(status) = self.status else {
            if answer.header("intermission").is_none() {
                found.push(format!("it is not refused: {answer:?}"));
            }
            return found;
        };
        let status = status.to_string();
        differ(&mut found, "status", &answer.status.to_string(), &status);
        for (name, expected) in &self.headers {
            let value = answer.header(name).map(String::from_utf8_lossy);
            let value = value.as_deref().unwrap_or("missing, or several lines");
            differ(&mut found, name, value, expected);
        }
        for name in &self.absent {
            if answer.headers.iter().any(|(known, _)| known == name) {
                found.push(format!("{name} is present"));
            }
        }
        let body = String::from_utf8_lossy(&answer.body);
        for text in &self.body_contains {
            if !body.contains(&**text) {
                found.push(format!("the body lacks {text:?}: {body}"));
            }
        }
        for text in &self.body_lacks {
            if body.contains(&**text) {
                found.push(format!("the body contains {text:?}: {body}"));
            }
        }
        found
    }
}
