//! A service behind the layer whose running requests are counted.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use intermission::{
    MaintenanceLayer, Peer, PolicyHandle, RequestGuard, ResponseBody, Running, State,
};
use tower::util::BoxCloneService;
use tower::{Layer, ServiceExt, service_fn};

const TESTER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

pub(crate) type Answer = Response<ResponseBody<Full<Bytes>>>;

/// A service behind the layer, and its policy.
pub(crate) struct Shop {
    pub(crate) policy: PolicyHandle,
    pub(crate) service: BoxCloneService<Request<String>, Answer, Infallible>,
}

impl Shop {
    /// One that answers with `response`, and puts the guard of each request where `keep` says.
    pub(crate) fn new(
        state: State,
        response: fn() -> Response<Full<Bytes>>,
        keep: impl Fn(RequestGuard) + Clone + Send + 'static,
    ) -> Self {
        let policy = PolicyHandle::new(state);
        let app = service_fn(move |request: Request<String>| {
            keep(request.extensions().get::<RequestGuard>().unwrap().clone());
            async move { Ok::<_, Infallible>(response()) }
        });
        let service = MaintenanceLayer::new(policy.clone())
            .with_extensions()
            .layer(app);
        Self {
            policy,
            service: BoxCloneService::new(service),
        }
    }

    pub(crate) fn open() -> Self {
        Self::new(state(1, "off", false), small, drop)
    }

    pub(crate) async fn ask(&self, path: &str) -> Answer {
        let mut request = Request::get(path).body(String::new()).unwrap();
        request.extensions_mut().insert(Peer::Address(TESTER));
        self.service.clone().oneshot(request).await.unwrap()
    }

    /// How many requests run, and the oldest one's revision.
    pub(crate) fn running(&self) -> (u64, Option<u64>) {
        let Running {
            requests,
            upgraded,
            oldest,
        } = self.policy.running();
        assert_eq!(upgraded, 0);
        (requests, oldest)
    }
}

pub(crate) fn small() -> Response<Full<Bytes>> {
    Response::new("welcome".into())
}

pub(crate) fn large() -> Response<Full<Bytes>> {
    Response::new(vec![b'x'; 1 << 20].into())
}

pub(crate) fn switched() -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response
}

pub(crate) fn state(revision: u64, maintenance: &str, allowlist: bool) -> State {
    let document = format!(
        r#"{{ "version": 1, "store": "S", "service": "shop", "revision": {revision}, "maintenance": "{maintenance}",
        "allowlist": {{ "enabled": {allowlist}, "cidrs": ["203.0.113.0/24"] }} }}"#
    );
    State::parse(document.as_bytes()).unwrap()
}
