//! A client that writes HTTP/1.1 as a vector has it, be it valid or not.

use std::io;

use intermission_corpus::{Observed, Request};

use super::connection::Connection;
use super::socket::Socket;

/// Sends the request through a connection that stands, and gives the answer, or `None` if the server
/// hangs up without one.
///
/// # Errors
///
/// If the socket fails, or the answer cannot be read.
pub(super) async fn send_through(
    socket: impl Socket,
    request: &Request,
) -> io::Result<Option<Observed>> {
    let mut connection = Connection::over(socket, "");
    connection.write(&head(request)).await?;
    connection.answer(&request.method).await
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
