use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{Maintenance, MaintenanceLayer, ResponseFuture};

/// An axum router in front of which maintenance is enforced; made by [`MaintenanceLayer::around`].
#[derive(Clone, Debug)]
pub struct AroundRouter {
    service: Maintenance<Router>,
}

impl MaintenanceLayer {
    /// Puts the layer around a router as a whole, which takes less time than `Router::layer`: the router sees no request that
    /// is refused, and no service is made for each request. Everything in the router is covered, also its fallback and what
    /// other layers of it answer.
    ///
    /// ```no_run
    /// use axum::{Router, routing::get};
    /// use intermission::{MaintenanceLayer, PolicyHandle};
    /// use std::net::SocketAddr;
    ///
    /// # async fn serve(policy: PolicyHandle) -> std::io::Result<()> {
    /// let routes = Router::new().route("/", get(|| async { "welcome" }));
    /// let app = MaintenanceLayer::new(policy).around(routes);
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    /// axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await
    /// # }
    /// ```
    #[must_use]
    pub fn around(&self, router: Router) -> AroundRouter {
        let service = self.layer(router);
        AroundRouter { service }
    }
}

impl AroundRouter {
    /// Makes what `axum::serve` takes. The layer needs the peer's address, which is of the type `C`: `SocketAddr` for TCP.
    ///
    /// See [`Router::into_make_service_with_connect_info`].
    #[must_use]
    pub fn into_make_service_with_connect_info<C>(self) -> IntoMakeServiceWithConnectInfo<Self, C> {
        axum::ServiceExt::<Request>::into_make_service_with_connect_info(self)
    }
}

impl Service<Request> for AroundRouter {
    type Response = Response;
    type Error = Infallible;
    type Future = AroundFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request>::poll_ready(&mut self.service, cx)
    }

    #[inline]
    fn call(&mut self, request: Request) -> AroundFuture {
        let response = self.service.call(request);
        AroundFuture { response }
    }
}

pin_project! {
    /// Response future of [`AroundRouter`].
    pub struct AroundFuture {
        #[pin]
        response: ResponseFuture<RouteFuture<Infallible>, Body>,
    }
}

impl fmt::Debug for AroundFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AroundFuture").finish_non_exhaustive()
    }
}

impl Future for AroundFuture {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.project().response.poll(cx));
        Poll::Ready(response.map(|response| response.map(Body::new)))
    }
}
