use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use intermission_core::{LONGEST_PASS_FORM, OwnAnswer};
use intermission_node::Snapshot;
use pin_project_lite::pin_project;

use crate::http::{HeaderLines, peer, uris, view};
use crate::settings::Settings;

pin_project! {
    /// A request that the layer answers itself and does not refuse. The body of a form is read before the answer.
    #[derive(Debug)]
    pub(crate) struct OwnPage<B> {
        request: Request<()>,
        #[pin]
        body: B,
        form: Vec<u8>,
        client: Option<IpAddr>,
        settings: Arc<Settings>,
        snapshot: Arc<Snapshot>,
    }
}

impl<B: Body> OwnPage<B> {
    /// It is answered by the state that was in force when it came.
    pub(crate) fn new(
        request: Request<B>,
        settings: Arc<Settings>,
        snapshot: Arc<Snapshot>,
    ) -> Self {
        let client = settings
            .client
            .look_up(request.headers(), request.extensions());
        let (parts, body) = request.into_parts();
        Self {
            request: Request::from_parts(parts, ()),
            body,
            form: Vec::new(),
            client,
            settings,
            snapshot,
        }
    }

    pub(crate) fn poll_answer(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Response<Bytes>> {
        let is_form = self.request.method() == Method::POST;
        while is_form && self.form.len() <= LONGEST_PASS_FORM {
            let this = self.as_mut().project();
            let Some(Ok(frame)) = ready!(this.body.poll_frame(cx)) else {
                break;
            };
            if let Ok(mut data) = frame.into_data() {
                // One byte too many is enough to be refused.
                let room = (LONGEST_PASS_FORM + 1).saturating_sub(this.form.len());
                let taken = data.remaining().min(room);
                this.form.extend_from_slice(&data.copy_to_bytes(taken));
            }
        }
        let headers = HeaderLines::new(self.request.headers());
        let mut view = view(&self.request, uris(&self.request).0, &headers);
        view.client = self.client;
        view.peer = peer(self.request.extensions());
        let source = self.settings.client.name();
        let policy = &self.snapshot.policy;
        let mut response = response(policy.own_answer(&view, source, &self.form));
        if self.request.method() == Method::HEAD {
            let length = response.body().len();
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
            response.body_mut().clear();
        }
        Poll::Ready(response)
    }
}

fn response(answer: OwnAnswer) -> Response<Bytes> {
    let mut response = Response::new(answer.body.into());
    // The core gives only valid ones.
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from(value.into_owned())) {
            let headers = response.headers_mut();
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
