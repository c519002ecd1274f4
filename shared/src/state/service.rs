use core::fmt;

use crate::text::{ParseError, text_type};

text_type! {
    /// The name of a service: lower-case letters, digits and hyphens, at most 63.
    ServiceName, check
}

impl ServiceName {
    /// The name `unknown`, of a node that does not know its service yet.
    #[must_use]
    pub fn unknown() -> Self {
        Self("unknown".into())
    }

    /// The service in the path of an endpoint: `shop` in `/v1/services/shop/state`, after any prefix.
    #[must_use]
    pub fn in_path(path: &str) -> Option<Self> {
        let path = path.split('?').next()?;
        let (services, name) = path.strip_suffix("/state")?.rsplit_once('/')?;
        let name = services.ends_with("/v1/services").then_some(name)?;
        name.parse().ok()
    }
}

fn check(text: &str) -> Result<(), ParseError> {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let bytes = text.as_bytes();
    let is_name =
        text.len() <= 63 && edge(bytes.first()) && edge(bytes.last()) && text.bytes().all(inside);
    let remedy = "is not a service name; use lower-case letters, digits and hyphens, at most 63";
    is_name
        .then_some(())
        .ok_or_else(|| ParseError::new(text, remedy))
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;

    use super::*;

    #[test]
    fn the_path_of_an_endpoint_names_its_service() {
        let named = |path| ServiceName::in_path(path).map(|name| Box::<str>::from(name.as_str()));
        for path in [
            "/v1/services/shop/state",
            "/control/v1/services/shop/state?wait=5",
        ] {
            assert_eq!(named(path), Some(Box::from("shop")), "{path}");
        }
        for path in [
            "/shop.json",
            "/state",
            "/v1/services/shop/state/",
            "/v1/services/shop/fleet",
            "/v1/services//state",
            "/v1/services/Shop/state",
            "/services/shop/state",
        ] {
            assert_eq!(named(path), None, "{path}");
        }
    }
}
