//! A config endpoint that answers as a test orders, and dies when a test orders it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use futures_util::StreamExt;
use futures_util::stream;
use http::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::{LONG, free_address};

/// What the endpoint says to a poll.
#[derive(Clone, Debug, Default)]
pub struct Scripted {
    /// The status.
    pub status: u16,
    /// Headers of the answer.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long the answer takes.
    pub delay: Duration,
    /// Whether the connection is reset in the middle of the body.
    pub cut: bool,
    /// How long a poll is held at most, whatever it asks for.
    pub longest_hold: Option<Duration>,
}

/// A poll.
#[derive(Clone, Debug)]
pub struct Polled {
    /// When it came.
    pub at: Instant,
    /// `If-None-Match`.
    pub if_none_match: String,
    /// `Intermission-Node`.
    pub node: String,
    /// `Authorization`.
    pub authorization: String,
}

impl Scripted {
    /// 200 with a document, and with an entity tag for it.
    #[must_use]
    pub fn document(revision: u64, document: Vec<u8>) -> Self {
        Self {
            status: 200,
            headers: vec![("etag", format!("\"{revision}\""))],
            body: document,
            ..Self::default()
        }
    }

    /// 200 with a state of the service `shop` that has these members.
    #[must_use]
    pub fn state(revision: u64, members: &Value) -> Self {
        Self::document(revision, document(revision, members))
    }

    fn is_known_to(&self, request: &Request) -> bool {
        let known = request.headers().get("if-none-match");
        let mut headers = self.headers.iter();
        known.is_some_and(|known| {
            headers.any(|(name, value)| *name == "etag" && known.as_bytes() == value.as_bytes())
        })
    }
}

impl Polled {
    fn by(request: &Request) -> Self {
        let header = |name| {
            let value = request.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        Self {
            at: Instant::now(),
            if_none_match: header("if-none-match").unwrap_or_default(),
            node: header("intermission-node").unwrap_or_default(),
            authorization: header("authorization").unwrap_or_default(),
        }
    }
}

/// A running endpoint. Dropping it ends it as `kill -9` would: every connection is reset.
#[derive(Debug)]
pub struct Endpoint {
    address: SocketAddr,
    script: Script,
    runtime: Option<Runtime>,
}

#[derive(Clone, Debug)]
struct Script {
    answer: watch::Sender<Scripted>,
    /// What is said to one poll before that.
    once: Arc<Mutex<Option<Scripted>>>,
    polls: watch::Sender<Vec<Polled>>,
}

impl Endpoint {
    /// Starts an endpoint on a free port.
    #[must_use]
    pub fn start(answer: Scripted) -> Self {
        Self::start_at(free_address(), answer)
    }

    /// Starts an endpoint at this address.
    #[must_use]
    pub fn start_at(address: SocketAddr, answer: Scripted) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener).unwrap()
        };
        let script = Script {
            answer: watch::Sender::new(answer),
            once: Arc::default(),
            polls: watch::Sender::default(),
        };
        let app = Router::new().fallback(reply).with_state(script.clone());
        runtime.spawn(async { axum::serve(listener, app).await });
        Self {
            address,
            script,
            runtime: Some(runtime),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Says something else from now on; polls that are held are answered.
    pub fn say(&self, answer: Scripted) {
        self.script.answer.send_replace(answer);
    }

    /// Says this to the next poll, and then what it said before.
    pub fn say_once(&self, answer: Scripted) {
        *self.script.once.lock().unwrap() = Some(answer);
    }

    /// The polls so far.
    #[must_use]
    pub fn polls(&self) -> Vec<Polled> {
        self.script.polls.borrow().clone()
    }

    /// Waits for a poll of which this holds, among those to come.
    pub async fn poll(&self, what: &str, mut is: impl FnMut(&Polled) -> bool) -> Polled {
        let mut polls = self.script.polls.subscribe();
        let mut next = polls.borrow().len();
        let mut found = None;
        let come = polls.wait_for(|polls| {
            let new = polls.get(next..).unwrap_or_default();
            found = new.iter().find(|polled| is(polled)).cloned();
            next = polls.len();
            found.is_some()
        });
        let come = timeout(LONG, come).await;
        assert!(come.is_ok(), "{what}: not within {LONG:?}");
        drop(come);
        found.unwrap()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn reply(State(script): State<Script>, request: Request) -> Response<Body> {
    let polled = Polled::by(&request);
    script.polls.send_modify(|polls| polls.push(polled));
    let mut answers = script.answer.subscribe();
    let mut answer = answers.borrow_and_update().clone();
    let once = script.once.lock().unwrap().take();
    let held = wait(&request).filter(|_| once.is_none() && answer.is_known_to(&request));
    if let Some(wait) = held.map(|wait| wait.min(answer.longest_hold.unwrap_or(wait))) {
        let _ = timeout(wait, answers.changed()).await;
        answer = answers.borrow().clone();
    }
    let answer = once.unwrap_or(answer);
    tokio::time::sleep(answer.delay).await;
    let mut response = Response::builder();
    if held.is_some() {
        response = response.header("preference-applied", "wait");
    }
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    let (status, body) = if answer.is_known_to(&request) {
        (304, Vec::new())
    } else {
        (answer.status, answer.body)
    };
    let body = if answer.cut {
        response = response.header("content-length", body.len() * 2);
        let begun = stream::once(async { Ok(body) });
        let cut = stream::once(async {
            // Until the first part is under way.
            tokio::time::sleep(Duration::from_millis(100)).await;
            Err(io::Error::from(io::ErrorKind::ConnectionReset))
        });
        Body::from_stream(begun.chain(cut))
    } else {
        body.into()
    };
    let response = response.status(status).body(body);
    response.unwrap_or_else(|error| Response::new(error.to_string().into()))
}

/// The time for which a poll asks to be held (RFC 7240, section 4.3).
fn wait(request: &Request) -> Option<Duration> {
    let prefer = request.headers().get("prefer")?.to_str().ok()?;
    let seconds = prefer.strip_prefix("wait=")?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// A document of the service `shop` that has these members.
#[must_use]
pub fn document(revision: u64, members: &Value) -> Vec<u8> {
    let mut document = json!({
        "version": 1,
        "store": "01J9ZZZZZZZZZZZZZZZZZZZZZZ",
        "service": "shop",
        "revision": revision,
    });
    let members = members.as_object().unwrap().clone();
    document.as_object_mut().unwrap().extend(members);
    document.to_string().into_bytes()
}
