use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body::Body;
use intermission_core::{Reason, Verdict};
use pin_project_lite::pin_project;

use crate::guard::Held;
use crate::{Decision, ResponseBody};

/// Headers that tell caches between otherwise than `Cache-Control` does (RFC 9213 and the vendors'
/// own).
const CACHE_HEADERS: [&str; 6] = [
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "expires",
    "netlify-cdn-cache-control",
    "surrogate-control",
    "vercel-cdn-cache-control",
];

pin_project! {
    /// Response future of [`Maintenance`](crate::Maintenance).
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: Inner<F>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = InnerProjection]
    enum Inner<F> {
        Admitted {
            #[pin]
            future: F,
            // Until it goes on with the body.
            held: Option<Held>,
            connection: Connection,
            decision: Option<Decision>,
        },
        Refused {
            response: Option<Response<Bytes>>,
        },
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) fn admitted(
        future: F,
        held: Held,
        connection: Connection,
        decision: Option<Decision>,
    ) -> Self {
        Self {
            inner: Inner::Admitted {
                future,
                held: Some(held),
                connection,
                decision,
            },
        }
    }

    pub(crate) fn refused(response: Response<Bytes>) -> Self {
        Self {
            inner: Inner::Refused {
                response: Some(response),
            },
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
{
    type Output = Result<Response<ResponseBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.project() {
            InnerProjection::Admitted {
                future,
                held,
                connection,
                decision,
            } => {
                let outcome = ready!(future.poll(cx));
                let mut held = held.take();
                let mut response = outcome?;
                if let Some(held) = &mut held
                    && connection.is_upgraded_by(response.status())
                {
                    held.upgrade();
                }
                if let Some(decision) = decision {
                    if decision.verdict == Verdict::Admit(Reason::Allowlisted) {
                        keep_out_of_caches(response.headers_mut());
                    }
                    response.extensions_mut().insert(*decision);
                }
                Poll::Ready(Ok(response.map(|body| ResponseBody::own(body, held))))
            }
            // Polled again after its end, it stays silent.
            InnerProjection::Refused { response } => {
                response.take().map_or(Poll::Pending, |response| {
                    Poll::Ready(Ok(response.map(ResponseBody::notice)))
                })
            }
        }
    }
}

/// What a response may make of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Connection {
    /// Another protocol, where it says so (RFC 9110, section 15.2.2).
    Request,
    /// A tunnel, by any success (RFC 9110, section 9.3.6).
    Connect,
}

impl Connection {
    pub(crate) fn of(method: &Method) -> Self {
        if method == Method::CONNECT {
            Self::Connect
        } else {
            Self::Request
        }
    }

    fn is_upgraded_by(self, status: StatusCode) -> bool {
        match self {
            Self::Request => status == StatusCode::SWITCHING_PROTOCOLS,
            Self::Connect => status.is_success(),
        }
    }
}

/// What a tester sees is for nobody else.
fn keep_out_of_caches(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    for name in CACHE_HEADERS {
        headers.remove(name);
    }
}
