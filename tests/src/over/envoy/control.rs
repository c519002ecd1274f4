//! The endpoint that the filters ask: each state under a path of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// Serves `documents`, the first under `/0`, until it is aborted.
pub(super) async fn serve(documents: Vec<Vec<u8>>) -> io::Result<(SocketAddr, AbortHandle)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let documents = Arc::new(documents);
    let server = tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let documents = Arc::clone(&documents);
            tokio::spawn(async move { answer(socket, &documents).await });
        }
    });
    Ok((address, server.abort_handle()))
}

async fn answer(mut socket: TcpStream, documents: &[Vec<u8>]) -> io::Result<()> {
    let mut received = Vec::new();
    loop {
        while let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head: Vec<u8> = received.drain(..end + 4).collect();
            let head = String::from_utf8_lossy(&head);
            let place = head
                .split(' ')
                .nth(1)
                .and_then(|path| path.get(1..)?.parse().ok());
            let answer = place.and_then(|place: usize| documents.get(place));
            let (status, body) = answer.map_or(("404 Not Found", &[][..]), |body| ("200 OK", body));
            let head = format!(
                "HTTP/1.1 {status}\r\netag: \"{}\"\r\ncontent-length: {}\r\n\r\n",
                place.unwrap_or_default(),
                body.len()
            );
            socket.write_all(&[head.as_bytes(), body].concat()).await?;
        }
        if socket.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}
