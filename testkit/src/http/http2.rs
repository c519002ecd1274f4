//! A client that writes HTTP/2 as a vector has it, be it valid or not.
//!
//! One connection, one stream; no compression is used, and none but Huffman's is allowed the server.

use std::io;

use fluke_hpack::Decoder;
use intermission_corpus::{Observed, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::socket::Socket;

const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const SETTINGS: u8 = 0x4;
const GOAWAY: u8 = 0x7;
const CONTINUATION: u8 = 0x9;
const END_STREAM: u8 = 0x1;
const ACK: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED_OR_PRIORITY: u8 = 0x8 | 0x20;

/// No dynamic table; room for a long page.
const OUR_SETTINGS: [u8; 12] = [0, 1, 0, 0, 0, 0, 0, 4, 0, 0xf, 0, 0];

/// Sends the request through a connection that stands, and gives the answer, or `None` if the server
/// resets the stream or hangs up instead.
///
/// # Errors
///
/// If the socket fails, or the answer cannot be read.
pub(super) async fn send_through(
    mut socket: impl Socket,
    request: &Request,
) -> io::Result<Option<Observed>> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    frame(&mut bytes, SETTINGS, 0, 0, &OUR_SETTINGS)?;
    frame(
        &mut bytes,
        HEADERS,
        END_HEADERS | END_STREAM,
        1,
        &block(request)?,
    )?;
    socket.write_all(&bytes).await?;
    match receive(&mut socket).await {
        Err(error) if is_hang_up(&error) => Ok(None),
        answer => answer,
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
    )
}

fn frame(bytes: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
    bytes.extend_from_slice(length.to_be_bytes().get(1..).unwrap_or_default());
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    Ok(())
}

/// The header block: literals without indexing (RFC 7541, section 6.2.2).
fn block(request: &Request) -> io::Result<Vec<u8>> {
    let mut block = Vec::new();
    literal(&mut block, b":method", &request.method)?;
    let tunnel = *request.method == *b"CONNECT" && request.path.is_empty();
    if !tunnel {
        literal(&mut block, b":scheme", b"http")?;
        literal(&mut block, b":path", &request.path)?;
    }
    if let Some(protocol) = &request.protocol {
        literal(&mut block, b":protocol", protocol)?;
    }
    if let Some(authority) = &request.authority {
        literal(&mut block, b":authority", authority)?;
    }
    for (name, value) in &request.headers {
        literal(&mut block, name.to_ascii_lowercase().as_bytes(), value)?;
    }
    Ok(block)
}

fn literal(block: &mut Vec<u8>, name: &[u8], value: &[u8]) -> io::Result<()> {
    block.push(0);
    for text in [name, value] {
        // A length of 127 and more continues in base 128 (RFC 7541, section 5.1).
        match u8::try_from(text.len()) {
            Ok(length @ 0..127) => block.push(length),
            _ => {
                let mut rest = text
                    .len()
                    .checked_sub(127)
                    .ok_or(io::ErrorKind::InvalidInput)?;
                block.push(127);
                while rest >= 128 {
                    block.push(u8::try_from(rest % 128).map_err(io::Error::other)? | 0x80);
                    rest /= 128;
                }
                block.push(u8::try_from(rest).map_err(io::Error::other)?);
            }
        }
        block.extend_from_slice(text);
    }
    Ok(())
}

async fn receive(socket: &mut impl Socket) -> io::Result<Option<Observed>> {
    let mut decoder = Decoder::new();
    let mut fields = Vec::new();
    let mut compressed = Vec::new();
    let mut body = Vec::new();
    let mut ended = false;
    loop {
        let [l1, l2, l3, kind, flags, s1, s2, s3, s4] = {
            let mut head = [0; 9];
            socket.read_exact(&mut head).await?;
            head
        };
        let length = u32::from_be_bytes([0, l1, l2, l3]);
        let stream = u32::from_be_bytes([s1, s2, s3, s4]);
        let mut payload = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        socket.read_exact(&mut payload).await?;
        match (kind, stream) {
            (SETTINGS, 0) if flags & ACK == 0 => {
                let mut acknowledgement = Vec::new();
                frame(&mut acknowledgement, SETTINGS, ACK, 0, &[])?;
                socket.write_all(&acknowledgement).await?;
            }
            (GOAWAY, 0) | (RST_STREAM, 1) => return Ok(None),
            (DATA | HEADERS, 1) if flags & PADDED_OR_PRIORITY != 0 => {
                return Err(invalid("padding or a priority"));
            }
            (DATA, 1) => {
                body.extend_from_slice(&payload);
                ended |= flags & END_STREAM != 0;
            }
            (HEADERS | CONTINUATION, 1) => {
                compressed.extend_from_slice(&payload);
                ended |= kind == HEADERS && flags & END_STREAM != 0;
                if flags & END_HEADERS == 0 {
                    continue;
                }
                let decoded = decoder.decode(&compressed);
                fields.extend(decoded.map_err(|error| invalid(&format!("{error:?}")))?);
                compressed.clear();
            }
            _ => {}
        }
        if ended && compressed.is_empty() {
            return answer(fields, body).map(Some);
        }
    }
}

fn answer(fields: Vec<(Vec<u8>, Vec<u8>)>, body: Vec<u8>) -> io::Result<Observed> {
    let mut status = None;
    let mut headers = Vec::new();
    for (name, value) in fields {
        let text = |bytes| String::from_utf8(bytes).map_err(|_| invalid("a name"));
        if name == b":status" {
            status = text(value)?.parse().ok();
        } else {
            headers.push((text(name)?, value));
        }
    }
    Ok(Observed {
        status: status.ok_or_else(|| invalid("no status"))?,
        headers,
        body,
    })
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
