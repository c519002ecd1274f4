use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use intermission_core::{Headers, RequestView};

/// The headers of a request, as the core asks for them.
#[derive(Debug)]
pub(crate) struct HeaderLines<'a>(pub(crate) &'a HeaderMap);

impl Headers for HeaderLines<'_> {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(line)
    }
}

#[inline]
fn line<'h>((name, value): (&'h HeaderName, &'h HeaderValue)) -> (&'h str, &'h [u8]) {
    (name.as_str(), value.as_bytes())
}

pub(crate) fn view<'a, B>(
    request: &'a Request<B>,
    headers: &'a HeaderLines<'a>,
    client: Option<IpAddr>,
) -> RequestView<'a, HeaderLines<'a>> {
    let uri = received_uri(request);
    RequestView {
        method: request.method().as_str().as_bytes(),
        path: uri
            .path_and_query()
            .map_or("", |path| path.as_str())
            .as_bytes(),
        authority: uri
            .authority()
            .map(|authority| authority.as_str().as_bytes()),
        client,
        headers,
    }
}

/// The URI as the client sent it: `Router::nest` hands a shortened one on.
fn received_uri<B>(request: &Request<B>) -> &Uri {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(uri)) = request.extensions().get() {
        return uri;
    }
    request.uri()
}
