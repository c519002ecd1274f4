use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use intermission_corpus::Observed;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::socket::Socket;

/// A connection for one request after another (HTTP/1.1).
#[derive(Debug)]
pub struct Connection<S = TcpStream> {
    stream: S,
    host: String,
    /// Bytes that have arrived, and are not read yet.
    received: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If the server does not listen.
    pub async fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream, &server.to_string()))
    }
}

impl<S: Socket> Connection<S> {
    /// Uses a connection that stands, to this host.
    pub fn over(stream: S, host: &str) -> Self {
        Self {
            stream,
            host: host.to_owned(),
            received: Vec::new(),
        }
    }

    /// Sends a request, and reads the whole answer.
    ///
    /// # Errors
    ///
    /// If the socket fails, or the answer cannot be read.
    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<Observed> {
        self.send(method, path, headers, body).await?;
        let answer = self.answer(method.as_bytes()).await?;
        answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// If the socket fails.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<()> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        for (name, value) in headers {
            let _ = write!(request, "{name}: {value}\r\n");
        }
        if !body.is_empty() {
            let _ = write!(request, "content-length: {}\r\n", body.len());
        }
        let _ = write!(request, "\r\n{body}");
        self.write(request.as_bytes()).await
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    ///
    /// If the socket fails.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads the answer to a request of this method, or `None` if the server hangs up without one.
    ///
    /// # Errors
    ///
    /// If the socket fails, or the answer cannot be read.
    pub async fn answer(&mut self, method: &[u8]) -> io::Result<Option<Observed>> {
        let Some(mut answer) = self.head().await? else {
            return Ok(None);
        };
        let status = answer.status;
        let is_tunnel = method == b"CONNECT" && (200..300).contains(&status);
        if method != b"HEAD" && !matches!(status, 204 | 304) && !is_tunnel {
            let length = answer.header("content-length").and_then(number);
            let length = length.ok_or_else(|| invalid("an answer without its length"))?;
            answer.body = self.read(length).await?;
        }
        Ok(Some(answer))
    }

    /// Reads the head of an answer, or `None` if the server hangs up without one.
    ///
    /// # Errors
    ///
    /// If the socket fails, or the head cannot be read.
    pub async fn head(&mut self) -> io::Result<Option<Observed>> {
        loop {
            let end = self
                .received
                .windows(4)
                .position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head: Vec<u8> = self.received.drain(..end + 4).collect();
                let answer = parse(&head);
                let unreadable = || invalid(&format!("cannot read {}", head.escape_ascii()));
                return answer.ok_or_else(unreadable).map(Some);
            }
            match self.stream.read_buf(&mut self.received).await {
                Ok(0) if self.received.is_empty() => return Ok(None),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads so many bytes.
    ///
    /// # Errors
    ///
    /// If the socket fails or ends before.
    pub async fn read(&mut self, bytes: usize) -> io::Result<Vec<u8>> {
        while self.received.len() < bytes {
            self.read_more().await?;
        }
        let rest = self.received.split_off(bytes);
        Ok(std::mem::replace(&mut self.received, rest))
    }

    /// Reads until these bytes have arrived.
    ///
    /// # Errors
    ///
    /// If the socket fails or ends before.
    pub async fn read_until(&mut self, bytes: &[u8]) -> io::Result<()> {
        loop {
            let mut windows = self.received.windows(bytes.len());
            if let Some(place) = windows.position(|window| window == bytes) {
                self.received.drain(..place + bytes.len());
                return Ok(());
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn parse(head: &[u8]) -> Option<Observed> {
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(|line| line.trim_ascii_end())
        .filter(|line| !line.is_empty());
    let status = lines.next()?.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    let headers = lines.map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let name = String::from_utf8(name.to_ascii_lowercase()).ok()?;
        Some((name, value.strip_prefix(b": ")?.to_vec()))
    });
    Some(Observed {
        status: u16::try_from(number(status)?).ok()?,
        headers: headers.collect::<Option<_>>()?,
        body: Vec::new(),
    })
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
