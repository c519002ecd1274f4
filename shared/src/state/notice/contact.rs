use crate::text::{ParseError, text_type};

text_type! {
    /// A link to the operators: an `https:`, `mailto:` or `tel:` URI (RFC 3986, RFC 6068, RFC 3966).
    Contact, check
}

const SCHEMES: [&str; 3] = ["https://", "mailto:", "tel:"];
const MAX_BYTES: usize = 500;

impl Contact {
    /// The URI as the page shows it: without scheme, query and fragment.
    #[must_use]
    pub fn label(&self) -> &str {
        label(&self.0)
    }
}

fn label(uri: &str) -> &str {
    let rest = SCHEMES.iter().find_map(|scheme| uri.strip_prefix(scheme));
    let end = |c| matches!(c, '?' | '#');
    rest.and_then(|rest| rest.split(end).next())
        .map_or(uri, |rest| rest.trim_end_matches('/'))
}

fn check(text: &str) -> Result<(), ParseError> {
    let scheme = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme));
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let is_contact = text.len() <= MAX_BYTES
        && scheme.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(allowed))
        && !label(text).is_empty();
    let remedy = "is not a contact; write https://…, mailto:… or tel:…, at most 500 bytes, with \
                  percent-encoding for characters that a URI cannot have";
    is_contact
        .then_some(())
        .ok_or_else(|| ParseError::new(text, remedy))
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
