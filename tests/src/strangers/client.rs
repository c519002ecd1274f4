use std::io;
use std::net::SocketAddr;

use intermission_testkit::http::Connection;

/// A connection over which a client asks again and again.
#[derive(Debug)]
pub struct Client(Connection);

/// The address of a tester, in a header.
pub const TESTER: &str = "203.0.113.7";
/// The address of another client.
const STRANGER: &str = "198.51.100.9";

impl Client {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If the server does not listen.
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        Connection::open(address).await.map(Self)
    }

    /// Asks as a stranger, and reads the whole answer.
    ///
    /// # Errors
    ///
    /// If the connection fails or ends.
    pub async fn ask(&mut self, path: &str) -> io::Result<u16> {
        let from = [("x-forwarded-for", STRANGER)];
        let answer = self.0.ask("GET", path, &from, "").await?;
        Ok(answer.status)
    }

    /// Asks as a stranger, and reads the head of the answer: its status, and the length of its body.
    ///
    /// # Errors
    ///
    /// If the connection fails or ends.
    pub async fn begin(&mut self, path: &str) -> io::Result<(u16, Option<usize>)> {
        self.begin_with(path, &[("x-forwarded-for", STRANGER)])
            .await
    }

    /// The same with these headers.
    ///
    /// # Errors
    ///
    /// If the connection fails or ends.
    pub async fn begin_with(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<(u16, Option<usize>)> {
        self.0.send("GET", path, headers, "").await?;
        let head = self.0.head().await?;
        let head = head.ok_or_else(|| io::Error::other("the connection has ended"))?;
        let length = head.header("content-length");
        let length = length.and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
        Ok((head.status, length))
    }

    /// Asks as a stranger for another protocol.
    ///
    /// # Errors
    ///
    /// If the connection fails or ends.
    pub async fn upgrade(&mut self, path: &str) -> io::Result<u16> {
        let headers = [
            ("x-forwarded-for", STRANGER),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
        ];
        Ok(self.begin_with(path, &headers).await?.0)
    }

    /// Reads on until so many bytes have come.
    ///
    /// # Errors
    ///
    /// If the connection fails or ends.
    pub async fn read(&mut self, bytes: usize) -> io::Result<()> {
        self.0.read(bytes).await.map(drop)
    }

    /// Reads on until these bytes have come.
    ///
    /// # Errors
    ///
    /// If the connection fails or ends.
    pub async fn until(&mut self, bytes: &str) -> io::Result<()> {
        self.0.read_until(bytes.as_bytes()).await
    }
}
