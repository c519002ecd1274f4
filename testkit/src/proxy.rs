//! A proxy between a client and a server of HTTP/2.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use crate::wait_for;

/// A TCP proxy on loopback, which can delay what it forwards.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    server: SocketAddr,
    mode: Mode,
    /// What the request contains that is to be held.
    marker: Option<Vec<u8>>,
    held: Option<Held>,
    clients: Vec<TcpStream>,
    /// How many answers have come to the request that was held.
    answers: usize,
}

/// The end of a request that has not been forwarded yet.
#[derive(Debug)]
struct Held {
    request: Vec<u8>,
    server: TcpStream,
}

/// What happens to connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Forward,
    /// They stay open, and nothing is forwarded.
    Hang,
    /// New ones are closed.
    Refuse,
}

impl Proxy {
    /// Forwards connections to `server`.
    pub fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = State {
            server,
            mode: Mode::Forward,
            marker: None,
            held: None,
            clients: Vec::new(),
            answers: 0,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                accepting.accept(client.unwrap());
            }
        });
        Self { address, shared }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts all connections, and forwards new ones to this server.
    pub fn lead_to(&self, server: SocketAddr) {
        let mut state = self.shared.state.lock().unwrap();
        state.server = server;
        for client in state.clients.drain(..) {
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    /// Forwards nothing more, and keeps all connections open.
    pub fn hang(&self) {
        self.set(Mode::Hang);
    }

    /// Closes new connections.
    pub fn refuse(&self) {
        self.set(Mode::Refuse);
    }

    /// Forwards again.
    pub fn forward(&self) {
        self.set(Mode::Forward);
    }

    fn set(&self, mode: Mode) {
        self.shared.state.lock().unwrap().mode = mode;
        self.shared.changed.notify_all();
    }

    /// Holds the next request that contains `marker`, and closes the connection of its client.
    pub fn hold(&self, marker: &str) {
        let mut state = self.shared.state.lock().unwrap();
        state.marker = Some(marker.as_bytes().to_vec());
    }

    /// Forwards the request that is held, and waits until it is answered.
    #[track_caller]
    pub fn release(&self) {
        let held = self.shared.state.lock().unwrap().held.take();
        let Held {
            request,
            mut server,
        } = held.expect("a request is held");
        server.write_all(&request).unwrap();
        wait_for("the answer to the request that was held", || {
            let state = self.shared.state.lock().unwrap();
            (state.answers > 0).then_some(())
        });
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, client: TcpStream) {
        let server = {
            let mut state = self.state.lock().unwrap();
            if state.mode == Mode::Refuse {
                return;
            }
            state.clients.push(client.try_clone().unwrap());
            state.server
        };
        let Ok(server) = TcpStream::connect(server) else {
            let _ = client.shutdown(Shutdown::Both);
            return;
        };
        let of_requests = Arc::clone(self);
        let ends = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || of_requests.forward_requests(ends.0, ends.1));
        let of_answers = Arc::clone(self);
        thread::spawn(move || of_answers.forward_answers(client, server));
    }

    fn forward_requests(&self, mut client: TcpStream, mut server: TcpStream) {
        let mut part = [0; 1 << 16];
        while let Ok(read @ 1..) = client.read(&mut part) {
            let part = &part[..read];
            if self.holds(part, &server) {
                let _ = client.shutdown(Shutdown::Both);
                return;
            }
            self.until_forwarding();
            if server.write_all(part).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Both);
    }

    /// Holds a part of a request if it is the one to be held.
    fn holds(&self, part: &[u8], server: &TcpStream) -> bool {
        let mut state = self.state.lock().unwrap();
        let is_meant = |marker: &Vec<u8>| part.windows(marker.len()).any(|window| window == marker);
        let Some(_) = state.marker.take_if(|marker| is_meant(marker)) else {
            return false;
        };
        state.answers = 0;
        state.held = Some(Held {
            request: part.to_vec(),
            server: server.try_clone().unwrap(),
        });
        true
    }

    fn forward_answers(&self, mut client: TcpStream, mut server: TcpStream) {
        let (mut part, mut frames) = ([0; 1 << 16], Frames::default());
        while let Ok(read @ 1..) = server.read(&mut part) {
            self.until_forwarding();
            // It fails where the request of this client is held.
            let is_gone = client.write_all(&part[..read]).is_err();
            let answers = frames.answers(&part[..read]);
            if is_gone {
                self.state.lock().unwrap().answers += answers;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
    }

    fn until_forwarding(&self) {
        let state = self.state.lock().unwrap();
        let hangs = |state: &mut State| state.mode == Mode::Hang;
        let _state = self.changed.wait_while(state, hangs).unwrap();
    }
}

/// The frames that a server of HTTP/2 sends.
#[derive(Debug, Default)]
struct Frames(Vec<u8>);

/// The length of the header of a frame.
const HEADER: usize = 9;
/// The type of a frame of HEADERS, and its flag of the end of a stream.
const HEADERS: u8 = 1;
const END_STREAM: u8 = 1;

impl Frames {
    /// How many answers end in this part.
    fn answers(&mut self, part: &[u8]) -> usize {
        self.0.extend_from_slice(part);
        let mut answers = 0;
        while let [a, b, c, kind, flags, ..] = self.0[..] {
            let length = HEADER + u32::from_be_bytes([0, a, b, c]) as usize;
            if self.0.len() < length {
                break;
            }
            answers += usize::from(kind == HEADERS && flags & END_STREAM != 0);
            self.0.drain(..length);
        }
        answers
    }
}
