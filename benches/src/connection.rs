//! A connection over which one asks again and again (HTTP/1.1).

use std::fmt::Write as _;
use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    server: SocketAddr,
    /// What has come, and is not taken yet.
    come: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The entity tag, or nothing.
    pub etag: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            server,
            come: Vec::new(),
        })
    }

    /// Asks, and reads the whole answer.
    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.server);
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n")?;
        }
        if !body.is_empty() {
            write!(request, "content-length: {}\r\n", body.len())?;
        }
        write!(request, "\r\n{body}")?;
        self.stream.write_all(request.as_bytes()).await?;
        let head = loop {
            let end = self.come.windows(4).position(|four| four == b"\r\n\r\n");
            match end {
                Some(end) => break end + 4,
                None => self.read().await?,
            }
        };
        let head: Vec<_> = self.come.drain(..head).collect();
        let head = String::from_utf8(head)?;
        let value = |wanted: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            let line = lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            line.map(|(_, value)| value.trim())
        };
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("{head:?} has no status"))?;
        let length = match value("content-length") {
            _ if status == 304 => 0,
            Some(length) => length.parse()?,
            None => 0,
        };
        while self.come.len() < length {
            self.read().await?;
        }
        Ok(Answer {
            status,
            etag: value("etag").unwrap_or_default().to_owned(),
            body: self.come.drain(..length).collect(),
        })
    }

    async fn read(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.come).await?;
        ensure!(read > 0, "{} has broken off", self.server);
        Ok(())
    }
}
