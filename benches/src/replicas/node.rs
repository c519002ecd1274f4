use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use intermission_core::{
    MemberId, Poll, PollOptions, PollRequest, PollResponse, Report, ServiceName, StateTag,
};
use intermission_testkit::http::{Connection, Observed};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until, timeout};

/// A node that polls by the rules that all nodes share, and enforces nothing.
#[derive(Debug)]
pub struct Node {
    endpoints: Arc<[SocketAddr]>,
    authorization: Arc<str>,
    id: MemberId,
    seq: u64,
    poll: Poll,
    /// The connection to the endpoint at this place.
    connection: Option<(usize, Connection)>,
    started: Instant,
}

/// How polls ended, by kind.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<String, u64>>);

impl Tally {
    fn count(&self, kind: String) {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kinds.entry(kind).or_default() += 1;
    }

    /// The number of each kind.
    #[must_use]
    pub fn kinds(&self) -> BTreeMap<String, u64> {
        let kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.clone()
    }
}

impl Node {
    /// One that has not polled yet, of the service `shop`.
    #[must_use]
    pub fn new(
        endpoints: Arc<[SocketAddr]>,
        authorization: Arc<str>,
        name: &str,
        boot: u64,
        options: PollOptions,
    ) -> Self {
        let poll = Poll::new(options, boot).with_endpoints(endpoints.len());
        Self {
            poll: poll.with_service("shop".parse::<ServiceName>().ok()),
            endpoints,
            authorization,
            id: MemberId::new(name, boot),
            seq: 0,
            connection: None,
            started: Instant::now(),
        }
    }

    /// Polls until it is dropped; gives back its place at the door with its first answer.
    pub async fn run(mut self, tally: Arc<Tally>, place: OwnedSemaphorePermit) {
        let mut place = Some(place);
        self.started = Instant::now();
        loop {
            sleep_until(self.started + self.poll.next_at()).await;
            let kind = self.ask().await;
            tally.count(kind);
            if self.poll.answered_at().is_some() {
                drop(place.take());
            }
        }
    }

    /// Polls once, and says how that ended.
    async fn ask(&mut self) -> String {
        self.seq += 1;
        let report = Report {
            seq: self.seq,
            applied: self.poll.tag().and_then(StateTag::bare).map(Into::into),
            wait: self.poll.longest_pause(),
            error: self.poll.objection().map(Into::into),
            ..Report::new(self.id.clone(), "tower")
        };
        let request = self.poll.send(self.started.elapsed());
        let report = report.to_string();
        let timed = timeout(request.timeout, self.fetch(&request, &report));
        let fetched = timed
            .await
            .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()));
        let now = self.started.elapsed();
        let (connection, answer) = match fetched {
            Ok(fetched) => fetched,
            Err(error) => {
                self.poll.fail(now);
                return failure(error.kind()).into();
            }
        };
        if answer.header("connection") != Some(b"close") {
            self.connection = Some((request.endpoint, connection));
        }
        let response = PollResponse {
            status: answer.status,
            etag: answer.header("etag"),
            preference_applied: answer.header("preference-applied"),
            retry_after: answer.header("retry-after"),
            body: &answer.body,
        };
        match self.poll.receive(now, response) {
            Ok(_) => answer.status.to_string(),
            Err(_) => refusal(answer.status, &answer.body),
        }
    }

    async fn fetch(
        &mut self,
        request: &PollRequest,
        report: &str,
    ) -> std::io::Result<(Connection, Observed)> {
        let endpoint = request.endpoint;
        let mut connection = match self.connection.take() {
            Some((place, connection)) if place == endpoint => connection,
            _ => Connection::open(self.endpoints[endpoint]).await?,
        };
        let mut headers = vec![
            ("authorization", &*self.authorization),
            (Report::NAME, report),
        ];
        let tag = request.if_none_match.as_deref();
        headers.extend(tag.map(|tag| ("if-none-match", tag)));
        let prefer = request.prefer.as_deref();
        headers.extend(prefer.map(|prefer| ("prefer", prefer)));
        let path = "/v1/services/shop/state";
        let answer = connection.ask("GET", path, &headers, "").await?;
        Ok((connection, answer))
    }
}

/// Why there was no answer.
fn failure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ConnectionRefused => "connection refused",
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            "connection cut"
        }
        ErrorKind::TimedOut => "late",
        _ => "no socket",
    }
}

/// An answer that is no state, by its document.
fn refusal(status: u16, body: &[u8]) -> String {
    let document: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let problem = document["type"].as_str().map(|name| {
        let name = name.strip_prefix("urn:intermission:");
        name.unwrap_or("unknown problem").to_owned()
    });
    let state = document["revision"].is_u64().then(|| "state".to_owned());
    let kind = problem.or(state).unwrap_or_else(|| "no document".into());
    format!("{status} {kind}")
}
