use std::io;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use intermission_core::{PASS_HEADER, Timestamp};
use intermission_corpus::{
    Corpus, Deviation, Observed, Outcome, Vector, differ, finish, judge, kind, now, report,
};
use intermission_testkit::http::Transport;

use crate::rig::{ANSWER, FOR_CACHES, Place, Rig};

/// Headers that a transport adds of itself.
const TRANSPORT: [&str; 2] = ["content-length", "date"];

/// The corpus on its way over a transport.
#[derive(Debug)]
pub struct Run {
    transport: Transport,
    /// Whether only extended CONNECTs are sent, to a server that takes them.
    extended_only: bool,
    failures: Vec<String>,
    count: usize,
    rejected: usize,
    changed: usize,
}

impl Run {
    /// Begins a run.
    #[must_use]
    pub fn new(transport: Transport) -> Self {
        Self {
            transport,
            extended_only: false,
            failures: Vec::new(),
            count: 0,
            rejected: 0,
            changed: 0,
        }
    }

    /// A run over HTTP/2 of the vectors whose request is an extended CONNECT, for a server that takes them.
    #[must_use]
    pub fn of_extended_connects() -> Self {
        Self {
            extended_only: true,
            ..Self::new(Transport::Http2)
        }
    }

    /// Sends every vector to the server that `start` starts for it, and ends with a line that says
    /// how many there were.
    ///
    /// # Errors
    ///
    /// If the corpus cannot be read or a server not be started.
    ///
    /// # Panics
    ///
    /// If an answer is not as the vector says, or not as the core's.
    pub async fn over(
        mut self,
        name: &str,
        start: impl AsyncFn(&Vector, Rig) -> io::Result<(SocketAddr, tokio::task::AbortHandle)>,
        place: Place,
    ) -> Result<(), String> {
        let mut vectors = Corpus::load()?.vectors;
        if self.extended_only {
            vectors.retain(|vector| vector.request.protocol.is_some());
        }
        for vector in &vectors {
            let rig = Rig::new(place, vector.request.peer()?);
            let begun = wall_clock();
            let (address, server) = start(vector, rig.clone())
                .await
                .map_err(|error| format!("{}: {error}", vector.name))?;
            let answer = self.transport.send(address, &vector.request).await;
            server.abort();
            self.count += 1;
            let found = match answer {
                Ok(answer) => self.compare(vector, answer, rig.seen(), begun),
                Err(error) => vec![format!("the client: {error}")],
            };
            if !found.is_empty() {
                self.failures.push(report(&vector.name, &found));
            }
        }
        let Self {
            count,
            rejected,
            changed,
            ..
        } = self;
        println!(
            "corpus {name}: {count} vectors ({rejected} that the transport rejects, {changed} that it changes)"
        );
        finish(&self.failures);
        Ok(())
    }

    fn compare(
        &mut self,
        vector: &Vector,
        answer: Option<Observed>,
        seen: Option<String>,
        begun: Timestamp,
    ) -> Vec<String> {
        let deviation = match self.transport {
            _ if self.extended_only => &None,
            Transport::Http1 => &vector.over.http1,
            Transport::Http2 => &vector.over.http2,
        };
        match (deviation, seen, answer) {
            (Some(Deviation::Rejected(_)), None, _) => {
                self.rejected += 1;
                Vec::new()
            }
            (Some(Deviation::Rejected(_)), Some(seen), _) => vec![format!(
                "is marked as rejected by the transport, but reaches the layer as {seen:?}"
            )],
            (_, None, answer) => vec![format!(
                "does not reach the layer; the answer is {answer:?}"
            )],
            (_, Some(_), None) => vec!["is not answered".into()],
            (Some(Deviation::Becomes(becomes)), Some(seen), Some(answer)) => {
                self.changed += 1;
                let mut vector = vector.clone();
                vector.request.path = becomes.path.as_str().into();
                let mut found = Vec::new();
                differ(&mut found, "path", &seen, &becomes.path);
                let answer = Answer::new(answer);
                differ(&mut found, "rule", answer.rule(), &becomes.rule);
                found.extend(answer.compare_with_core(&vector, begun));
                found
            }
            (None, Some(seen), Some(answer)) => {
                let mut found = Vec::new();
                if seen.as_bytes() != &*vector.request.path {
                    found.push(format!("the transport makes {seen:?} of the path"));
                }
                let answer = Answer::new(answer);
                differ(&mut found, "rule", answer.rule(), &vector.expect.rule);
                if !found.is_empty() {
                    return found;
                }
                if vector.expect.is_refusal() && !vector.expect.at_fixed_time {
                    let revision = vector.state.revision;
                    let undrawn = undrawn(&answer.observed, vector);
                    found.extend(vector.expect.compare_answer(&undrawn, revision));
                }
                found.extend(answer.compare_with_core(vector, begun));
                found
            }
        }
    }
}

/// An answer, and what the rig wrote into it.
struct Answer {
    observed: Observed,
    decision: String,
}

impl Answer {
    fn new(mut observed: Observed) -> Self {
        let decision = observed.header("rig-decision").unwrap_or_default();
        let decision = String::from_utf8_lossy(decision).into_owned();
        observed.headers.retain(|(name, _)| name != "rig-decision");
        Self { observed, decision }
    }

