//! An endpoint that a node polls, and that takes the reports of the node.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long a poll is held.
const HOLD: Duration = Duration::from_secs(10);
/// How long a node may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An endpoint for one node.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Where it listens; the path does not matter.
    pub address: SocketAddr,
    state: watch::Sender<(String, Arc<str>)>,
    applied: watch::Sender<String>,
}

impl Endpoint {
    /// Begins to serve a document.
    pub async fn start(document: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = Self {
            address: listener.local_addr()?,
            state: watch::Sender::new(("0".to_owned(), document.into())),
            applied: watch::Sender::default(),
        };
        let router = Router::new()
            .fallback(get(poll))
            .with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(endpoint)
    }

    /// Serves another document from now on.
    pub fn put(&self, document: String) {
        self.state.send_modify(|(tag, held)| {
            let count = tag.parse().unwrap_or(0_u64) + 1;
            *tag = count.to_string();
            *held = document.into();
        });
    }

    /// Waits until the node says that it has in force what was put last.
    pub async fn until_applied(&self) -> Result<()> {
        let tag = self.state.borrow().0.clone();
        let mut applied = self.applied.subscribe();
        let said = timeout(PATIENCE, applied.wait_for(|applied| *applied == tag)).await;
        said.context("the node does not take it over")??;
        Ok(())
    }
}

async fn poll(State(endpoint): State<Endpoint>, headers: HeaderMap) -> Response {
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let report = value("intermission-node").unwrap_or_default();
    if let Some((_, applied)) = report.split_once(";applied=\"") {
        let applied = applied.split('"').next().unwrap_or_default();
        endpoint.applied.send_replace(applied.to_owned());
    }
    let known = value(IF_NONE_MATCH.as_str())
        .unwrap_or_default()
        .trim_matches('"');
    let mut state = endpoint.state.subscribe();
    let news = timeout(HOLD, state.wait_for(|(tag, _)| tag != known)).await;
    let Ok(Ok(news)) = news else {
        return (StatusCode::NOT_MODIFIED, [("preference-applied", "wait")]).into_response();
    };
    let (tag, document) = news.clone();
    let headers = [
        (ETAG.as_str(), &*format!("\"{tag}\"")),
        ("preference-applied", "wait"),
    ];
    (headers, document.to_string()).into_response()
}
