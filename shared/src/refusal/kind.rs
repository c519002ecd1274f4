use core::fmt;

use crate::path::Target;
use crate::refusal::accept::{Preference, Preferred};
use crate::request::{Headers, RequestView, Single, asks_for_h2c};

/// The kind of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A page for people.
    Page,
    /// A problem document for programs (RFC 9457).
    Api,
    /// A gRPC status.
    Grpc,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Page => "page",
            Self::Api => "api",
            Self::Grpc => "grpc",
        })
    }
}

/// The kind of the refusal of a request. `listed` says whether its host or path is listed as an API.
// Not inlined, so that admitted requests do not pay for its variables.
#[inline(never)]
pub(crate) fn kind<H: Headers + ?Sized>(
    request: &RequestView<'_, H>,
    listed: impl FnOnce(&Target<'_>) -> bool,
) -> Kind {
    let target = request.target();
    if listed(&target) {
        let content_type = request.headers.single("content-type");
        return if is_grpc(content_type) {
            Kind::Grpc
        } else {
            Kind::Api
        };
    }
    let signs = Signs::of(request.headers);
    let content_type = signs.content_type.value.unwrap_or_default();
    if is_grpc(signs.content_type.value) {
        return Kind::Grpc;
    }
    let called = content_type.starts_with(b"application/connect+")
        || content_type.starts_with(b"application/grpc-web")
        || signs.names_connect
        || request.is_get_of_connect(&target);
    let upgrades = signs.upgrades && !asks_for_h2c(request.headers);
    if called || upgrades || request.method == b"CONNECT" {
        return Kind::Api;
    }
    let mode = signs.mode.value;
    if mode == Some(b"navigate") {
        return Kind::Page;
    }
    let scripted = mode.is_some() || signs.is_scripted;
    let reading = matches!(request.method, b"GET" | b"HEAD");
    match signs.preference(request.headers) {
        Preference::Html => Kind::Page,
        Preference::Json => Kind::Api,
        Preference::Neither if scripted || !reading => Kind::Api,
        Preference::Neither => Kind::Page,
    }
}

/// Whether the request is a call of gRPC, as its content type says.
pub(crate) fn calls_grpc<H: Headers + ?Sized>(headers: &H) -> bool {
    is_grpc(headers.single("content-type"))
}

/// Whether the content type is that of gRPC, compared as Envoy does: byte for byte, with a suffix only after a plus sign.
/// So `application/grpc-web` is not gRPC.
fn is_grpc(content_type: Option<&[u8]>) -> bool {
    let suffix = content_type.and_then(|value| value.strip_prefix(b"application/grpc"));
    suffix.is_some_and(|suffix| matches!(suffix.first(), None | Some(b'+')))
}

/// The headers that decide about the kind, found in one pass.
#[derive(Debug, Default)]
struct Signs<'h> {
    content_type: Single<'h>,
    mode: Single<'h>,
    accept: Single<'h>,
    names_connect: bool,
    upgrades: bool,
    is_scripted: bool,
}

impl<'h> Signs<'h> {
    fn of<H: Headers + ?Sized>(headers: &'h H) -> Self {
        let mut signs = Self::default();
        headers.all().for_each(|(name, value)| {
            // Most names are in lower case.
            let is = |known: &str| name == known || name.eq_ignore_ascii_case(known);
            if is("content-type") {
                signs.content_type.see(value);
            } else if is("sec-fetch-mode") {
                signs.mode.see(value);
            } else if is("accept") {
                signs.accept.see(value);
            } else if is("connect-protocol-version") {
                signs.names_connect = true;
            } else if is("upgrade") {
                signs.upgrades = true;
            } else if is("x-requested-with") {
                signs.is_scripted = true;
            }
        });
        signs
    }

    fn preference<H: Headers + ?Sized>(&self, headers: &H) -> Preference {
        let mut preferred = Preferred::default();
        match self.accept.value {
            Some(line) => preferred.see(line),
            // There may be several lines.
            None => headers.each("accept", &mut |line| preferred.see(line)),
        }
        preferred.preference()
    }
}