    /// The rule by which the layer decided; there is nothing to decide while it is open.
    fn rule(&self) -> &str {
        match self.decision.split(' ').next() {
            Some("none") => "open",
            rule => rule.unwrap_or_default(),
        }
    }

    /// Compares with what the core says about the vector at some time since `begun`.
    fn compare_with_core(&self, vector: &Vector, begun: Timestamp) -> Vec<String> {
        let ended = wall_clock();
        let mut time = begun;
        loop {
            let found = match judge(vector, time) {
                Ok(outcome) => self.compare(vector, &outcome),
                Err(error) => vec![error],
            };
            if found.is_empty() || time >= ended {
                return found;
            }
            time = ended.min(Timestamp::from_second(time.as_second() + 1));
        }
    }

    fn compare(&self, vector: &Vector, outcome: &Outcome) -> Vec<String> {
        let verdict = outcome.verdict;
        let decision = match verdict.rule() {
            "open" => "none".into(),
            rule => format!("{rule} {} {}", kind(verdict), vector.state.revision),
        };
        let mut found = Vec::new();
        differ(&mut found, "decision", &self.decision, &decision);
        if outcome.answers.is_empty() {
            self.compare_admitted(&mut found, vector, verdict.rule());
        } else {
            found.extend(compare_refused(&self.observed, outcome, &TRANSPORT));
        }
        found
    }

    fn compare_admitted(&self, found: &mut Vec<String>, vector: &Vector, rule: &str) {
        differ(found, "status", &self.observed.status.to_string(), "200");
        let known = if rule == "open" { "none" } else { rule };
        compare_header(found, &self.observed, "application-rule", known.as_bytes());
        if !matches!(&*vector.request.method, b"HEAD" | b"CONNECT") {
            let body = String::from_utf8_lossy(&self.observed.body);
            differ(found, "body", &body, ANSWER);
        }
        compare_pass(found, &self.observed, vector, rule);
        compare_for_caches(found, &self.observed, rule);
    }
}

/// Compares whether the application has received a pass: while the service is open, no node looks for one.
pub(crate) fn compare_pass(
    found: &mut Vec<String>,
    observed: &Observed,
    vector: &Vector,
    rule: &str,
) {
    let mut headers = vector.request.headers.iter();
    let is_presented = headers.any(|(name, _)| name.eq_ignore_ascii_case(PASS_HEADER));
    let expected = if is_presented && rule == "open" {
        "received"
    } else {
        "none"
    };
    compare_header(found, observed, "application-pass", expected.as_bytes());
}

/// Compares what an admitted request's response tells caches with what the application says, or with what is to be said
/// where only a tester may see it.
pub(crate) fn compare_for_caches(found: &mut Vec<String>, observed: &Observed, rule: &str) {
    for (name, value) in FOR_CACHES {
        match (rule, name) {
            ("allowlisted" | "pass", "cache-control") => {
                compare_header(found, observed, name, b"private, no-store");
            }
            ("allowlisted" | "pass", _) => {
                if observed.headers.iter().any(|(known, _)| known == name) {
                    found.push(format!("{name} tells caches to keep what a tester sees"));
                }
            }
            _ => compare_header(found, observed, name, value.as_bytes()),
        }
    }
}

/// The answer as if nothing had been drawn, for comparison with what a vector says.
pub(crate) fn undrawn(observed: &Observed, vector: &Vector) -> Observed {
    let mut undrawn = observed.clone();
    let core = judge(vector, now()).ok();
    let core = core.as_ref().and_then(|outcome| outcome.answers.first());
    for (name, value) in &mut undrawn.headers {
        if matches!(&**name, "retry-after" | "grpc-status-details-bin")
            && let Some(core) = core.and_then(|core| core.header(name))
        {
            *value = core.to_vec();
        }
    }
    undrawn
}

/// Compares the answer to a refused request with the core's, whatever was drawn; the transport may add the headers
/// `added`.
pub(crate) fn compare_refused(observed: &Observed, core: &Outcome, added: &[&str]) -> Vec<String> {
    let answers = core.answers.iter();
    let found = answers.map(|answer| compare_answer(observed, answer, added));
    found.min_by_key(Vec::len).unwrap_or_default()
}

fn compare_answer(observed: &Observed, core: &Observed, added: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let Observed {
        status,
        headers,
        body,
    } = observed;
    differ(
        &mut found,
        "status",
        &status.to_string(),
        &core.status.to_string(),
    );
    differ(
        &mut found,
        "body",
        &String::from_utf8_lossy(body),
        &String::from_utf8_lossy(&core.body),
    );
    for (name, value) in &core.headers {
        compare_header(&mut found, observed, name, value);
    }
    for (name, value) in headers {
        let known = core.headers.iter().any(|(core, _)| core == name);
        if !known && !added.contains(&name.as_str()) {
            let value = value.escape_ascii();
            found.push(format!("{name}: {value} is not the core's"));
        }
    }
    found
}

pub(crate) fn compare_header(
    found: &mut Vec<String>,
    observed: &Observed,
    name: &str,
    expected: &[u8],
) {
    let value = observed.header(name);
    if value != Some(expected) {
        let value = value.map(|value| value.escape_ascii().to_string());
        let expected = expected.escape_ascii();
        found.push(format!("{name} is {value:?}, expected {expected}"));
    }
}

pub(crate) fn wall_clock() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
