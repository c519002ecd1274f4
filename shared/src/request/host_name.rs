use crate::address::is_port;
use crate::text::{ParseError, text_type};

text_type! {
    /// The name of a host, in lower case, without port and trailing dot.
    HostName, check
}

text_type! {
    /// The name of a host, or a wildcard: `*.shop.example` stands for every host that has one label or more before
    /// `.shop.example`, and not for `shop.example` itself.
    HostPattern, check_pattern
}

impl HostPattern {
    /// Whether it stands for the hosts below another.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.as_str().starts_with('*')
    }
}

fn check_pattern(text: &str) -> Result<(), ParseError> {
    match text {
        "*" | "*." => {
            let remedy = "would cover every host; name the domain, like *.shop.example.com";
            Err(ParseError::new(text, remedy))
        }
        _ => check(text.strip_prefix("*.").unwrap_or(text)),
    }
}

fn check(text: &str) -> Result<(), ParseError> {
    let is_name = normal(text.as_bytes()) == Some(text.as_bytes())
        && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let remedy = "is not a host; write it in lower case, without scheme, port and trailing dot, like \
                  shop.example.com";
    is_name
        .then_some(())
        .ok_or_else(|| ParseError::new(text, remedy))
}

/// The host of an authority, without port and trailing dot; `None` if the authority is not valid.
pub(super) fn normal(authority: &[u8]) -> Option<&[u8]> {
    if authority.starts_with(b"[") {
        let end = authority.iter().position(|byte| *byte == b']')?;
        let (literal, rest) = authority.split_at_checked(end + 1)?;
        let odd = |byte: &u8| !(byte.is_ascii_hexdigit() || b":.[]".contains(byte));
        return (is_optional_port(rest) && !literal.iter().any(odd)).then_some(literal);
    }
    let end = authority.iter().position(|byte| *byte == b':');
    let (name, port) = authority.split_at_checked(end.unwrap_or(authority.len()))?;
    let name = name.strip_suffix(b".").unwrap_or(name);
    let odd = |label: &[u8]| {
        label.is_empty()
            || !label
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    (is_optional_port(port) && !name.split(|byte| *byte == b'.').any(odd)).then_some(name)
}

/// Whether the text is empty, or a colon and a port.
fn is_optional_port(text: &[u8]) -> bool {
    text.is_empty() || text.strip_prefix(b":").is_some_and(is_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_has_one_spelling_and_is_not_all_hosts() {
        for text in ["shop.example", "*.shop.example", "*.internal"] {
            assert!(text.parse::<HostPattern>().is_ok(), "{text}");
        }
        for text in [
            "*",
            "*.",
            "*shop.example",
            "a.*.example",
            "*.*.example",
            "*.Shop.example",
        ] {
            assert!(text.parse::<HostPattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_host_has_one_spelling() {
        assert!("shop.example".parse::<HostName>().is_ok());
        for text in [
            "Shop.example",
            "shop.example:80",
            "shop.example.",
            "*.example",
            "https://shop.example",
            "",
        ] {
            let error = text.parse::<HostName>().unwrap_err();
            assert!(
                alloc::format!("{error}").starts_with(&alloc::format!("{text:?} is not a host")),
                "{text}"
            );
        }
    }
}
