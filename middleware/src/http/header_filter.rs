use http::HeaderMap;
use intermission_core::Names;

/// Which names occur among the headers.
pub(crate) fn names(headers: &HeaderMap) -> Names {
    let each = headers.keys().map(|name| Names::of(name.as_str()));
    each.fold(Names::default(), Names::and)
}
