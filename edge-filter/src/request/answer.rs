//! A reply as Envoy sends it.

use intermission_core::{Kind, Reply};
use percent_encoding::percent_decode;

use crate::host::Host;

/// Answers the request of the effective context.
///
/// Envoy adds `content-length`, leaves the body of an answer to `HEAD` out, and makes a gRPC status of
/// the answer to a gRPC request, percent-encoding the body into `grpc-message`.
pub(crate) fn send(host: &impl Host, kind: Kind, reply: &Reply<'_>) {
    let headers = reply
        .headers()
        .filter(|(name, _)| *name != "content-length");
    if kind != Kind::Grpc {
        let headers: Vec<_> = headers.collect();
        host.respond(reply.status(), &headers, reply.answer().body());
        return;
    }
    let (mut kept, mut message) = (Vec::new(), Vec::new());
    for (name, value) in headers {
        match name {
            "content-type" | "grpc-status" => {}
            "grpc-message" => message = percent_decode(value).collect(),
            _ => kept.push((name, value)),
        }
    }
    // Envoy turns exactly this status into UNAVAILABLE.
    host.respond(503, &kept, &message);
}
