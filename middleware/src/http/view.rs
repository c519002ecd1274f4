use std::cell::OnceCell;

use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use intermission_core::{HeaderFilter, Headers, RequestView};

use crate::http::header_filter::header_filter;

/// The headers of a request, as the core asks for them.
#[derive(Debug)]
pub(crate) struct HeaderLines<'a> {
    headers: &'a HeaderMap,
    filter: OnceCell<HeaderFilter>,
}

impl<'a> HeaderLines<'a> {
    pub(crate) fn new(headers: &'a HeaderMap) -> Self {
        Self {
            headers,
            filter: OnceCell::new(),
        }
    }
}

// A request has so few headers that comparing names takes less time than a look-up, which reads and hashes the name first.
impl Headers for HeaderLines<'_> {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(line)
    }

    #[inline]
    fn may_have(&self, wanted: HeaderFilter) -> bool {
        let filter = || *self.filter.get_or_init(|| header_filter(self.headers));
        !self.headers.is_empty() && !filter().is_disjoint(wanted)
    }

    #[inline]
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        let all = self
            .may_have(HeaderFilter::of(name))
            .then(|| self.headers.iter());
        let lines = all.into_iter().flatten().map(line);
        lines
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    #[inline]
    fn each<'h>(&'h self, name: &str, see: &mut dyn FnMut(&'h [u8])) {
        self.lines(name).for_each(see);
    }
}

#[inline]
fn line<'h>((name, value): (&'h HeaderName, &'h HeaderValue)) -> (&'h str, &'h [u8]) {
    (name.as_str(), value.as_bytes())
}

/// A request, without client and peer.
#[inline(always)]
pub(crate) fn view<'a, B>(
    request: &'a Request<B>,
    uri: &'a Uri,
    headers: &'a HeaderLines<'a>,
) -> RequestView<'a, HeaderLines<'a>> {
    let method = request.method().as_str().as_bytes();
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let authority = uri.authority().map(|authority| authority.as_str());
    RequestView {
        authority: authority.map(str::as_bytes),
        protocol: protocol(request),
        ..RequestView::new(method, path.as_bytes(), headers)
    }
}

/// `:protocol`, as hyper leaves it in the extensions of an extended CONNECT.
fn protocol<B>(request: &Request<B>) -> Option<&[u8]> {
    #[cfg(feature = "http2")]
    if request.method() == http::Method::CONNECT {
        let protocol = request.extensions().get::<hyper::ext::Protocol>();
        return protocol.map(|protocol| protocol.as_str().as_bytes());
    }
    _ = request;
    None
}

/// The URI as the client sent it, and the one that the service sees if something between an outer router and this layer has
/// rewritten it.
#[inline]
pub(crate) fn uris<B>(request: &Request<B>) -> (&Uri, Option<&Uri>) {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(received)) = request.extensions().get() {
        return (received, rewritten(request, received));
    }
    (request.uri(), None)
}

/// The URI of the request, unless it is the one that was `received`, or what `Router::nest` leaves of that: `NestedPath` says
/// what `nest` has taken off.
#[cfg(feature = "axum")]
fn rewritten<'a, B>(request: &'a Request<B>, received: &Uri) -> Option<&'a Uri> {
    let seen = request.uri();
    let is_rest = received.query() == seen.query()
        && received.authority() == seen.authority()
        && (received.path() == seen.path() || is_nested(request, received.path()));
    (!is_rest).then_some(seen)
}

/// Whether `Router::nest` has left the path of the request of the one that was `received`.
#[cfg(feature = "axum")]
fn is_nested<B>(request: &Request<B>, received: &str) -> bool {
    let Some(nested) = request.extensions().get::<axum::extract::NestedPath>() else {
        return false;
    };
    let rest = request.uri().path();
    let taken_off = match received.strip_suffix(rest) {
        // Of `/shop` in a router that is nested there nothing is left, which makes `/`.
        None if rest == "/" => received,
        None => return false,
        Some(taken_off) => taken_off,
    };
    let pattern = nested.as_str().trim_end_matches('/').split('/');
    let is_match = |(known, taken_off): (&str, &str)| known == taken_off || known.contains('{');
    let mut taken_off = taken_off.split('/');
    pattern.clone().count() == taken_off.clone().count()
        && pattern.zip(&mut taken_off).all(is_match)
}
