use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use intermission_core::State;

/// A refusal whose body the application may write; see
/// [`MaintenanceLayer::with_refusal_body`](crate::MaintenanceLayer::with_refusal_body).
#[derive(Debug)]
#[non_exhaustive]
pub struct Refusal<'a> {
    /// The method of the request.
    pub method: &'a Method,
    /// The URI of the request, as the layer sees it.
    pub uri: &'a Uri,
    /// The headers of the request.
    pub headers: &'a HeaderMap,
    /// The extensions of the request.
    pub extensions: &'a Extensions,
    /// The state in force, with the notice and the announced end.
    pub state: &'a State,
    /// The response of the layer: a page or a problem document in the client's language.
    pub response: &'a Response<Bytes>,
}

/// The application's function for the bodies of refusals.
#[derive(Clone)]
pub(crate) struct Writer(Arc<Function>);

type Function = dyn Fn(&Refusal<'_>) -> Option<(HeaderValue, Bytes)> + Send + Sync;

impl Writer {
    pub(crate) fn new<F>(function: F) -> Self
    where
        F: Fn(&Refusal<'_>) -> Option<(HeaderValue, Bytes)> + Send + Sync + 'static,
    {
        Self(Arc::new(function))
    }

    /// Replaces the body of a refusal, if it has one of its own and the function gives another.
    ///
    /// gRPC statuses and preflights, whose status is not 503, have none.
    pub(crate) fn write<B>(
        &self,
        request: &Request<B>,
        state: &State,
        response: &mut Response<Bytes>,
    ) {
        if response.status() != StatusCode::SERVICE_UNAVAILABLE {
            return;
        }
        let refusal = Refusal {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
            state,
            response,
        };
        let Some((content_type, body)) = (self.0)(&refusal) else {
            return;
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, content_type);
        headers.remove(CONTENT_LANGUAGE);
        // The answer to a HEAD has the length of the body that a GET would get (RFC 9110, section 9.3.2).
        if headers.contains_key(CONTENT_LENGTH) {
            headers.insert(CONTENT_LENGTH, body.len().into());
        } else {
            *response.body_mut() = body;
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use intermission_core::Mode;
    use tower::{ServiceBuilder, ServiceExt, service_fn};

    use super::*;
    use crate::{MaintenanceLayer, PolicyHandle, ResponseBody};

    const PLAIN: HeaderValue = HeaderValue::from_static("text/plain");

    /// The answer to a request where the application writes bodies below `/api/`.
    async fn answer(request: http::request::Builder) -> Response<ResponseBody<String>> {
        let policy = PolicyHandle::default();
        let mut state = policy.state();
        (state.maintenance, state.revision) = (Mode::All, 17);
        policy.swap(state);
        let layer = MaintenanceLayer::new(policy).with_refusal_body(|refusal| {
            let retry_after = refusal.response.headers().get("retry-after");
            let text = format!(
                "{} {} at {}, retry: {}",
                refusal.method,
                refusal.uri,
                refusal.state.revision,
                retry_after.is_some()
            );
            let is_api = refusal.uri.path().starts_with("/api/");
            is_api.then(|| (PLAIN, text.into()))
        });
        let app = service_fn(|_: Request<String>| async {
            Ok::<_, Infallible>(Response::new(String::new()))
        });
        let service = ServiceBuilder::new().layer(layer).service(app);
        let request = request.body(String::new()).unwrap();
        service.oneshot(request).await.unwrap()
    }

    async fn text(response: Response<ResponseBody<String>>) -> String {
        let body = http_body_util::BodyExt::collect(response.into_body()).await;
        String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_application_writes_the_body_and_the_layer_all_else() {
        let response = answer(Request::get("/api/orders")).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let headers = response.headers();
        assert_eq!(headers[CONTENT_TYPE], PLAIN);
        assert_eq!(headers["intermission"], "refused;revision=17");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(headers.contains_key("retry-after") && headers.contains_key("vary"));
        assert!(!headers.contains_key(CONTENT_LANGUAGE));
        assert_eq!(text(response).await, "GET /api/orders at 17, retry: true");
    }

    #[tokio::test]
    async fn without_a_body_of_the_application_the_refusal_stays_as_it_is() {
        let request = Request::get("/orders").header("accept", "application/json");
        let response = answer(request).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert!(response.headers().contains_key(CONTENT_LANGUAGE));
        assert!(text(response).await.contains(r#""status":503"#));
    }

    #[tokio::test]
    async fn a_head_gets_the_length_of_the_body_and_no_body() {
        let response = answer(Request::head("/api/orders")).await;
        let length = "HEAD /api/orders at 17, retry: true".len();
        assert_eq!(response.headers()[CONTENT_LENGTH], length.to_string());
        assert_eq!(text(response).await, "");
    }

    #[tokio::test]
    async fn grpc_statuses_and_preflights_have_no_body() {
        let call = Request::post("/api/Orders").header("content-type", "application/grpc");
        let response = answer(call).await;
        assert_eq!(response.headers()["grpc-status"], "14");
        assert_eq!(text(response).await, "");
        let preflight = Request::options("/api/orders")
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "PUT");
        let response = answer(preflight).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(text(response).await, "");
    }
}
