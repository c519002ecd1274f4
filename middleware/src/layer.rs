use std::net::IpAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap};
use intermission_core::ClientSource;
use tower_layer::Layer;

use crate::client::ClientAddress;
use crate::{Maintenance, PolicyHandle};

/// Refuses, in maintenance, whoever is not let in.
///
/// See the [crate's documentation](crate) for the rules and for where to put the layer.
#[derive(Clone, Debug)]
pub struct MaintenanceLayer {
    policy: PolicyHandle,
    client: ClientAddress,
}

impl MaintenanceLayer {
    /// Enforces the policy behind `policy`, and takes the peer of the connection for the client.
    #[must_use]
    pub fn new(policy: PolicyHandle) -> Self {
        Self {
            policy,
            client: ClientAddress::Source(ClientSource::Peer),
        }
    }

    /// Takes the client's address from `source`.
    #[must_use]
    pub fn with_client_source(self, source: ClientSource) -> Self {
        Self {
            client: ClientAddress::Source(source),
            ..self
        }
    }

    /// Takes the client's address from a function of your own, which gets the headers and extensions
    /// of the request and gives `None` where the address is unknown.
    ///
    /// The function is all that stands between a forged header and the allowlist. It is called in
    /// maintenance only, and only while the allowlist is enabled.
    #[must_use]
    pub fn with_client_function<F>(self, function: F) -> Self
    where
        F: Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    {
        Self {
            client: ClientAddress::Own(Arc::new(function)),
            ..self
        }
    }
}

impl<S> Layer<S> for MaintenanceLayer {
    type Service = Maintenance<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Maintenance::new(inner, self.policy.clone(), self.client.clone())
    }
}
