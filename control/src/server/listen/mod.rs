//! Connections: how many there are, whose, and how long one may keep control waiting.
//!
//! 1. The limit of open files gives how many connections there may be; some files are kept for the store.
//! 2. A connection is *unproven* until one of its requests carries a valid token. Unproven connections, those in a TLS
//!    handshake among them, have a part of the places, and the others are kept for proven ones.
//! 3. A new connection is always accepted. If it is one unproven too many, another is closed: the oldest one of the peer
//!    that has the most. A fleet behind one address loses nothing, since it proves its connections with its first requests.
//! 4. A connection ends that is idle, or that takes nothing of what is written to it, for [`PATIENCE`].

mod capacity;
pub(crate) mod certificate;
mod connections;
mod ends;
mod patient;
pub(crate) mod socket;
#[cfg(test)]
mod tests;
mod tls;
mod unproven;

use std::time::Duration;

pub(crate) use self::capacity::Capacity;
pub(crate) use self::connections::Connections;
pub(crate) use self::ends::Endpoints;
pub(crate) use self::tls::TlsDoor;
pub(crate) use self::unproven::Ticket;

/// How long a client may take for the head of a request, and how long it may read nothing of an answer. A connection
/// that is idle for so long is closed.
const PATIENCE: Duration = Duration::from_secs(30);
