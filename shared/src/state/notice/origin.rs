use alloc::boxed::Box;
use core::str::FromStr;

use serde::Serialize;

use crate::request::HostName;
use crate::text::ParseError;

/// An origin whose scripts may read a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Origin {
    /// Any origin, written `*`; without credentials.
    #[serde(serialize_with = "serialize_any")]
    Any,
    /// One origin as browsers write it, such as `https://shop.example`; with credentials.
    One(Box<str>),
    /// The origins of all hosts below one, written `https://*.shop.example`; with credentials. The `*` stands for one label or more.
    Below(Box<str>),
}

fn serialize_any<S: serde::Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("*")
}

/// The schemes of browsers, and those of hybrid applications.
const SCHEMES: [&str; 5] = ["https", "http", "capacitor", "ionic", "tauri"];

impl Origin {
    /// Whether readers of level 1 of the format know the spelling of the origin.
    pub(in crate::state) fn is_of_first_format(&self) -> bool {
        match self {
            Self::Any => true,
            Self::One(text) => text.starts_with("https://") || text.starts_with("http://"),
            Self::Below(_) => false,
        }
    }

    /// The `Access-Control-Allow-Origin` for a request with this `Origin`, if this entry covers it.
    pub(crate) fn lists<'a>(&'a self, asking: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            Self::Any => None,
            Self::One(origin) => (origin.as_bytes() == asking).then_some(origin.as_bytes()),
            Self::Below(origin) => {
                let (scheme, host) = origin.split_once('*')?;
                let labels = asking.strip_prefix(scheme.as_bytes())?;
                let labels = labels.strip_suffix(host.as_bytes())?;
                // The answer repeats the value, so it must consist of labels only.
                let is_label = |label: &[u8]| {
                    let is_spelled = |byte: &u8| {
                        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(byte)
                    };
                    !label.is_empty() && label.iter().all(is_spelled)
                };
                labels
                    .split(|byte| *byte == b'.')
                    .all(is_label)
                    .then_some(asking)
            }
        }
    }
}

impl FromStr for Origin {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let error = || {
            ParseError::new(
                text,
                "is not an origin; write it as a browser does, in lower case, with scheme, without path and default port, like https://shop.example, https://*.shop.example for all hosts below, or * for any",
            )
        };
        let (scheme, rest) = text.split_once(':').ok_or_else(error)?;
        let authority = rest.strip_prefix("//").ok_or_else(error)?;
        if !SCHEMES.contains(&scheme) {
            return Err(error());
        }
        match authority.strip_prefix("*.") {
            None => is_authority(scheme, authority).then(|| Self::One(text.into())),
            Some(host) if host.starts_with('[') => None,
            Some(host) => is_authority(scheme, host).then(|| Self::Below(text.into())),
        }
        .ok_or_else(error)
    }
}

/// Whether the text is a host in lower case, without the default port of the scheme.
fn is_authority(scheme: &str, authority: &str) -> bool {
    let port_at = authority.rfind(':').filter(|_| !authority.ends_with(']'));
    let (host, port) = port_at
        .and_then(|at| authority.split_at_checked(at))
        .unwrap_or((authority, ""));
    let default_port = match scheme {
        "https" => "443",
        "http" => "80",
        _ => "",
    };
    let port_is_valid = port.is_empty()
        || (port.strip_prefix(':')).is_some_and(|port| {
            port != default_port && !port.starts_with('0') && port.parse::<u16>().is_ok()
        });
    port_is_valid && host.parse::<HostName>().is_ok()
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
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "https://*.example",
            "https://*.shop.example:8443",
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
            "https://*",
            "https://*.",
            "https://*.*.example",
            "https://shop.*.example",
            "https://*shop.example",
            "https://*.example:443",
            "https://*.[::1]",
            "Capacitor://localhost",
            "https://a.example,https://b.example",
            "https://shop.example:0",
            "https://shop.example:",
            "ftp://shop.example",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_star_stands_for_one_label_or_more() {
        let origin: Origin = "https://*.shop.example".parse().unwrap();
        for asking in ["https://a.shop.example", "https://a-1.b_2.shop.example"] {
            assert_eq!(
                origin.lists(asking.as_bytes()),
                Some(asking.as_bytes()),
                "{asking}"
            );
        }
        for asking in [
            "https://shop.example",
            "https://.shop.example",
            "https://a..shop.example",
            "https://ashop.example",
            "http://a.shop.example",
            "https://a.shop.example:8443",
            "https://a.shop.example.evil.example",
            "https://evil.example/.shop.example",
            "https://user@a.shop.example",
            "https://A.shop.example",
            "https://a\r\nx.shop.example",
            "https://*.shop.example",
        ] {
            assert_eq!(origin.lists(asking.as_bytes()), None, "{asking}");
        }
    }
}
