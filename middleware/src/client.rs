use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap};
use intermission_core::{ClientSource, Peer};

use crate::view::HeaderLines;

/// Where the layer takes the client's address from.
#[derive(Clone)]
pub(crate) enum ClientAddress {
    Source(ClientSource),
    Own(Arc<OwnFunction>),
}

type OwnFunction = dyn Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync;

impl ClientAddress {
    pub(crate) fn resolve(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        match self {
            Self::Source(source) => source.resolve(peer(extensions), &HeaderLines::new(headers)),
            Self::Own(function) => function(headers, extensions),
        }
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(source) => source.fmt(f),
            Self::Own(_) => f.write_str("Own(..)"),
        }
    }
}

/// The peer, as the server left it in the request's extensions.
fn peer(extensions: &Extensions) -> Peer {
    if let Some(peer) = extensions.get() {
        return *peer;
    }
    #[cfg(feature = "axum")]
    if let Some(axum::extract::ConnectInfo(address)) =
        extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()
    {
        return Peer::Address(address.ip());
    }
    #[cfg(feature = "tonic")]
    {
        use tonic::transport::server::TcpConnectInfo;

        if let Some(address) = extensions
            .get::<TcpConnectInfo>()
            .and_then(TcpConnectInfo::remote_addr)
        {
            return Peer::Address(address.ip());
        }
        #[cfg(unix)]
        if extensions
            .get::<tonic::transport::server::UdsConnectInfo>()
            .is_some()
        {
            return Peer::Unix;
        }
    }
    Peer::Unknown
}
