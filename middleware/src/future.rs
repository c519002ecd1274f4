use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body::Body;
use intermission_core::{FOR_TESTERS_ONLY, HeaderFilter, NOT_FOR_TESTERS, Verdict};
use pin_project_lite::pin_project;

use crate::ResponseBody;
use crate::guard::Held;
use crate::http::{Unread, header_filter};
use crate::own_page::OwnPage;

pin_project! {
    /// Response future of [`Maintenance`](crate::Maintenance).
    #[derive(Debug)]
    pub struct ResponseFuture<F, B> {
        #[pin]
        inner: Inner<F, B>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = InnerProjection]
    enum Inner<F, B> {
        Admitted {
            #[pin]
            future: F,
            // Moved to the body of the response.
            held: Option<Held>,
            admission: Admission,
        },
        Refused {
            response: Option<Response<Bytes>>,
            // The body of the request, until it is read.
            #[pin]
            unread: Option<Unread<B>>,
        },
        // Boxed, because there are few such requests.
        Own {
            page: Pin<Box<OwnPage<B>>>,
        },
    }
}

impl<F, B> ResponseFuture<F, B> {
    #[inline]
    pub(crate) fn admitted(future: F, held: Held, admission: Admission) -> Self {
        Self {
            inner: Inner::Admitted {
                future,
                held: Some(held),
                admission,
            },
        }
    }

    pub(crate) fn refused(response: Response<Bytes>, unread: Option<Unread<B>>) -> Self {
        Self {
            inner: Inner::Refused {
                response: Some(response),
                unread,
            },
        }
    }

    /// Answers a request by a page of the layer's own.
    pub(crate) fn own(page: OwnPage<B>) -> Self {
        Self {
            inner: Inner::Own {
                page: Box::pin(page),
            },
        }
    }
}

impl<F, A, B, E> Future for ResponseFuture<F, A>
where
    F: Future<Output = Result<Response<B>, E>>,
    A: Body,
    B: Body<Data = Bytes>,
{
    type Output = Result<Response<ResponseBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.project() {
            InnerProjection::Admitted {
                future,
                held,
                admission,
            } => {
                let mut response = match ready!(future.poll(cx)) {
                    Ok(response) => response,
                    Err(error) => {
                        *held = None;
                        return Poll::Ready(Err(error));
                    }
                };
                if let Some(held) = held {
                    admission.apply(held, &mut response);
                }
                let held = held.take();
                Poll::Ready(Ok(response.map(|body| ResponseBody::own(body, held))))
            }
            InnerProjection::Own { page } => {
                let response = ready!(page.as_mut().poll_answer(cx));
                Poll::Ready(Ok(response.map(ResponseBody::notice)))
            }
            // Polled again after its end, the future stays pending.
            InnerProjection::Refused {
                response,
                mut unread,
            } => {
                if let Some(body) = unread.as_mut().as_pin_mut() {
                    ready!(body.poll_read(cx));
                    unread.set(None);
                }
                response.take().map_or(Poll::Pending, |response| {
                    Poll::Ready(Ok(response.map(ResponseBody::notice)))
                })
            }
        }
    }
}

/// What the response to an admitted request depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admission {
    pub(crate) verdict: Verdict,
    pub(crate) connection: Connection,
}

impl Admission {
    /// Changes the response as necessary, and records its status in `held`.
    #[inline(always)]
    fn apply<B>(self, held: &mut Held, response: &mut Response<B>) {
        if self.connection.is_upgraded_by(response.status()) {
            held.upgrade();
        }
        if self.verdict.is_for_testers() {
            keep_out_of_caches(response.headers_mut());
        }
        if let Some(decision) = held.answered(response.status()) {
            response.extensions_mut().insert(decision);
        }
    }
}

/// The upgrade of the connection that a response may make.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Connection {
    /// An upgrade to another protocol, by a 101 (RFC 9110, section 15.2.2).
    Request,
    /// A tunnel, by any 2xx (RFC 9110, section 9.3.6).
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

    #[inline]
    fn is_upgraded_by(self, status: StatusCode) -> bool {
        match self {
            Self::Request => status == StatusCode::SWITCHING_PROTOCOLS,
            Self::Connect => status.is_success(),
        }
    }
}

/// Keeps a response to a tester out of caches.
#[inline(never)]
fn keep_out_of_caches(headers: &mut HeaderMap) {
    const OTHERS: HeaderFilter = HeaderFilter::all(&NOT_FOR_TESTERS);
    if !header_filter(headers).is_disjoint(OTHERS) {
        for name in NOT_FOR_TESTERS {
            headers.remove(name);
        }
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_TESTERS_ONLY));
}
