//! Clients that are slow on purpose, from several addresses: control serves the others all the while.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use intermission_testkit::LONG;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::crowd::number;

use crate::setup::{Control, Setting};

/// The addresses from which it is besieged: 127.0.0.2 and those after it.
const PEERS: usize = 8;

/// A control that speaks TLS, and how to speak with it.
struct Siege {
    control: Control,
    tls: TlsConnector,
    /// Clients that have reached it and keep their connections.
    there: AtomicUsize,
    /// Those that connect at a time.
    door: Semaphore,
}

impl Siege {
    async fn start() -> Self {
        let rcgen::CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let mut roots = RootCertStore::empty();
        let pem = cert.pem();
        roots
            .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let setting = Setting {
            certificate: Some([pem, signing_key.serialize_pem()]),
            files: Some(number("SIEGE_FILES", 2000)),
        };
        Self {
            control: Control::start_as(setting).await,
            tls: TlsConnector::from(Arc::new(config)),
            there: AtomicUsize::new(0),
            door: Semaphore::new(32),
        }
    }

    async fn connect(&self, from: usize) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        // What they do not read is not to use up the memory of the kernel, which is this machine's too.
        socket.set_recv_buffer_size(4096)?;
        let last = u8::try_from(2 + from % PEERS).map_err(io::Error::other)?;
        let address = IpAddr::V4(Ipv4Addr::new(127, 0, 0, last));
        socket.bind(SocketAddr::new(address, 0))?;
        socket.connect(self.control.address).await
    }

    async fn shake_hands(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
        self.tls.connect(name, stream).await
    }

    /// Asks more than any buffer holds the answers to, and reads none of them.
    async fn read_nothing(self: Arc<Self>, number: usize) -> io::Result<()> {
        let turn = self.door.acquire().await.map_err(io::Error::other)?;
        let stream = self.connect(number).await?;
        let mut stream = self.shake_hands(stream).await?;
        let ask = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(40);
        stream.write_all(ask.as_bytes()).await?;
        stream.flush().await?;
        self.there.fetch_add(1, Ordering::Relaxed);
        drop(turn);
        std::future::pending().await
    }

    /// Says nothing, and comes again a second after it was sent away.
    async fn say_nothing(self: Arc<Self>, number: usize) -> io::Result<()> {
        let mut known = 0;
        loop {
            let turn = self.door.acquire().await.map_err(io::Error::other)?;
            let mut stream = self.connect(number).await?;
            drop(turn);
            self.there.fetch_add(1 - known, Ordering::Relaxed);
            known = 1;
            let _ = stream.read(&mut [0; 1]).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Asks over a connection of its own, and gives back the answer.
    async fn ask(&self, path: &str, headers: &str) -> io::Result<String> {
        let stream = TcpStream::connect(self.control.address).await?;
        let mut stream = self.shake_hands(stream).await?;
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    async fn ask_by_token(&self, path: &str, token: &str, headers: &str) -> io::Result<String> {
        let headers = format!("authorization: Bearer {token}\r\n{headers}");
        self.ask(path, &headers).await
    }

    /// What one of its metrics says.
    async fn metric(&self, name: &str) -> usize {
        let token = self.control.operator();
        let metrics = self.ask_by_token("/metrics", token, "").await.unwrap();
        let name = format!("intermission_control_{name} ");
        let value = metrics.lines().find_map(|line| line.strip_prefix(&name));
        value.unwrap().parse().unwrap()
    }

    /// What clients with work to do want of control: a probe, a node that starts, a switch. Gives back the longest of the
    /// three times.
    async fn work(&self, round: usize) -> Duration {
        let mut longest = Duration::ZERO;
        let begun = Instant::now();
        let health = self.ask("/healthz", "").await.unwrap();
        longest = longest.max(begun.elapsed());
        assert!(health.starts_with("HTTP/1.1 200 OK"), "{health}");

        let begun = Instant::now();
        let report =
            format!("intermission-node: \"node-{round}\";boot=\"b\";seq=1;kind=tower;wait=60\r\n");
        let path = "/v1/services/shop/state";
        let state = self.ask_by_token(path, &self.control.token, &report).await;
        longest = longest.max(begun.elapsed());
        let state = state.unwrap();
        assert!(state.starts_with("HTTP/1.1 200 OK"), "{state}");

        let begun = Instant::now();
        let switch = ["enter", "exit"][round % 2];
        self.control.done(&format!("{switch} shop")).await;
        longest.max(begun.elapsed())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_read_nothing_or_say_nothing_keep_no_other_from_control() {
    let within = Duration::from_secs(u64::try_from(number("SIEGE_SECONDS", 20)).unwrap());
    let (readers, silent) = (number("SIEGE_READERS", 1200), number("SIEGE_SILENT", 150));
    let siege = Arc::new(Siege::start().await);
    for number in 0..readers {
        tokio::spawn(Arc::clone(&siege).read_nothing(number));
    }
    for number in 0..silent {
        tokio::spawn(Arc::clone(&siege).say_nothing(number));
    }
    let mut longest = Duration::ZERO;
    let mut rounds = 0;
    let until_all_are_there = async {
        // And a few times more, when all are there.
        let mut more = 20;
        while more > 0 {
            longest = longest.max(siege.work(rounds).await);
            rounds += 1;
            let there = siege.there.load(Ordering::Relaxed);
            more -= usize::from(there == readers + silent);
        }
    };
    timeout(LONG * 5, until_all_are_there).await.unwrap();
    let unproven = siege.metric("connections_unproven").await;
    let evicted = siege.metric("connections_evicted_total").await;
    println!(
        "{readers} clients that read nothing, {silent} that say nothing: {evicted} closed, {unproven} left; the longest of \
         {} answers took {longest:?}",
        3 * rounds
    );
    assert!(evicted > 0, "the siege was too small");
    assert!(longest < within, "{longest:?}");
}
