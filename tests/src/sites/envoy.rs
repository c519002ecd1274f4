use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use intermission_core::Peer;
use intermission_corpus::{Observed, Request};
use intermission_testkit::envoy::{Envoy, Module, Version};
use intermission_testkit::http::{Socket, Transport};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UnixStream};

use super::{Site, bootstrap};
use crate::application;

/// An Envoy with a filter for each site, and what stands behind it.
#[derive(Debug)]
pub struct Sites(Envoy);

impl Sites {
    /// Starts it, with an endpoint and an application that last as long as the runtime.
    ///
    /// # Errors
    ///
    /// If Envoy does not start; with what it logged.
    pub async fn start(
        version: Version,
        module: Module,
        workers: u32,
        sites: &[Site],
    ) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let documents: Arc<[Vec<u8>]> = sites.iter().map(|site| site.state.to_json()).collect();
        let endpoint = Router::new().fallback(async move |uri: Uri| document(&documents, &uri));
        let endpoint = serve(endpoint).await.map_err(|error| error.to_string())?;
        let upstream = serve(application())
            .await
            .map_err(|error| error.to_string())?;
        let bootstrap = bootstrap::bootstrap(sites, module, endpoint, upstream, folder.path());
        let envoy = Envoy::try_start(version, workers, &[], folder, &bootstrap.to_string()).await?;
        Ok(Self(envoy))
    }

    /// Sends the request to a site, by its place in the list that Envoy was started with.
    ///
    /// # Errors
    ///
    /// If the socket fails, or the answer cannot be read.
    pub async fn send(
        &self,
        transport: Transport,
        site: usize,
        peer: Peer,
        request: &Request,
    ) -> io::Result<Option<Observed>> {
        transport.send_over(self.connect(site, peer), request).await
    }

    async fn connect(&self, site: usize, peer: Peer) -> io::Result<Box<dyn Socket>> {
        let path = |known| bootstrap::socket(self.folder(), site, known);
        Ok(match peer {
            Peer::Address(address) => {
                let mut socket = TcpStream::connect(self.address()).await?;
                socket.set_nodelay(true)?;
                let introduction = introduction(address, site);
                socket.write_all(introduction.as_bytes()).await?;
                Box::new(socket)
            }
            Peer::Unix => Box::new(UnixStream::connect(path(true)).await?),
            Peer::Unknown => Box::new(UnixStream::connect(path(false)).await?),
        })
    }
}

impl Deref for Sites {
    type Target = Envoy;

    fn deref(&self) -> &Envoy {
        &self.0
    }
}

async fn serve(app: Router) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(address)
}

/// The state of the site whose number is the path.
fn document(documents: &[Vec<u8>], uri: &Uri) -> Response {
    let site = uri.path().trim_start_matches('/');
    let document = site
        .parse()
        .ok()
        .and_then(|site: usize| documents.get(site));
    let Some(document) = document else {
        return StatusCode::NOT_FOUND.into_response();
    };
    ([("etag", format!("\"{site}\""))], document.clone()).into_response()
}

/// A header of the PROXY protocol, version 1.
fn introduction(peer: IpAddr, site: usize) -> String {
    let (family, here) = match peer {
        IpAddr::V4(_) => ("TCP4", "127.0.0.1"),
        IpAddr::V6(_) => ("TCP6", "::1"),
    };
    let port = bootstrap::port(site);
    format!("PROXY {family} {peer} {here} 4711 {port}\r\n")
}
