//! Clients that write requests as a test has them, valid or not.

mod connection;
mod http1;
mod http2;
mod socket;
mod transport;

pub use connection::Connection;
pub use intermission_corpus::Observed;
pub use socket::Socket;
pub use transport::{Transport, get};
