use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower_service::Service;

use super::patient::TimeoutStream;
use super::unproven::{Ticket, Unproven};
use super::{Capacity, PATIENCE};
use crate::server::listen::ends::Endpoints;

/// The longest head of a request.
const LONGEST_HEAD: usize = 16 << 10;

/// The connections of a control.
#[derive(Debug)]
pub(crate) struct Connections {
    most: usize,
    room: Arc<Semaphore>,
    unproven: Arc<Unproven>,
}

impl Connections {
    pub(crate) fn new(capacity: Capacity) -> Self {
        Self {
            most: capacity.connections,
            room: Arc::new(Semaphore::new(capacity.connections)),
            unproven: Unproven::new(capacity.unproven, capacity.proven()),
        }
    }

    /// How many there are now.
    pub(crate) fn count(&self) -> usize {
        self.most.saturating_sub(self.room.available_permits())
    }

    /// How many there may be.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// How many of them have shown no valid token.
    pub(crate) fn unproven(&self) -> usize {
        self.unproven.count()
    }

    /// How many were closed to make place for others.
    pub(crate) fn evicted(&self) -> u64 {
        self.unproven.evicted()
    }

    /// Serves those who come until `stopping` ends, and then until every request that was begun is answered.
    pub(crate) async fn serve(
        &self,
        mut door: impl Acceptor,
        router: Router,
        stopping: impl Future<Output = ()>,
    ) {
        let served = GracefulShutdown::new();
        let (accepting, accepted) = watch::channel(());
        let mut stopping = std::pin::pin!(stopping);
        loop {
            let (arrival, room) = tokio::select! {
                () = &mut stopping => break,
                Some(arrived) = self.accept(&mut door) => arrived,
                else => break,
            };
            let ticket = Arc::new(self.unproven.admit(arrival.ends().peer));
            // In the task itself `select!` would keep room for it twice.
            let visit = Box::pin(visit(
                arrival,
                Arc::clone(&ticket),
                router.clone(),
                accepted.clone(),
                served.watcher(),
            ));
            tokio::spawn(async move {
                tokio::select! {
                    () = visit => {}
                    () = ticket.evicted() => {}
                }
                drop(room);
            });
        }
        drop((door, accepting));
        served.shutdown().await;
    }

    /// The next connection, when there is room for it.
    async fn accept<D: Acceptor>(
        &self,
        door: &mut D,
    ) -> Option<(D::Arrival, OwnedSemaphorePermit)> {
        // Nothing else takes the room, which is free until there is a connection to have it.
        drop(self.room.acquire().await.ok()?);
        let arrival = door.accept().await;
        let room = Arc::clone(&self.room).acquire_owned().await.ok()?;
        Some((arrival, room))
    }
}

/// Answers the requests of one connection until it ends. What has not begun to ask when control stops is left.
async fn visit<A: Arrival>(
    arrival: A,
    ticket: Arc<Ticket>,
    router: Router,
    mut accepted: watch::Receiver<()>,
    served: Watcher,
) {
    let ends = arrival.ends();
    let established = tokio::select! {
        established = arrival.establish() => established,
        _ = accepted.changed() => None,
    };
    let Some(stream) = established else {
        return;
    };
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo(ends));
        extensions.insert(Arc::clone(&ticket));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), answer);
    // A client that breaks off, or is too slow, needs no word.
    let _ = served.watch(connection).await;
}

/// Where connections come in.
pub(crate) trait Acceptor: Send {
    type Arrival: Arrival;

    /// The next connection, whatever goes wrong with some.
    fn accept(&mut self) -> impl Future<Output = Self::Arrival> + Send;
}

impl Acceptor for TcpListener {
    type Arrival = TcpStream;

    async fn accept(&mut self) -> TcpStream {
        let (stream, _) = Listener::accept(self).await;
        stream
    }
}

/// A connection that has just been accepted.
pub(crate) trait Arrival: Send + 'static {
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The addresses of both ends.
    fn ends(&self) -> Endpoints;

    /// Agrees with the client on how to speak, if there is anything to agree on; none where they do not.
    fn establish(self) -> impl Future<Output = Option<Self::Stream>> + Send;
}

impl Arrival for TcpStream {
    type Stream = TimeoutStream<Self>;

    fn ends(&self) -> Endpoints {
        Endpoints::of(self)
    }

    async fn establish(self) -> Option<TimeoutStream<Self>> {
        Some(TimeoutStream::new(self))
    }
}
