//! A picture in the page.

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

use serde::Serialize;

/// An image as a `data:` URI (RFC 2397) in base64, at most 32 KiB: PNG, JPEG, GIF, WebP or SVG.
///
/// In an `img`, a browser runs no script that an SVG may contain, and loads nothing for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Logo(Box<str>);

const TYPES: [&str; 5] = ["png", "jpeg", "gif", "webp", "svg+xml"];
const MAX_BYTES: usize = 32 << 10;

impl Logo {
    /// The URI as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Logo {
    type Err = ParseLogoError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let image = text.strip_prefix("data:image/");
        let data = image.and_then(|image| {
            let (kind, data) = image.split_once(";base64,")?;
            TYPES.contains(&kind).then_some(data)
        });
        let digits = data.unwrap_or_default();
        let digits = digits.strip_suffix("==").or(digits.strip_suffix('='));
        let digits = digits.or(data).unwrap_or_default();
        let digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let valid = !digits.is_empty() && digits.bytes().all(digit);
        if text.len() > MAX_BYTES {
            Err(ParseLogoError::TooLong(text.len()))
        } else if valid {
            Ok(Self(text.into()))
        } else {
            Err(ParseLogoError::NoImage)
        }
    }
}

/// Why a text is not a [`Logo`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseLogoError {
    /// It has so many bytes.
    TooLong(usize),
    /// It is no `data:` URI of an image in base64.
    NoImage,
}

impl fmt::Display for ParseLogoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(length) => write!(
                f,
                "is {length} bytes long; a logo has at most {MAX_BYTES}, so make the image smaller"
            ),
            Self::NoImage => f.write_str(
                "is not an image; write data:image/png;base64,… (or jpeg, gif, webp, svg+xml)",
            ),
        }
    }
}

impl core::error::Error for ParseLogoError {}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn only_images_in_base64_are_taken() {
        for text in [
            "data:image/png;base64,iVBORw0KGgo=",
            "data:image/svg+xml;base64,PHN2Zz4=",
        ] {
            assert_eq!(text.parse::<Logo>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "https://shop.example/logo.png",
            "data:text/html;base64,PHN2Zz4=",
            "data:image/svg+xml,<svg onload=alert(1)>",
            "data:image/png;base64,",
            "data:image/png;base64,=",
            "data:image/png;base64,ab\"onerror=alert(1)",
            "data:image/png;charset=x;base64,iVBORw0KGgo=",
        ] {
            assert_eq!(
                text.parse::<Logo>(),
                Err(ParseLogoError::NoImage),
                "{text:?}"
            );
        }
        let long = format!("data:image/png;base64,{}", "a".repeat(MAX_BYTES));
        assert!(matches!(
            long.parse::<Logo>(),
            Err(ParseLogoError::TooLong(_))
        ));
    }
}
