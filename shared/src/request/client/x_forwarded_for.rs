use core::net::IpAddr;

use crate::address::parse_address;
use crate::request::headers::Headers;

/// The hops of all `X-Forwarded-For` lines; `None` for a hop that is no address.
///
/// A line without a value has no hop: Envoy joins the lines before its filters see them, and drops those without a value.
pub(super) fn hops<H: Headers + ?Sized>(headers: &H) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.lines("x-forwarded-for");
    let lines = lines.filter(|line| !line.trim_ascii().is_empty());
    lines
        .flat_map(|line| line.split(|byte| *byte == b','))
        .map(parse_address)
}
