use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// A connection over which one asks again and again.
pub(crate) struct Client {
    stream: BufStream<TcpStream>,
}

/// The address of a tester, who says so.
pub(crate) const TESTER: &str = "203.0.113.7";

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufStream::new(stream),
        })
    }

    /// Asks as a stranger, and reads the whole answer.
    pub(crate) async fn ask(&mut self, path: &str) -> io::Result<u16> {
        let (status, length) = self.begin(path, "198.51.100.9", "").await?;
        let mut body = vec![0; length.unwrap_or_default()];
        self.stream.read_exact(&mut body).await?;
        Ok(status)
    }

    /// Asks, and reads the head of the answer.
    pub(crate) async fn begin(
        &mut self,
        path: &str,
        from: &str,
        headers: &str,
    ) -> io::Result<(u16, Option<usize>)> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: shop\r\nx-forwarded-for: {from}\r\n{headers}\r\n"
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.stream.flush().await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("the connection has ended"))?;
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            if line.trim().is_empty() {
                return Ok((status, length));
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok();
            }
        }
    }

    /// Reads on until so many bytes have come.
    pub(crate) async fn read(&mut self, bytes: usize) -> io::Result<()> {
        let mut read = vec![0; bytes];
        self.stream.read_exact(&mut read).await?;
        Ok(())
    }

    /// Reads on until this line has come.
    pub(crate) async fn until(&mut self, line: &str) -> io::Result<()> {
        let mut read = String::new();
        while read != line {
            read.clear();
            if self.stream.read_line(&mut read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }
}
