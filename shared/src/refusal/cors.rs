//! The headers that let scripts of other origins read a notice (Fetch Standard, "CORS protocol").

use crate::request::{Headers, RequestView};
use crate::state::Origin;
use crate::text::is_token;

/// Names, each with its value if the header is present.
pub(crate) type Lines<'a> = [(&'static str, Option<&'a [u8]>); 5];

/// The headers that let the requesting script read a notice, if its origin is allowed.
pub(crate) fn headers<'a, H: Headers + ?Sized>(
    origins: &'a [Origin],
    request: &RequestView<'a, H>,
) -> Option<Lines<'a>> {
    if origins.is_empty() {
        return None;
    }
    // Envoy joins several lines with commas; an origin has none.
    let asking = request.headers.single("origin");
    let asking = asking.filter(|origin| !origin.contains(&b','))?;
    let listed = origins.iter().find_map(|origin| origin.lists(asking));
    let listed = listed.map(|origin| (origin, true));
    let any = || {
        origins
            .contains(&Origin::Any)
            .then_some((b"*".as_slice(), false))
    };
    let (origin, credentials) = listed.or_else(any)?;
    let preflight = request.is_preflight().then_some(request.headers);
    let exposed = preflight
        .is_none()
        .then_some(b"Retry-After, Intermission".as_slice());
    let repeated = |name, separators: &[u8]| {
        let value = preflight.and_then(|headers| headers.single(name));
        value.filter(|value| is_made_of_tokens(value, separators))
    };
    Some([
        ("access-control-allow-origin", Some(origin)),
        (
            "access-control-allow-credentials",
            credentials.then_some(b"true".as_slice()),
        ),
        ("access-control-expose-headers", exposed),
        (
            "access-control-allow-methods",
            repeated("access-control-request-method", b""),
        ),
        (
            "access-control-allow-headers",
            repeated("access-control-request-headers", b", "),
        ),
    ])
}

/// Whether a value is safe to repeat: it has only tokens (RFC 9110, section 5.6.2) and the `separators`.
fn is_made_of_tokens(value: &[u8], separators: &[u8]) -> bool {
    let allowed = |byte: &u8| is_token(*byte) || separators.contains(byte);
    !value.is_empty() && value.iter().all(allowed)
}
