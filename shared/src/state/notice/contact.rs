use alloc::boxed::Box;
use core::str::FromStr;

use serde::Serialize;

use crate::text::ParseError;

/// A link to the operators: an `https:`, `mailto:` or `tel:` URI (RFC 3986, RFC 6068, RFC 3966).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Contact(Box<str>);

const SCHEMES: [&str; 3] = ["https://", "mailto:", "tel:"];
const MAX_BYTES: usize = 500;

impl Contact {
    /// The URI as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI as the page shows it: without scheme, query and fragment.
    #[must_use]
    pub fn label(&self) -> &str {
        let scheme = SCHEMES.iter().find(|scheme| self.0.starts_with(**scheme));
        let rest = scheme.and_then(|scheme| self.0.strip_prefix(scheme));
        let end = |c| matches!(c, '?' | '#');
        rest.and_then(|rest| rest.split(end).next())
            .map_or(&*self.0, |rest| rest.trim_end_matches('/'))
    }
}

impl FromStr for Contact {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let scheme = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme));
        let allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
        let valid = text.len() <= MAX_BYTES
            && scheme.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(allowed));
        let contact = Self(text.into());
        if valid && !contact.label().is_empty() {
            Ok(contact)
        } else {
            Err(ParseError::new(
                text,
                "is not a contact; write https://…, mailto:… or tel:…, at most 500 bytes, with \
             percent-encoding for characters that a URI cannot have",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn the_label_has_no_scheme_and_no_query() {
        for (uri, label) in [
            ("mailto:help@shop.example?subject=Down", "help@shop.example"),
            ("tel:+81-3-1234-5678", "+81-3-1234-5678"),
            ("https://status.example/", "status.example"),
            ("https://status.example/shop?x#y", "status.example/shop"),
        ] {
            assert_eq!(uri.parse::<Contact>().unwrap().label(), label);
        }
    }

    #[test]
    fn a_contact_has_at_most_500_bytes() {
        let contact = |digits| ["tel:", &"1".repeat(digits)].concat().parse::<Contact>();
        assert!(contact(496).is_ok());
        let error = contact(497).unwrap_err();
        assert!(error.to_string().contains("at most 500 bytes"), "{error}");
    }

    #[test]
    fn only_three_schemes_and_the_characters_of_a_uri_are_valid() {
        for text in [
            "",
            "help@shop.example",
            "mailto:",
            "mailto:?subject=x",
            "https:///",
            "https://?x",
            "javascript:alert(1)",
            "JAVASCRIPT:alert(1)",
            "http://status.example",
            "https:status.example",
            "https://status.example/\"onclick=\"",
            "https://status.example/ x",
            "https://状态.example",
            "mailto:a\r\nb",
            "data:text/html,x",
        ] {
            assert!(text.parse::<Contact>().is_err(), "{text:?}");
        }
    }
}
