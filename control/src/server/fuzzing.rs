//! A whole control without a socket.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::watch;
use tower_service::Service;

use crate::registry::{Published, Registry, Requester};
use crate::server::app::App;
use crate::server::gate::auth;
use crate::server::host_names::HostNames;
use crate::server::http::patience;
use crate::server::listen::Capacity;
use crate::server::listen::Endpoints;
use crate::server::routes::router;
use crate::store::{Batch, Disk, Folder, Sqlite, Step, Store};
use crate::token::{CONTROL, Grant, Made, OPERATOR, Role, TokenHash};
use crate::values::version::Version;

/// A control with the service `shop` and the tokens `operator`, `viewer` and `node`, that answers to `localhost`.
#[derive(Debug)]
pub struct Control {
    app: Arc<App>,
    router: Router,
    _stop: watch::Sender<bool>,
}

impl Control {
    /// Starts with an empty data folder.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be used.
    pub fn start(data: &Path) -> anyhow::Result<Self> {
        let at = Timestamp::now();
        let made = || Made {
            by: CONTROL.to_owned(),
            at,
        };
        let mut store = Sqlite::open(&Folder::open(data, Disk::Any)?, at)?;
        let tokens = [
            (OPERATOR, Role::Operator),
            ("viewer", Role::Viewer),
            ("node", Role::Node),
        ];
        let made = tokens.map(|(name, role)| Step::TokenMade {
            hash: TokenHash::of(name.as_bytes()),
            grant: Grant::new(name, role, made()),
        });
        store.commit(Version::default(), &Batch(made.into()))?;
        let registry = Registry::new(store)?;
        let added = registry.add("shop".parse()?, Requester::new(CONTROL));
        added.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let (_stop, stopped) = watch::channel(false);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 7700));
        let names = HostNames::new("http", address, Vec::new());
        let app = Arc::new(App::new(
            registry,
            None,
            names,
            Capacity::within(1024),
            stopped,
        )?);
        Ok(Self {
            router: router(Arc::clone(&app)),
            app,
            _stop,
        })
    }

    /// What is answered on a connection that these bytes are all of.
    pub async fn answer(&self, bytes: &[u8]) -> Vec<u8> {
        let (mut stranger, own) = duplex(bytes.len().max(1 << 16));
        let router = self.router.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request
                .extensions_mut()
                .insert(ConnectInfo(Endpoints::unknown()));
            router.clone().call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(1))
            // The whole of what the other end has to say may be read before the first answer is written.
            .half_close(true)
            .serve_connection(TokioIo::new(own), answer);
        let talk = async {
            let mut heard = Vec::new();
            // The answer may be cut off where the request is none.
            let _ = stranger.write_all(bytes).await;
            let _ = stranger.shutdown().await;
            let _ = stranger.read_to_end(&mut heard).await;
            heard
        };
        tokio::join!(connection, talk).1
    }

    /// The revision and the document of each service.
    #[must_use]
    pub fn documents(&self) -> BTreeMap<String, (u64, Bytes)> {
        let facts = self.app.registry.memory().facts();
        let of = |(name, service): (&Arc<str>, &Arc<Published>)| {
            let document = (service.state.revision, service.document.clone());
            (name.to_string(), document)
        };
        facts.services.iter().map(of).collect()
    }
}

/// The token in the lines of `Authorization`.
#[must_use]
pub fn bearer(lines: &[&[u8]]) -> Option<Vec<u8>> {
    auth::bearer(&headers(&AUTHORIZATION, lines)).map(<[u8]>::to_vec)
}

/// How long the lines of `Prefer` ask control to wait.
#[must_use]
pub fn wait(lines: &[&[u8]]) -> Option<Duration> {
    patience::wait(&headers(&patience::PREFER, lines))
}

/// Those of the lines that a header may have.
fn headers(name: &HeaderName, lines: &[&[u8]]) -> HeaderMap {
    let values = lines
        .iter()
        .filter_map(|line| HeaderValue::from_bytes(line).ok());
    values.map(|value| (name.clone(), value)).collect()
}
