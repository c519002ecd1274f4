//! Who may read a notice across origins (Fetch Standard, "CORS protocol").

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

use serde::Serialize;

use crate::{Headers, HostName, Quoted, RequestView};

/// An origin whose scripts may read a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Origin {
    /// Any, written `*`; without credentials.
    #[serde(serialize_with = "serialize_any")]
    Any,
    /// This one, as browsers write it, such as `https://shop.example`; with credentials.
    One(Box<str>),
}

fn serialize_any<S: serde::Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("*")
}

impl FromStr for Origin {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let valid = ["https://", "http://"].iter().any(|scheme| {
            let default_port = if *scheme == "https://" { "443" } else { "80" };
            text.strip_prefix(scheme).is_some_and(|authority| {
                let port_at = authority.rfind(':').filter(|_| !authority.ends_with(']'));
                let (host, port) = port_at
                    .and_then(|at| authority.split_at_checked(at))
                    .unwrap_or((authority, ""));
                let port_is_valid = port.is_empty()
                    || (port.strip_prefix(':')).is_some_and(|port| {
                        port != default_port
                            && !port.starts_with('0')
                            && port.parse::<u16>().is_ok()
                    });
                port_is_valid && host.parse::<HostName>().is_ok()
            })
        });
        if valid {
            Ok(Self::One(text.into()))
        } else {
            Err(ParseOriginError { text: text.into() })
        }
    }
}

/// Why a text is not an [`Origin`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseOriginError {
    text: Box<str>,
}

impl fmt::Display for ParseOriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is not an origin; write it as a browser does, in lower case, with scheme, without path and default port, like https://shop.example, or * for any",
            Quoted(&self.text)
        )
    }
}

impl core::error::Error for ParseOriginError {}

/// Names, and the values of those that there are.
pub(crate) type Lines<'a> = [(&'static str, Option<&'a [u8]>); 5];

/// The headers that let the requesting script read a notice, if it may.
pub(crate) fn headers<'a, H: Headers + ?Sized>(
    origins: &'a [Origin],
    request: &RequestView<'a, H>,
) -> Option<Lines<'a>> {
    if origins.is_empty() {
        return None;
    }
    // Envoy makes one line of several; an origin has no comma.
    let asking = request.headers.single("origin");
    let asking = asking.filter(|origin| !origin.contains(&b','))?;
    let listed = origins.iter().find_map(|origin| match origin {
        Origin::One(origin) if origin.as_bytes() == asking => Some((origin.as_bytes(), true)),
        _ => None,
    });
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

/// Whether a value is safe to repeat: tokens (RFC 9110, section 5.6.2) and what may stand between them.
fn is_made_of_tokens(value: &[u8], separators: &[u8]) -> bool {
    let allowed = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || b"!#$%&'*+-.^_`|~".contains(byte)
            || separators.contains(byte)
    };
    !value.is_empty() && value.iter().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_one_spelling() {
        for text in [
            "*",
            "https://shop.example",
            "http://127.0.0.1:8080",
            "https://[::1]:8443",
            "http://shop.example:443",
        ] {
            assert!(text.parse::<Origin>().is_ok(), "{text}");
        }
        for text in [
            "",
            "null",
            "shop.example",
            "https://shop.example/",
            "https://Shop.example",
            "https://shop.example:443",
            "https://*.example",
            "https://a.example,https://b.example",
            "https://shop.example:0",
            "https://shop.example:",
            "ftp://shop.example",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
