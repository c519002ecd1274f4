//! Connections: how many there are, and how long one may keep control waiting.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::server::TlsStream;
use tower_service::Service;

use crate::serve::names::Ends;

/// How long a client may take for the head of a request. A connection that is idle for so long is closed.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many connections there are at a time; the others wait for one of these to end. There is room beside the
/// polls that are held.
const MOST: usize = 25_000;

/// The connections of a control.
#[derive(Debug)]
pub(super) struct Connections {
    most: usize,
    room: Arc<Semaphore>,
}

impl Connections {
    pub(super) fn new() -> Self {
        Self::at_most(MOST)
    }

    fn at_most(most: usize) -> Self {
        Self {
            most,
            room: Arc::new(Semaphore::new(most)),
        }
    }

    /// How many there are now.
    pub(super) fn count(&self) -> usize {
        self.most.saturating_sub(self.room.available_permits())
    }

    /// Serves those who come until `stopping` ends, and then until every request that was begun is answered.
    pub(super) async fn serve<L>(
        &self,
        mut listener: L,
        router: Router,
        stopping: impl Future<Output = ()>,
    ) where
        L: Listener,
        L::Io: Connection,
    {
        let served = GracefulShutdown::new();
        let mut stopping = std::pin::pin!(stopping);
        loop {
            let (stream, room) = tokio::select! {
                () = &mut stopping => break,
                Some(accepted) = self.accept(&mut listener) => accepted,
                else => break,
            };
            let router = router.clone();
            let ends = stream.ends();
            let answer = service_fn(move |request: hyper::Request<Incoming>| {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(ends));
                router.clone().call(request)
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), answer);
            let connection = served.watch(connection);
            tokio::spawn(async move {
                // Whoever breaks off, or is too slow, is nobody's concern.
                let _ = connection.await;
                drop(room);
            });
        }
        drop(listener);
        served.shutdown().await;
    }

    /// The next connection, when there is room for it.
    async fn accept<L: Listener>(&self, listener: &mut L) -> Option<(L::Io, OwnedSemaphorePermit)> {
        // Nobody else takes the room until there is somebody to give it to.
        drop(self.room.acquire().await.ok()?);
        let (stream, _) = listener.accept().await;
        let room = Arc::clone(&self.room).acquire_owned().await.ok()?;
        Some((stream, room))
    }
}

/// A connection whose ends are known.
pub(super) trait Connection {
    /// The addresses of both.
    fn ends(&self) -> Ends;
}

impl Connection for TcpStream {
    fn ends(&self) -> Ends {
        Ends::of(self)
    }
}

impl Connection for TlsStream<TcpStream> {
    fn ends(&self) -> Ends {
        Ends::of(self.get_ref().0)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::sync::mpsc;
    use tokio::time::Instant;

    use super::*;
    use crate::serve::body;

    struct Queue(mpsc::UnboundedReceiver<DuplexStream>);

    impl Listener for Queue {
        type Io = DuplexStream;
        type Addr = ();

        async fn accept(&mut self) -> (DuplexStream, ()) {
            match self.0.recv().await {
                Some(stream) => (stream, ()),
                None => std::future::pending().await,
            }
        }

        fn local_addr(&self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Connection for DuplexStream {
        fn ends(&self) -> Ends {
            Ends::unknown()
        }
    }

    /// Knocks at a server of its own, whose clock runs as fast as it is waited for.
    struct Door(mpsc::UnboundedSender<DuplexStream>);

    impl Door {
        fn new(most: usize) -> Self {
            let (knock, queue) = mpsc::unbounded_channel();
            let router = Router::new()
                .route("/", get(|| async { "here" }))
                .route(
                    "/held",
                    get(|| async { tokio::time::sleep(PATIENCE * 2).await }),
                )
                .route(
                    "/body",
                    post(|body: Body| async { body::read(body).await.map(|_| ()) }),
                );
            tokio::spawn(async move {
                let connections = Connections::at_most(most);
                connections
                    .serve(Queue(queue), router, std::future::pending())
                    .await;
            });
            Self(knock)
        }

        async fn say(&self, text: &str) -> DuplexStream {
            let (mut own, other) = duplex(4096);
            self.0.send(other).unwrap();
            own.write_all(text.as_bytes()).await.unwrap();
            own
        }
    }

    async fn rest(mut stream: DuplexStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_slow_or_idle_is_cut_off() {
        let door = Door::new(10);
        for (said, heard) in [
            ("", ""),
            ("GET / HTTP/1.1\r\nhost: a\r\n", ""),
            ("GET / HTTP/1.1\r\nhost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
            (
                "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf",
                "HTTP/1.1 408 Request Timeout\r\n",
            ),
        ] {
            let begun = Instant::now();
            let stream = door.say(said).await;
            let answer = rest(stream).await;
            assert!(answer.starts_with(heard), "{said:?}: {answer}");
            assert_eq!(answer.is_empty(), heard.is_empty(), "{said:?}: {answer}");
            assert_eq!(begun.elapsed().as_secs(), PATIENCE.as_secs(), "{said:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_held_is_not_cut_off() {
        let door = Door::new(10);
        let held = "GET /held HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        let answer = rest(door.say(held).await).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_finds_no_room_waits_until_another_goes() {
        let door = Door::new(1);
        let idle = door.say("").await;
        let begun = Instant::now();
        let ask = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        let waiting = rest(door.say(ask).await).await;
        assert!(waiting.starts_with("HTTP/1.1 200 OK\r\n"), "{waiting}");
        assert!(
            begun.elapsed() >= PATIENCE,
            "it came before the idle one went"
        );
        drop(idle);
    }
}
