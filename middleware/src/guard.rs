use std::sync::Arc;

use crate::epoch::Counted;

/// Keeps a request running, as far as `intermission enter --wait` is concerned.
///
/// A layer [with extensions](crate::MaintenanceLayer::with_extensions) puts one into the extensions of every request
/// that it admits. A handler whose work goes on after the response, in a task of its own or on an upgraded connection,
/// keeps a clone until that work has ended:
///
/// ```
/// # use http::{Request, Response, StatusCode};
/// use intermission::RequestGuard;
///
/// # fn settle_accounts() -> impl Future<Output = ()> { async {} }
/// async fn accept(mut request: Request<String>) -> Result<Response<String>, StatusCode> {
///     let guard = request.extensions_mut().remove::<RequestGuard>();
///     let guard = guard.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
///     tokio::spawn(async move {
///         settle_accounts().await;
///         drop(guard);
///     });
///     Ok(Response::new("accepted".into()))
/// }
/// ```
///
/// Under several such layers it keeps the request running for each of them.
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

/// The layer's own hold on a request, which goes with the response to its last byte.
#[derive(Debug)]
pub(crate) struct Held {
    hold: Hold,
    /// Whether the connection goes on in another protocol.
    upgraded: bool,
}

#[derive(Debug)]
enum Hold {
    Alone(Counted),
    Shared(RequestGuard),
}

impl Held {
    /// Holds a request that nobody else can.
    pub(crate) fn alone(counted: Counted) -> Self {
        Self {
            hold: Hold::Alone(counted),
            upgraded: false,
        }
    }

    /// Holds a request together with all who keep a clone of its guard.
    pub(crate) fn shared(guard: RequestGuard) -> Self {
        Self {
            hold: Hold::Shared(guard),
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
        if !self.upgraded {
            return;
        }
        // Who keeps a guard will tell when the connection ends, and nobody else.
        match &self.hold {
            Hold::Alone(counted) => counted.leave_upgraded(),
            Hold::Shared(guard) => {
                if Arc::strong_count(&guard.0) == 1 {
                    guard.0.counted.leave_upgraded();
                }
            }
        }
    }
}
