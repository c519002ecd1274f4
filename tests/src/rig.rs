use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response as AxumResponse};
use http::{Extensions, HeaderValue, Request, Response};
use intermission::{Decision, MaintenanceLayer, Peer, PolicyHandle};
use intermission_core::PASS_PREFIX;
use intermission_corpus::{Vector, kind};
use tonic::transport::server::{TcpConnectInfo, UdsConnectInfo};
use tower_layer::Layer;
use tower_service::Service;

/// What the application answers to whatever reaches it.
pub(crate) const ANSWER: &str = "the application's own answer";

/// What it tells caches, which must not hold what only a tester may see.
pub(crate) const FOR_CACHES: [(&str, &str); 4] = [
    ("cache-control", "public, max-age=3600"),
    ("cdn-cache-control", "max-age=7200"),
    ("expires", "Thu, 01 Dec 2050 16:00:00 GMT"),
    ("surrogate-control", "max-age=7200"),
];

/// An application that answers every request alike, and says by which rule it was let in and whether it has received a pass.
pub fn application() -> Router {
    Router::new().fallback(async |request: axum::extract::Request| -> AxumResponse {
        let decision = request.extensions().get::<Decision>();
        let rule = decision.map_or("none", |decision| decision.verdict.rule());
        let has_pass = |value: &HeaderValue| {
            let prefix = PASS_PREFIX.as_bytes();
            value
                .as_bytes()
                .windows(prefix.len())
                .any(|part| part == prefix)
        };
        let passed = request.headers().values().any(has_pass);
        let pass = if passed { "received" } else { "none" };
        let said = [("application-rule", rule), ("application-pass", pass)];
        (said, FOR_CACHES, ANSWER).into_response()
    })
}

/// How a server tells the layer about the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// As axum does.
    Axum,
    /// As tonic does.
    Tonic,
}

/// Stands outside the layer: puts the vector's peer where the server would put the connection's, and
/// writes down what the layer saw and said.
#[derive(Clone, Debug)]
pub struct Rig {
    place: Place,
    peer: Peer,
    seen: Arc<Mutex<Option<String>>>,
}

impl Rig {
    /// A rig for connections of this peer.
    #[must_use]
    pub fn new(place: Place, peer: Peer) -> Self {
        Self {
            place,
            peer,
            seen: Arc::default(),
        }
    }

    /// The layer that the vector is about.
    #[must_use]
    pub fn maintenance(vector: &Vector) -> MaintenanceLayer {
        let policy = PolicyHandle::new(vector.state.clone());
        MaintenanceLayer::new(policy)
            .with_client_source(vector.source.clone())
            .with_extensions()
    }

    /// The path and query that reached the layer, if a request did.
    #[must_use]
    pub fn seen(&self) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }

    fn introduce(&self, extensions: &mut Extensions) {
        extensions.remove::<ConnectInfo<SocketAddr>>();
        extensions.remove::<TcpConnectInfo>();
        match (self.place, self.peer) {
            (Place::Axum, Peer::Address(address)) => {
                extensions.insert(ConnectInfo(SocketAddr::new(address, 4711)));
            }
            (Place::Tonic, Peer::Address(address)) => {
                extensions.insert(TcpConnectInfo {
                    local_addr: None,
                    remote_addr: Some(SocketAddr::new(address, 4711)),
                });
            }
            (Place::Axum, Peer::Unix) => {
                extensions.insert(Peer::Unix);
            }
            (Place::Tonic, Peer::Unix) => {
                extensions.insert(UdsConnectInfo {
                    peer_addr: None,
                    peer_cred: None,
                });
            }
            (_, Peer::Unknown) => {}
        }
    }
}

impl<S> Layer<S> for Rig {
    type Service = Rigged<S>;

    fn layer(&self, inner: S) -> Rigged<S> {
        Rigged {
            rig: self.clone(),
            inner,
        }
    }
}

/// A service with a [`Rig`] around it.
#[derive(Clone, Debug)]
pub struct Rigged<S> {
    rig: Rig,
    inner: S,
}

impl<S, A, B> Service<Request<A>> for Rigged<S>
where
    S: Service<Request<A>, Response = Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(ready!(self.inner.poll_ready(cx)))
    }

    fn call(&mut self, mut request: Request<A>) -> Self::Future {
        let target = request.uri().path_and_query();
        let target = target.map_or("", |target| target.as_str()).into();
        *self.rig.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(target);
        self.rig.introduce(request.extensions_mut());
        let answer = self.inner.call(request);
        Box::pin(async {
            let mut response = answer.await?;
            let decision = response.extensions().get::<Decision>();
            let decision = decision.map_or("none".into(), |decision| {
                let Decision {
                    verdict, revision, ..
                } = decision;
                format!("{} {} {revision}", verdict.rule(), kind(*verdict))
            });
            if let Ok(value) = HeaderValue::try_from(decision) {
                response.headers_mut().insert("rig-decision", value);
            }
            Ok(response)
        })
    }
}
