use alloc::string::String;

use crate::path::plain::is_plain;
use crate::text::{ParseError, text_type};

text_type! {
    /// A path that stays open during maintenance, compared byte for byte.
    ///
    /// A path that ends in `/` covers all paths that begin with it.
    ExemptPath, check_exempt
}

text_type! {
    /// A path that stays open to probers. It covers only itself, compared byte for byte.
    ProbePath, check_plain
}

text_type! {
    /// A path and all paths below it, compared by whole segments and without case: `/api` covers `/api` and `/API/x`,
    /// not `/apix`.
    PathPrefix, check_prefix
}

fn check_exempt(text: &str) -> Result<(), ParseError> {
    let remedy = "would exempt every path; to open the service, exit; for the health checks of a balancer \
                  name the path in exempt.probers";
    match text {
        "/" => Err(ParseError::new(text, remedy)),
        _ => check_plain(text),
    }
}

fn check_plain(text: &str) -> Result<(), ParseError> {
    is_plain(text.as_bytes())
        .then_some(())
        .ok_or_else(|| ParseError::new(text, PLAIN))
}

fn check_prefix(text: &str) -> Result<(), ParseError> {
    let readable = !text
        .chars()
        .any(|c| !c.is_ascii() && (c.is_control() || c.is_whitespace()));
    let ascii: String = text
        .chars()
        .map(|c| if c.is_ascii() { c } else { 'x' })
        .collect();
    if !readable || !is_plain(ascii.as_bytes()) {
        return Err(ParseError::new(text, PLAIN));
    }
    if text.len() > 1 && text.ends_with('/') {
        let remedy = "covers whole segments anyway; leave out the slash at its end";
        return Err(ParseError::new(text, remedy));
    }
    Ok(())
}

pub(super) const PLAIN: &str = "is not a plain path; write it decoded, from its first slash, without query, \
                     empty segment, dot segment, semicolon or backslash, like /api/orders";

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn entries_have_one_spelling() {
        for text in [
            "", "api", "/a%20b", "/a?b", "/a#b", "/a;b", "/a\\b", "//a", "/a/../b", "/a.", "/a\n",
        ] {
            let error = text.parse::<PathPrefix>().unwrap_err();
            assert_eq!(format!("{error}"), format!("{text:?} {PLAIN}"));
            assert!(text.parse::<ExemptPath>().is_err(), "{text}");
        }
        assert_eq!(
            "/api/".parse::<PathPrefix>().unwrap_err().to_string(),
            "\"/api/\" covers whole segments anyway; leave out the slash at its end"
        );
        assert_eq!(
            "/".parse::<ExemptPath>().unwrap_err().to_string(),
            "\"/\" would exempt every path; to open the service, exit; for the health checks of a balancer \
                 name the path in exempt.probers"
        );
    }
}
