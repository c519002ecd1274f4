use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the proxy does with the bytes between a node and control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// They arrive.
    Open,
    /// They vanish without an error: a partition.
    Lost,
    /// They arrive, but documents are of a version that no node knows.
    Newer,
}

/// The way between a node and control.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    way: watch::Sender<Way>,
}

impl Proxy {
    pub(crate) async fn start(control: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, watched) = watch::channel(Way::Open);
        tokio::spawn(async move {
            while let Ok((node, _)) = listener.accept().await {
                let Ok(control) = TcpStream::connect(control).await else {
                    continue;
                };
                let (from_node, to_node) = node.into_split();
                let (from_control, to_control) = control.into_split();
                tokio::spawn(carry(from_node, to_control, watched.clone()));
                tokio::spawn(carry(from_control, to_node, watched.clone()));
            }
        });
        Self { address, way }
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn carry(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    way: watch::Receiver<Way>,
) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let way = *way.borrow();
        let read = &mut bytes[..count];
        match way {
            Way::Open => {}
            Way::Lost => continue,
            Way::Newer => make_newer(read),
        }
        if to.write_all(read).await.is_err() {
            return;
        }
    }
}

/// Changes the version of a document that is among these bytes.
fn make_newer(bytes: &mut [u8]) {
    const VERSION: &[u8] = b"\"version\":1,";
    let place = bytes
        .windows(VERSION.len())
        .position(|window| window == VERSION);
    if let Some(place) = place {
        bytes[place + VERSION.len() - 2] = b'2';
    }
}
