use std::collections::BTreeMap;
use std::net::IpAddr;

use intermission_core::{Kind, Verdict};
use serde::Deserialize;

use crate::differ;

/// What has to come of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The rule that decides.
    pub rule: String,
    /// The kind of notice; there is one exactly if the rule is `refused`.
    pub kind: Option<String>,
    /// The client's address as the node finds it, or `unknown`.
    pub client: Option<String>,
    /// The status; unless given, 503, or 200 for gRPC.
    pub status: Option<u16>,
    /// Headers of the answer, with their exact values.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers that the answer does not have.
    #[serde(default)]
    pub absent: Vec<String>,
    /// The exact body.
    pub body: Option<String>,
    /// Texts that occur in the body.
    #[serde(default)]
    pub body_contains: Vec<String>,
    /// Texts that do not occur in the body.
    #[serde(default)]
    pub body_lacks: Vec<String>,
    /// Whether headers or body hold at the corpus's own time only, since the end of the maintenance
    /// that the state announces lies ahead of it. Runners with a real clock compare such an answer
    /// with what the core gives at their own time instead.
    #[serde(default)]
    pub at_fixed_time: bool,
}

/// A verdict, what it rests on, and the answer that comes with a refusal.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The client's address, if it is known.
    pub client: Option<IpAddr>,
    /// The answers to a refused request, one for each draw of when to come back.
    pub answers: Vec<Observed>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The status.
    pub status: u16,
    /// The header lines, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Observed {
    /// The value of a header that occurs once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut lines = self.headers.iter().filter(|(known, _)| known == name);
        let (_, value) = lines.next()?;
        lines.next().is_none().then_some(value)
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known == name)
    }
}

impl Expect {
    /// What is wrong with the expectation itself.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut found = Vec::new();
        let rules = [
            "open",
            "out-of-scope",
            "read-only",
            "exempt",
            "probe",
            "allowlisted",
            "pass",
            "refused",
        ];
        if !rules.contains(&self.rule.as_str()) {
            found.push(format!("there is no rule {:?}", self.rule));
        }
        if self.is_refusal() != self.kind.is_some() {
            found.push("`kind` goes with the rule \"refused\", and only with it".into());
        }
        let tells_answer = self.status.is_some()
            || self.body.is_some()
            || !(self.headers.is_empty()
                && self.absent.is_empty()
                && self.body_contains.is_empty()
                && self.body_lacks.is_empty());
        if tells_answer && !self.is_refusal() {
            found.push("an admitted request has the application's own answer".into());
        }
        for name in self.headers.keys().chain(&self.absent) {
            if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                found.push(format!("{name}: write header names in lower case"));
            }
        }
        found
    }

    /// Whether the request is to be refused.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.rule == "refused"
    }

    /// Differences in rule, kind and client.
    #[must_use]
    pub fn compare_verdict(&self, outcome: &Outcome) -> Vec<String> {
        let mut found = Vec::new();
        differ(&mut found, "rule", outcome.verdict.rule(), &self.rule);
        differ(
            &mut found,
            "kind",
            &kind(outcome.verdict),
            self.kind.as_deref().unwrap_or("none"),
        );
        if let Some(expected) = &self.client {
            let client = outcome.client.map(|client| client.to_string());
            differ(
                &mut found,
                "client",
                client.as_deref().unwrap_or("unknown"),
                expected,
            );
        }
        found
    }

    /// Differences in the answer to a refused request, among them from what every answer has.
    #[must_use]
    pub fn compare_answer(&self, answer: &Observed, revision: u64) -> Vec<String> {
        let mut found = Vec::new();
        let grpc = self.kind.as_deref() == Some("grpc");
        let status = self.status.unwrap_or(if grpc { 200 } else { 503 });
        differ(
            &mut found,
            "status",
            &answer.status.to_string(),
            &status.to_string(),
        );
        let marker = format!("refused;revision={revision}");
        let always = [("cache-control", "no-store"), ("intermission", &marker)];
        let own = self.headers.iter().map(|(name, value)| (&**name, &**value));
        for (name, expected) in always.into_iter().chain(own) {
            let value = answer.header(name).map(String::from_utf8_lossy);
            let value = value.as_deref().unwrap_or("missing, or several lines");
            differ(&mut found, name, value, expected);
        }
        let seconds = answer
            .header("retry-after")
            .filter(|value| !value.is_empty() && value.iter().all(u8::is_ascii_digit));
        if seconds.is_none_or(|value| value == b"0") {
            found.push("retry-after is not a number of seconds above 0".into());
        }
        if answer.header("vary").is_none() {
            found.push("vary is missing".into());
        }
        for name in self.absent.iter().filter(|name| answer.has(name)) {
            found.push(format!("{name} is present"));
        }
        let body = String::from_utf8_lossy(&answer.body);
        if let Some(expected) = &self.body {
            differ(&mut found, "body", &body, expected);
        }
        for text in self
            .body_contains
            .iter()
            .filter(|text| !body.contains(&**text))
        {
            found.push(format!("the body lacks {text:?}: {body}"));
        }
        for text in self.body_lacks.iter().filter(|text| body.contains(&**text)) {
            found.push(format!("the body contains {text:?}: {body}"));
        }
        found
    }
}

/// The kind of a refusal, or `none`.
#[must_use]
pub fn kind(verdict: Verdict) -> String {
    match verdict {
        Verdict::Admit(_) => "none".into(),
        Verdict::Refuse(kind @ (Kind::Page | Kind::Api | Kind::Grpc)) => kind.to_string(),
    }
}
