use http::HeaderMap;
use intermission_core::HeaderFilter;

/// A filter of the names among the headers.
pub(crate) fn header_filter(headers: &HeaderMap) -> HeaderFilter {
    let names = headers.keys().map(|name| HeaderFilter::of(name.as_str()));
    names.fold(HeaderFilter::default(), HeaderFilter::and)
}
