use std::cell::OnceCell;

use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use intermission_core::{Headers, RequestView};

use crate::names::Names;

/// The headers of a request, as the core asks for them.
#[derive(Debug)]
pub(crate) struct HeaderLines<'a> {
    headers: &'a HeaderMap,
    names: OnceCell<Names>,
}

impl<'a> HeaderLines<'a> {
    pub(crate) fn new(headers: &'a HeaderMap) -> Self {
        Self {
            headers,
            names: OnceCell::new(),
        }
    }

    #[inline]
    fn may_include(&self, name: &str) -> bool {
        !self.headers.is_empty()
            && self
                .names
                .get_or_init(|| Names::of(self.headers))
                .may_include(name)
    }
}

// A request has so few headers that comparing names takes less time than a look-up, which reads and hashes the name first.
impl Headers for HeaderLines<'_> {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(line)
    }

    #[inline]
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        let all = self.may_include(name).then(|| self.headers.iter());
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

/// A request from whom one does not know.
#[inline]
pub(crate) fn view<'a, B>(
    request: &'a Request<B>,
    headers: &'a HeaderLines<'a>,
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
        client: None,
        headers,
    }
}

/// The URI as the client sent it: `Router::nest` hands a shortened one on.
#[inline]
pub(crate) fn received_uri<B>(request: &Request<B>) -> &Uri {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(uri)) = request.extensions().get() {
        return uri;
    }
    request.uri()
}
