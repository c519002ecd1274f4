use std::net::IpAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap};
use intermission_core::ClientSource;
use tower_layer::Layer;

use crate::http::ClientAddress;
use crate::{Maintenance, PolicyHandle};

/// Refuses requests while the service is in maintenance.
///
/// See the [crate's documentation](crate) for the rules and for where to put the layer.
#[derive(Clone, Debug)]
pub struct MaintenanceLayer {
    pub(crate) policy: PolicyHandle,
    pub(crate) client: ClientAddress,
    pub(crate) extensions: bool,
    /// Whether most requests need no closer look while the service is open.
    pub(crate) quick: bool,
}

impl MaintenanceLayer {
    /// Enforces a policy. The client's address is that of the peer.
    #[must_use]
    pub fn new(policy: PolicyHandle) -> Self {
        Self {
            // Each request checks the lease.
            quick: policy.cell().lease().is_none(),
            policy,
            client: ClientAddress::of(ClientSource::Peer),
            extensions: false,
        }
    }

    /// Takes the client's address from `source`.
    #[must_use]
    pub fn with_client_source(self, source: ClientSource) -> Self {
        Self {
            client: ClientAddress::of(source),
            ..self
        }
    }

    /// Takes the client's address from a function of your own, which gets the headers and extensions
    /// of the request and returns `None` if the address is unknown.
    ///
    /// The function is all that stands between a forged header and the allowlist. It is called in
    /// maintenance only, and only while the allowlist is enabled.
    #[must_use]
    pub fn with_client_function<F>(self, function: F) -> Self
    where
        F: Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    {
        Self {
            client: ClientAddress::own(function),
            ..self
        }
    }

    /// Puts a [`RequestGuard`](crate::RequestGuard) into the extensions of every request that is admitted, and in
    /// maintenance a [`Decision`](crate::Decision) into those of requests and responses.
    ///
    /// For handlers whose work outlives their response, and for layers that use the decision. It costs several allocations
    /// for each request.
    #[must_use]
    pub fn with_extensions(self) -> Self {
        Self {
            extensions: true,
            quick: false,
            ..self
        }
    }
}

impl<S> Layer<S> for MaintenanceLayer {
    type Service = Maintenance<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Maintenance::new(inner, Arc::new(self.clone()))
    }
}
