use core::fmt;

use crate::path::Target;
use crate::refusal::accept::{Preference, Preferred};
use crate::request::{Headers, PASS_HEADER, Presented, RequestView, Single, asks_for_h2c};

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

/// The kind of the refusal of a request. `signs` are those that have been read for another reason, and `listed` says whether
/// its host or path is listed as an API.
// Not inlined, so that admitted requests do not pay for its variables.
#[inline(never)]
pub(crate) fn kind<H: Headers + ?Sized>(
    request: &RequestView<'_, H>,
    signs: Option<&Signs<'_>>,
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
    match signs {
        Some(signs) => kind_by_signs(request, &target, signs),
        None => kind_by_signs(request, &target, &Signs::of(request.headers)),
    }
}

// Inlined, so that signs that are read here need not be written into memory.
#[inline(always)]
fn kind_by_signs<H: Headers + ?Sized>(
    request: &RequestView<'_, H>,
    target: &Target<'_>,
    signs: &Signs<'_>,
) -> Kind {
    let content_type = signs.content_type.value.unwrap_or_default();
    if is_grpc(signs.content_type.value) {
        return Kind::Grpc;
    }
    let called = content_type.starts_with(b"application/connect+")
        || content_type.starts_with(b"application/grpc-web")
        || signs.names_connect
        || request.is_get_of_connect(target);
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

/// The headers that decide about the kind, and those that present a pass, found in one walk over all headers.
#[derive(Debug, Default)]
pub(crate) struct Signs<'h> {
    content_type: Single<'h>,
    mode: Single<'h>,
    accept: Single<'h>,
    names_connect: bool,
    upgrades: bool,
    is_scripted: bool,
    pass: Presented<'h>,
}

impl<'h> Signs<'h> {
    fn of<H: Headers + ?Sized>(headers: &'h H) -> Self {
        Self::walk::<false, _>(headers)
    }

    /// With the pass, for which each cookie is searched.
    pub(crate) fn with_pass<H: Headers + ?Sized>(headers: &'h H) -> Self {
        Self::walk::<true, _>(headers)
    }

    /// The pass that the request presents, if it was looked for.
    pub(crate) fn pass(&self) -> Option<&'h [u8]> {
        self.pass.single()
    }

    #[inline(always)]
    fn walk<const WITH_PASS: bool, H: Headers + ?Sized>(headers: &'h H) -> Self {
        let mut signs = Self::default();
        headers.all().for_each(|(name, value)| {
            // Most names are in lower case.
            let is = |known: &str| name == known || name.eq_ignore_ascii_case(known);
            // The lengths differ, so most names are compared with none.
            match name.len() {
                6 if is("accept") => signs.accept.see(value),
                6 if WITH_PASS && is("cookie") => signs.pass.see_cookies(value),
                7 if is("upgrade") => signs.upgrades = true,
                12 if is("content-type") => signs.content_type.see(value),
                14 if is("sec-fetch-mode") => signs.mode.see(value),
                16 if is("x-requested-with") => signs.is_scripted = true,
                17 if WITH_PASS && is(PASS_HEADER) => signs.pass.see_header(value),
                24 if is("connect-protocol-version") => signs.names_connect = true,
                _ => {}
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
