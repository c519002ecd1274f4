//! Applications behind the layer, which are called directly.

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use intermission::{MaintenanceLayer, ResponseBody};
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};

pub(crate) type Own = Response<Full<Bytes>>;
pub(crate) type Answer = Response<ResponseBody<Full<Bytes>>>;
pub(crate) type App = BoxCloneSyncService<Request<String>, Answer, Infallible>;

/// An application that answers like this.
pub(crate) fn behind(
    layer: &MaintenanceLayer,
    answer: impl FnMut(Request<String>) -> Own + Clone + Send + Sync + 'static,
) -> App {
    let mut answer = answer;
    let app = service_fn(move |request| ready(Ok::<_, Infallible>(answer(request))));
    BoxCloneSyncService::new(layer.layer(app))
}

/// An application whose answers are empty.
#[cfg(feature = "poller")]
pub(crate) fn welcome(layer: &MaintenanceLayer) -> App {
    behind(layer, |_| Response::default())
}

pub(crate) async fn ask(app: &App, request: Request<String>) -> Answer {
    app.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn text(answer: Answer) -> String {
    let body = answer.into_body().collect().await.unwrap();
    String::from_utf8(body.to_bytes().to_vec()).unwrap()
}
