use std::borrow::Cow;

use intermission_core::{Kind, Reply};
use percent_encoding::percent_decode;

/// A reply in the form in which Envoy sends a response of its own (a local reply).
///
/// Envoy adds `content-length`, leaves the body of an answer to `HEAD` out, and makes a gRPC status of
/// the answer to a gRPC request, percent-encoding the body into `grpc-message`.
#[derive(Debug)]
pub struct EnvoyAnswer<'r> {
    /// The status.
    pub status: u16,
    /// The header lines that Envoy does not add.
    pub headers: Vec<(&'r str, &'r [u8])>,
    /// The body, or the message of a gRPC status.
    pub body: Cow<'r, [u8]>,
}

impl<'r> EnvoyAnswer<'r> {
    /// The reply to a request that is refused in this way.
    #[must_use]
    pub fn of(kind: Kind, reply: &Reply<'r>) -> Self {
        let headers = reply
            .headers()
            .filter(|(name, _)| *name != "content-length");
        if kind != Kind::Grpc {
            return Self {
                status: reply.status(),
                headers: headers.collect(),
                body: reply.answer().body().into(),
            };
        }
        let (mut kept, mut message) = (Vec::new(), Vec::new());
        for (name, value) in headers {
            match name {
                "content-type" | "grpc-status" => {}
                "grpc-message" => message = percent_decode(value).collect(),
                _ => kept.push((name, value)),
            }
        }
        Self {
            // Envoy turns exactly this status into UNAVAILABLE.
            status: 503,
            headers: kept,
            body: message.into(),
        }
    }
}
