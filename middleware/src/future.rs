use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, Response};
use http_body::Body;
use intermission_core::{Reason, Verdict};
use pin_project_lite::pin_project;

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
        Undecided {
            #[pin]
            future: F,
        },
        Admitted {
            #[pin]
            future: F,
            decision: Decision,
        },
        Refused {
            response: Option<Response<Bytes>>,
        },
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) fn undecided(future: F) -> Self {
        Self {
            inner: Inner::Undecided { future },
        }
    }

    pub(crate) fn admitted(future: F, decision: Decision) -> Self {
        Self {
            inner: Inner::Admitted { future, decision },
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
            InnerProjection::Undecided { future } => {
                Poll::Ready(Ok(ready!(future.poll(cx))?.map(ResponseBody::own)))
            }
            InnerProjection::Admitted { future, decision } => {
                let mut response = ready!(future.poll(cx))?;
                if decision.verdict == Verdict::Admit(Reason::Allowlisted) {
                    keep_out_of_caches(response.headers_mut());
                }
                response.extensions_mut().insert(*decision);
                Poll::Ready(Ok(response.map(ResponseBody::own)))
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

/// What a tester sees is for nobody else.
fn keep_out_of_caches(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    for name in CACHE_HEADERS {
        headers.remove(name);
    }
}
