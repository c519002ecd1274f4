use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Request, Uri};
use intermission_core::State;

/// A request that all rules of the state refuse, and that the application may admit; see
/// [`MaintenanceLayer::with_admission`](crate::MaintenanceLayer::with_admission).
#[derive(Debug)]
#[non_exhaustive]
pub struct Candidate<'a> {
    /// The method of the request.
    pub method: &'a Method,
    /// The URI of the request, as the layer sees it.
    pub uri: &'a Uri,
    /// The headers of the request.
    pub headers: &'a HeaderMap,
    /// The extensions of the request, such as a login that an outer layer has checked.
    pub extensions: &'a Extensions,
    /// The address of the client; `None` if it is unknown.
    pub client: Option<IpAddr>,
    /// The state in force.
    pub state: &'a State,
}

/// The application's function that admits requests.
#[derive(Clone)]
pub(crate) struct Admitter(Arc<Function>);

type Function = dyn Fn(&Candidate<'_>) -> bool + Send + Sync;

impl Admitter {
    pub(crate) fn new(function: impl Fn(&Candidate<'_>) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(function))
    }

    // Apart, since few applications have one.
    #[cold]
    pub(crate) fn admits<B>(
        &self,
        request: &Request<B>,
        client: Option<IpAddr>,
        state: &State,
    ) -> bool {
        (self.0)(&Candidate {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
            client,
            state,
        })
    }
}

impl fmt::Debug for Admitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admitter(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http::Response;
    use intermission_core::{Mode, ServiceName};
    use tower::{Layer, ServiceExt, service_fn};

    use super::*;
    use crate::{Decision, MaintenanceLayer, PolicyHandle};

    /// A login, as an outer layer would put it into the extensions.
    #[derive(Clone)]
    struct Login(&'static str);

    /// The status and the rule for a request of this login where ann may test.
    async fn answer(
        mode: Mode,
        enabled: bool,
        login: Option<&'static str>,
    ) -> (u16, Option<&'static str>) {
        let mut state = State::initial(ServiceName::unknown(), mode);
        state.allowlist.enabled = enabled;
        let layer = MaintenanceLayer::new(PolicyHandle::new(state))
            .with_extensions()
            .with_admission(|candidate| {
                let login = candidate.extensions.get::<Login>();
                login.is_some_and(|login| login.0 == "ann")
            });
        let app = service_fn(|_: Request<String>| async {
            Ok::<_, Infallible>(Response::new(String::new()))
        });
        let mut request = Request::new(String::new());
        if let Some(login) = login {
            request.extensions_mut().insert(Login(login));
        }
        let response = layer.layer(app).oneshot(request).await.unwrap();
        let decision = response.extensions().get::<Decision>();
        let rule = decision.map(|decision| decision.verdict.rule());
        let is_private = response
            .headers()
            .get("cache-control")
            .is_some_and(|value| value == "private, no-store");
        assert_eq!(is_private, rule == Some("application"));
        (response.status().as_u16(), rule)
    }

    #[tokio::test]
    async fn the_application_admits_where_the_allowlist_is_enabled() {
        assert_eq!(
            answer(Mode::All, true, Some("ann")).await,
            (200, Some("application"))
        );
        for login in [Some("bob"), None] {
            assert_eq!(answer(Mode::All, true, login).await, (503, Some("refused")));
        }
        assert_eq!(
            answer(Mode::All, false, Some("ann")).await,
            (503, Some("refused"))
        );
        assert_eq!(
            answer(Mode::Writes, true, Some("ann")).await,
            (200, Some("read-only"))
        );
        assert_eq!(answer(Mode::Off, true, Some("bob")).await, (200, None));
    }
}
