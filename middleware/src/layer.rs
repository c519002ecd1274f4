use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderValue};
use intermission_core::ClientSource;
use intermission_node::{PolicyCell, PolicyHandle};
use tower_layer::Layer;

use crate::admission::Admitter;
use crate::http::ClientAddress;
use crate::refusal::Writer;
use crate::settings::Settings;
use crate::{Candidate, Maintenance, Refusal};

/// Refuses requests while the service is in maintenance.
///
/// See the [crate's documentation](crate) for the rules and for where to put the layer.
#[derive(Clone, Debug)]
pub struct MaintenanceLayer {
    /// Shared, because `axum::Router::layer` clones the layer and makes a service for each request.
    settings: Arc<Settings>,
}

impl MaintenanceLayer {
    /// Enforces a policy. The client's address is that of the peer.
    #[must_use]
    pub fn new(policy: PolicyHandle) -> Self {
        let settings = Settings {
            // Each request checks the lease.
            quick: !PolicyCell::of(&policy).has_lease(),
            policy,
            client: ClientAddress::of(ClientSource::Peer),
            extensions: false,
            admitter: None,
            writer: None,
        };
        Self {
            settings: Arc::new(settings),
        }
    }

    fn with(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(Arc::make_mut(&mut self.settings));
        self
    }

    /// Takes the client's address from `source`.
    #[must_use]
    pub fn with_client_source(self, source: ClientSource) -> Self {
        self.with(|settings| settings.client = ClientAddress::of(source))
    }

    /// Takes the client's address from a function of your own, which gets the headers and extensions
    /// of the request and returns `None` if the address is unknown.
    ///
    /// The function is all that stands between a forged header and the allowlist. It is called in maintenance only: while
    /// the allowlist is enabled or the state has `show_me`, and once more for each request of a layer [with
    /// extensions](Self::with_extensions).
    #[must_use]
    pub fn with_client_function<F>(self, function: F) -> Self
    where
        F: Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    {
        self.with(|settings| settings.client = ClientAddress::own(function))
    }

    /// Puts a [`RequestGuard`](crate::RequestGuard) into the extensions of every request that is admitted, and in
    /// maintenance a [`Decision`](crate::Decision) into those of requests and responses.
    ///
    /// For handlers whose work outlives their response, and for layers that use the decision. It costs several allocations
    /// for each request.
    #[must_use]
    pub fn with_extensions(self) -> Self {
        self.with(|settings| {
            settings.extensions = true;
            settings.quick = false;
        })
    }

    /// Lets the application admit requests by a rule of its own, for testers that it knows by a login.
    ///
    /// The function is asked about requests that all rules of the state refuse, while the allowlist is enabled, and not for
    /// health checks, exempt paths and listed addresses. Where it returns `true`, the request is admitted by the rule
    /// `application`; `allowlist disable` ends that as it does for every tester. It runs for each such request, so it must be
    /// quick and cannot wait: put what it needs into the extensions by an outer layer.
    ///
    /// Other nodes do not know the rule: an Envoy in front of the application refuses these testers.
    ///
    /// ```
    /// use intermission::{MaintenanceLayer, PolicyHandle};
    ///
    /// #[derive(Clone)]
    /// struct Login {
    ///     is_staff: bool,
    /// }
    ///
    /// let layer = MaintenanceLayer::new(PolicyHandle::default()).with_admission(|candidate| {
    ///     let login = candidate.extensions.get::<Login>();
    ///     login.is_some_and(|login| login.is_staff)
    /// });
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn with_admission<F>(self, function: F) -> Self
    where
        F: Fn(&Candidate<'_>) -> bool + Send + Sync + 'static,
    {
        self.with(|settings| settings.admitter = Some(Admitter::new(function)))
    }

    /// Takes the body of refusals and its media type from a function of your own, for an application whose clients expect
    /// errors in a format of its own. Where the function returns `None`, the body stays as it is.
    ///
    /// The status, the marker and the other headers stay the layer's, but for `Content-Language`, which is removed. The
    /// function is not called for gRPC and for preflights, whose refusals have no body. A page is better replaced in the
    /// notice of the state (`html`), since a page of the function keeps the layer's `Content-Security-Policy`.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{HeaderValue, Request, Response};
    /// use intermission::{MaintenanceLayer, PolicyHandle, State};
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let policy = PolicyHandle::new(State::parse(
    /// #     br#"{ "version": 1, "service": "shop", "revision": 17, "maintenance": "all" }"#,
    /// # )?);
    /// const JSON: HeaderValue = HeaderValue::from_static("application/vnd.api+json");
    ///
    /// let layer = MaintenanceLayer::new(policy).with_refusal_body(|refusal| {
    ///     let is_api = refusal.uri.path().starts_with("/api/");
    ///     let error = br#"{ "errors": [{ "status": "503", "code": "maintenance" }] }"#;
    ///     is_api.then_some((JSON, Bytes::from_static(error)))
    /// });
    /// # let shop = ServiceBuilder::new().layer(layer).service(service_fn(|_: Request<String>| async {
    /// #     Ok::<_, std::convert::Infallible>(Response::new(String::new()))
    /// # }));
    /// let response = shop.oneshot(Request::get("/api/orders").body(String::new())?).await?;
    /// assert_eq!(response.status(), 503);
    /// assert_eq!(response.headers()["content-type"], JSON);
    /// assert_eq!(response.headers()["intermission"], "refused;revision=17");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_refusal_body<F>(self, function: F) -> Self
    where
        F: Fn(&Refusal<'_>) -> Option<(HeaderValue, Bytes)> + Send + Sync + 'static,
    {
        self.with(|settings| settings.writer = Some(Writer::new(function)))
    }
}

impl<S> Layer<S> for MaintenanceLayer {
    type Service = Maintenance<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Maintenance::new(inner, Arc::clone(&self.settings))
    }
}
