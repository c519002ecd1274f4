use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{Extensions, HeaderMap};
use intermission_core::{ClientSource, Peer};

use crate::http::view::HeaderLines;

/// Where the layer takes the client's address from.
#[derive(Clone)]
pub(crate) enum ClientAddress {
    Source(ClientSource, Arc<Unseen>),
    Own(Arc<OwnFunction>),
}

/// Where the layer takes the address of a client from: the kind of its
/// [`ClientSource`](crate::MaintenanceLayer::with_client_source).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressSource {
    /// The peer of the connection.
    Peer,
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`, by a count of hops.
    HopCount,
    /// The header that the source names.
    Header,
    /// A [function of the application](crate::MaintenanceLayer::with_client_function).
    Application,
}

/// Whether it has been logged that the peers of connections are not seen.
#[derive(Debug, Default)]
pub(crate) struct Unseen(AtomicBool);

type OwnFunction = dyn Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync;

impl ClientAddress {
    pub(crate) fn of(source: ClientSource) -> Self {
        Self::Source(source, Arc::default())
    }

    pub(crate) fn own<F>(function: F) -> Self
    where
        F: Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    {
        Self::Own(Arc::new(function))
    }

    /// The name of the source.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Source(source, _) => source.name(),
            Self::Own(_) => "application",
        }
    }

    /// The kind of the source.
    pub(crate) fn source(&self) -> AddressSource {
        match self {
            Self::Source(source, _) => AddressSource::of(source),
            Self::Own(_) => AddressSource::Application,
        }
    }

    /// The address for the allowlist; logs once that the source sees none.
    pub(crate) fn resolve(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        self.find(headers, extensions, Unseen::check)
    }

    /// The address, without a word where there is none.
    pub(crate) fn look_up(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        self.find(headers, extensions, |_, _, _| {})
    }

    #[inline(always)]
    fn find(
        &self,
        headers: &HeaderMap,
        extensions: &Extensions,
        check: impl Fn(&Unseen, Peer, &ClientSource),
    ) -> Option<IpAddr> {
        match self {
            Self::Source(source, unseen) => {
                let peer = peer(extensions);
                check(unseen, peer, source);
                source.resolve(peer, &HeaderLines::new(headers))
            }
            Self::Own(function) => function(headers, extensions),
        }
    }
}

impl AddressSource {
    pub(crate) fn of(source: &ClientSource) -> Self {
        match source {
            ClientSource::Peer => Self::Peer,
            ClientSource::XForwardedFor(_) => Self::XForwardedFor,
            ClientSource::Forwarded(_) => Self::Forwarded,
            ClientSource::HopCount(_) => Self::HopCount,
            // There is no other.
            _ => Self::Header,
        }
    }
}

impl Unseen {
    /// Logs, once, that the source sees no address.
    fn check(&self, peer: Peer, source: &ClientSource) {
        match (peer, source) {
            (Peer::Unknown, _) => self.warn(CAUSE),
            (Peer::Unix, ClientSource::Peer) => self.warn(UNIX),
            _ => {}
        }
    }

    /// Logs, once, that no client can be on the allowlist.
    fn warn(&self, cause: &str) {
        if self.0.load(Ordering::Relaxed) || self.0.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(
            "the allowlist is enabled, but the layer sees no address of a connection's peer, so that no client is on the \
             allowlist: {cause}"
        );
    }
}

const UNIX: &str = "it is a Unix socket; name the header in which the proxy before it puts the client's address, and trust \
                    it by `TrustedProxies::with_unix_sockets`";

/// Why the peer is likely not seen.
const CAUSE: &str = if cfg!(feature = "axum") {
    "serve axum with `into_make_service_with_connect_info::<SocketAddr>()`, and use the axum that the feature `axum` of \
     this crate is for, 0.8; or put an `intermission::Peer` into the extensions of each request"
} else if cfg!(feature = "tonic") {
    "use the tonic that the feature `tonic` of this crate is for, 0.14, and its own listener; or put an \
     `intermission::Peer` into the extensions of each request"
} else {
    "enable the feature `axum` or `tonic` of this crate, or put an `intermission::Peer` into the extensions of each \
     request"
};

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(source, _) => source.fmt(f),
            Self::Own(_) => f.write_str("Own(..)"),
        }
    }
}

/// The peer, as the server left it in the request's extensions.
pub(crate) fn peer(extensions: &Extensions) -> Peer {
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
