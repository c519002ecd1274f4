//! A client that writes HTTP/1.1 as a vector has it, be it valid or not.

use std::io;
use std::net::SocketAddr;

use intermission_corpus::{Observed, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Socket;

type Lines = Vec<(String, Vec<u8>)>;

/// Sends the request, and gives the answer, or `None` if the server hung up without one.
///
/// # Errors
///
/// If the socket fails, or the answer cannot be read.
pub async fn send(server: SocketAddr, request: &Request) -> io::Result<Option<Observed>> {
    super::patiently(async { send_through(TcpStream::connect(server).await?, request).await }).await
}

/// Sends the request through a connection that stands, and gives the answer, or `None` if the server
/// hangs up without one.
///
/// # Errors
///
/// If the socket fails, or the answer cannot be read.
pub async fn send_through(
    mut socket: impl Socket,
    request: &Request,
) -> io::Result<Option<Observed>> {
    socket.write_all(&head(request)).await?;
    receive(&mut socket, &request.method).await
}

fn head(request: &Request) -> Vec<u8> {
    let upgrades = request.protocol.is_some();
    let method = if upgrades { b"GET" } else { &*request.method };
    let mut head = method.to_vec();
    head.push(b' ');
    if let Some(authority) = request.authority.as_ref().filter(|_| !upgrades) {
        if *request.method != *b"CONNECT" {
            head.extend_from_slice(b"http://");
        }
        head.extend_from_slice(authority);
    }
    head.extend_from_slice(&request.path);
    head.extend_from_slice(b" HTTP/1.1\r\n");
    if let Some(protocol) = &request.protocol {
        let host = request.authority.as_deref().unwrap_or_default();
        head.extend_from_slice(b"Host: ");
        head.extend_from_slice(host);
        head.extend_from_slice(b"\r\nConnection: Upgrade\r\nUpgrade: ");
        head.extend_from_slice(protocol);
        head.extend_from_slice(b"\r\n");
    }
    for (name, value) in &request.headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

async fn receive(socket: &mut impl Socket, method: &[u8]) -> io::Result<Option<Observed>> {
    let mut received = Vec::new();
    let end = loop {
        let end = received.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        if let Some(end) = end {
            break end;
        }
        match socket.read_buf(&mut received).await {
            Ok(0) if received.is_empty() => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
            Err(error) => return Err(error),
        }
    };
    let mut body = received.split_off(end + 4);
    let (status, headers) = parse(&received).ok_or_else(|| {
        let head = received.escape_ascii();
        io::Error::new(io::ErrorKind::InvalidData, format!("cannot read {head}"))
    })?;
    let mut answer = Observed {
        status,
        headers,
        body: Vec::new(),
    };
    let tunnel = method == b"CONNECT" && (200..300).contains(&status);
    if method != b"HEAD" && status != 204 && !tunnel {
        let length = answer.header("content-length").and_then(number);
        let length = length.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "an answer without its length")
        })?;
        while body.len() < length {
            if socket.read_buf(&mut body).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
    answer.body = body;
    Ok(Some(answer))
}

fn parse(head: &[u8]) -> Option<(u16, Lines)> {
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
    Some((
        u16::try_from(number(status)?).ok()?,
        headers.collect::<Option<_>>()?,
    ))
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
