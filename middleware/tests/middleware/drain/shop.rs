//! A service behind the layer whose running requests are counted.

use std::net::{IpAddr, Ipv4Addr};

use http::{Request, Response, StatusCode};
use intermission::{MaintenanceLayer, Peer, PolicyHandle, RequestGuard, Running, State};

use crate::app::{Answer, App, Own, ask, behind};

const TESTER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

/// A service behind the layer, and its policy.
pub(crate) struct Shop {
    pub(crate) policy: PolicyHandle,
    pub(crate) service: App,
}

impl Shop {
    /// One that answers with `response`, and puts the guard of each request where `keep` says.
    pub(crate) fn new(
        state: State,
        response: fn() -> Own,
        keep: impl Fn(RequestGuard) + Clone + Send + Sync + 'static,
    ) -> Self {
        let policy = PolicyHandle::new(state);
        let layer = MaintenanceLayer::new(policy.clone()).with_extensions();
        let service = behind(&layer, move |request| {
            keep(request.extensions().get::<RequestGuard>().unwrap().clone());
            response()
        });
        Self { policy, service }
    }

    pub(crate) fn open() -> Self {
        Self::new(state(1, "off", false), small, drop)
    }

    pub(crate) async fn ask(&self, path: &str) -> Answer {
        let mut request = Request::get(path).body(String::new()).unwrap();
        request.extensions_mut().insert(Peer::Address(TESTER));
        ask(&self.service, request).await
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

pub(crate) fn small() -> Own {
    Response::new("welcome".into())
}

pub(crate) fn large() -> Own {
    Response::new(vec![b'x'; 1 << 20].into())
}

pub(crate) fn switched() -> Own {
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
