use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::Extension;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use intermission::RequestGuard;
use serde::Deserialize;

/// What the application sees of strangers' requests.
#[derive(Debug, Default)]
pub struct Witness {
    /// Whether a wait has ended with the promise that none runs any more.
    promised: AtomicBool,
    /// Requests that began or ran while that promise held.
    betrayed: AtomicU64,
    served: AtomicU64,
}

impl Witness {
    /// From now on no stranger's request may begin or run.
    pub fn tell(&self) {
        self.promised.store(true, Ordering::SeqCst);
    }

    /// From now on they may.
    pub fn release(&self) {
        self.promised.store(false, Ordering::SeqCst);
    }

    /// How many requests of strangers began or ran while the promise held.
    pub fn betrayed(&self) -> u64 {
        self.betrayed.load(Ordering::SeqCst)
    }

    /// How many requests were served.
    pub fn served(&self) -> u64 {
        self.served.load(Ordering::SeqCst)
    }

    fn look(&self) {
        if self.promised.load(Ordering::SeqCst) {
            self.betrayed.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// How long something takes, in milliseconds.
#[derive(Deserialize)]
struct Takes {
    #[serde(default)]
    ms: u64,
}

impl Takes {
    async fn pass(self) {
        tokio::time::sleep(Duration::from_millis(self.ms)).await;
    }
}

/// An application that answers at once, late, bit by bit, or goes on after its answer.
pub fn app(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/", get(answer))
        .route("/large", get(large))
        .route("/work", get(work))
        .route("/switch", get(switch))
        .route("/healthz", get(watch))
        .with_state(witness)
}

/// Answers after `?ms=`.
async fn answer(State(witness): State<Arc<Witness>>, Query(takes): Query<Takes>) -> &'static str {
    witness.look();
    takes.pass().await;
    witness.look();
    witness.served.fetch_add(1, Ordering::SeqCst);
    "welcome"
}

/// More than all buffers on the way hold, in one piece.
async fn large() -> Bytes {
    vec![b'x'; 32 << 20].into()
}

/// Answers at once, and works on for `?ms=`.
async fn work(guard: Option<Extension<RequestGuard>>, Query(takes): Query<Takes>) -> StatusCode {
    tokio::spawn(async move {
        takes.pass().await;
        drop(guard);
    });
    StatusCode::ACCEPTED
}

/// Whether a handler keeps the guard of its request.
#[derive(Deserialize)]
struct Keeps {
    #[serde(default)]
    guard: bool,
}

/// Changes to a protocol that ends when the client ends it.
async fn switch(Query(keeps): Query<Keeps>, mut request: axum::extract::Request) -> Response {
    let guard = request.extensions().get::<RequestGuard>().cloned();
    let guard = guard.filter(|_| keeps.guard);
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            let mut connection = hyper_util::rt::TokioIo::new(upgraded);
            let _ = tokio::io::copy(&mut connection, &mut tokio::io::sink()).await;
        }
        drop(guard);
    });
    let headers = [("connection", "upgrade"), ("upgrade", "websocket")];
    (StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response()
}

/// A health check that goes on until it is dropped.
async fn watch() -> Body {
    Body::from_stream(stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Some((Ok::<_, std::convert::Infallible>("serving\n"), ()))
    }))
}
