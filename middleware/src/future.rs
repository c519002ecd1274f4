use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body::Body;
use intermission_core::{FOR_TESTERS_ONLY, Reason, Verdict};
use pin_project_lite::pin_project;

use crate::guard::Held;
use crate::unread::Unread;
use crate::{Decision, ResponseBody};

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
            // Until it goes on with the body.
            held: Option<Held>,
            connection: Connection,
            decision: Option<Decision>,
        },
        Refused {
            response: Option<Response<Bytes>>,
            // The body of the request, until it is read.
            #[pin]
            unread: Option<Unread<B>>,
        },
    }
}

impl<F, B> ResponseFuture<F, B> {
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

    pub(crate) fn refused(response: Response<Bytes>, unread: Option<Unread<B>>) -> Self {
        Self {
            inner: Inner::Refused {
                response: Some(response),
                unread,
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
    for (name, value) in FOR_TESTERS_ONLY {
        match value {
            Some(value) => drop(headers.insert(name, HeaderValue::from_static(value))),
            None => drop(headers.remove(name)),
        }
    }
}
