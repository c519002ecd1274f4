use std::sync::Arc;

use crate::epoch::Counted;

/// Keeps a request running, as far as `intermission enter --wait` is concerned.
///
/// The layer puts one into the extensions of every request that it admits. A handler whose work goes on
/// after the response, in a task of its own or on an upgraded connection, keeps a clone until that
/// work has ended:
///
/// ```
/// # use http::{Request, Response};
/// use intermission::RequestGuard;
///
/// # fn settle_accounts() -> impl Future<Output = ()> { async {} }
/// async fn accept(request: Request<String>) -> Response<String> {
///     let guard = request.extensions().get::<RequestGuard>().cloned();
///     tokio::spawn(async move {
///         settle_accounts().await;
///         drop(guard);
///     });
///     Response::new("accepted".into())
/// }
/// ```
///
/// Under several layers it keeps the request running for each of them.
#[derive(Clone, Debug)]
pub struct RequestGuard(Arc<Guarded>);

#[derive(Debug)]
struct Guarded {
    counted: Counted,
    /// That of the layer around this one, whose place in the extensions this guard takes.
    _outer: Option<RequestGuard>,
}

impl RequestGuard {
    pub(crate) fn new(counted: Counted, outer: Option<Self>) -> Self {
        Self(Arc::new(Guarded {
            counted,
            _outer: outer,
        }))
    }
}

/// The layer's own guard, which goes with the response to its last byte.
#[derive(Debug)]
pub(crate) struct Held {
    guard: RequestGuard,
    /// Whether the connection goes on in another protocol.
    upgraded: bool,
}

impl Held {
    pub(crate) fn new(guard: RequestGuard) -> Self {
        Self {
            guard,
            upgraded: false,
        }
    }

    /// Takes note that the connection goes on in another protocol.
    pub(crate) fn upgrade(&mut self) {
        self.upgraded = true;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Nobody else will tell when an upgraded connection ends.
        if self.upgraded && Arc::strong_count(&self.guard.0) == 1 {
            self.guard.0.counted.leave_upgraded();
        }
    }
}
