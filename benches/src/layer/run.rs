use std::fmt::{self, Debug};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use http::{Request, Response, StatusCode};
use tower::Service;

/// One way to answer the requests of one case.
pub struct Contender {
    /// What is asked, as `operation/input`.
    pub case: &'static str,
    /// Who answers.
    pub name: &'static str,
    start: Box<dyn Fn() -> Run + Send + Sync>,
}

/// Asks so many times, each when the last answer is known, and checks every answer.
pub type Run = Box<dyn FnMut(u64)>;

impl Contender {
    /// One that asks one service again and again.
    pub(super) fn new<S, B>(
        case: &'static str,
        name: &'static str,
        service: S,
        ask: fn(StatusCode) -> Request<Body>,
        expected: StatusCode,
    ) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>, Error: Debug>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        let start = move || {
            let mut service = service.clone();
            Box::new(move |count| {
                repeat(count, ask, expected, |request| {
                    answer(&mut service, request)
                })
            }) as Run
        };
        Self {
            case,
            name,
            start: Box::new(start),
        }
    }

    /// One that asks a clone of the service each time, as servers do.
    pub(super) fn cloning<S, B>(
        case: &'static str,
        name: &'static str,
        service: S,
        ask: fn(StatusCode) -> Request<Body>,
        expected: StatusCode,
    ) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>, Error: Debug>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        let start = move || {
            let service = service.clone();
            Box::new(move |count| {
                repeat(count, ask, expected, |request| {
                    answer(&mut service.clone(), request)
                })
            }) as Run
        };
        Self {
            case,
            name,
            start: Box::new(start),
        }
    }

    /// Makes ready to ask from the current thread.
    #[must_use]
    pub fn start(&self) -> Run {
        (self.start)()
    }
}

impl Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.case, self.name)
    }
}

fn repeat(
    count: u64,
    ask: fn(StatusCode) -> Request<Body>,
    expected: StatusCode,
    mut answer: impl FnMut(Request<Body>) -> StatusCode,
) {
    let mut last = expected;
    for _ in 0..count {
        last = answer(ask(last));
        assert_eq!(last, expected);
    }
}

/// Asks a service that has its answer at once.
fn answer<S, B>(service: &mut S, request: Request<Body>) -> StatusCode
where
    S: Service<Request<Body>, Response = Response<B>, Error: Debug>,
{
    let mut cx = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut cx).is_ready());
    let future = pin!(service.call(request));
    // Looked at where it is: a copy would add to what the layers copy.
    match &future.poll(&mut cx) {
        Poll::Ready(Ok(response)) => response.status(),
        Poll::Ready(Err(error)) => panic!("{error:?}"),
        Poll::Pending => panic!("no answer"),
    }
}
