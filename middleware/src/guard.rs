use std::sync::Arc;

use http::StatusCode;
use intermission_node::{Counted, Probe};

use crate::Decision;

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
    /// The decision, if maintenance is on.
    decision: Option<Decision>,
    /// The guard of an outer layer, which this guard replaces in the extensions.
    _outer: Option<RequestGuard>,
}

impl RequestGuard {
    pub(crate) fn new(counted: Counted, decision: Option<Decision>, outer: Option<Self>) -> Self {
        Self(Arc::new(Guarded {
            counted,
            decision,
            _outer: outer,
        }))
    }
}

/// The layer's own hold on a request, which lasts until the last byte of the response, and knows of an upgrade of the
/// connection.
#[derive(Debug)]
pub(crate) enum Held {
    /// The layer alone holds the request.
    Alone { counted: Counted, upgraded: bool },
    /// The layer and each clone of the guard hold the request.
    Shared { guard: RequestGuard, upgraded: bool },
    /// The request may be of a health check. Boxed, because few requests are.
    Probing(Box<(Self, Box<Probe>)>),
}

impl Held {
    pub(crate) fn alone(counted: Counted) -> Self {
        Self::Alone {
            counted,
            upgraded: false,
        }
    }

    pub(crate) fn shared(guard: RequestGuard) -> Self {
        Self::Shared {
            guard,
            upgraded: false,
        }
    }

    /// Marks the request as one of a health check, if it may be one.
    pub(crate) fn with_probe(self, probe: Option<Box<Probe>>) -> Self {
        match probe {
            Some(probe) => Self::Probing(Box::new((self, probe))),
            None => self,
        }
    }

    /// Records the status of the response; returns the decision for its extensions.
    #[inline]
    pub(crate) fn answered(&self, status: StatusCode) -> Option<Decision> {
        match self {
            Self::Alone { .. } => None,
            Self::Shared { guard, .. } => guard.0.decision,
            Self::Probing(probing) => {
                let (held, probe) = &**probing;
                probe.answered(status.as_u16());
                held.answered(status)
            }
        }
    }

    /// Records that the connection is upgraded to another protocol.
    pub(crate) fn upgrade(&mut self) {
        match self {
            Self::Alone { upgraded, .. } | Self::Shared { upgraded, .. } => *upgraded = true,
            Self::Probing(probing) => probing.0.upgrade(),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        match self {
            Self::Alone {
                counted,
                upgraded: true,
            } => counted.leave_upgraded(),
            // A handler that keeps the guard drops it with the connection; otherwise the end is not seen.
            Self::Shared {
                guard,
                upgraded: true,
            } if Arc::strong_count(&guard.0) == 1 => guard.0.counted.leave_upgraded(),
            _ => {}
        }
    }
}
