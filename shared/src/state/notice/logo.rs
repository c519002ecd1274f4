use alloc::format;

use crate::text::{ParseError, text_type};

text_type! {
    /// The image of a page as a `data:` URI (RFC 2397) in base64, at most 32 KiB: PNG, JPEG, GIF, WebP or SVG.
    ///
    /// A browser runs no script of an SVG in an `img`, and loads nothing for it.
    Logo, check
}

const TYPES: [&str; 5] = ["png", "jpeg", "gif", "webp", "svg+xml"];
const MAX_BYTES: usize = 32 << 10;

fn check(text: &str) -> Result<(), ParseError> {
    let image = text.strip_prefix("data:image/");
    let data = image.and_then(|image| {
        let (kind, data) = image.split_once(',')?;
        let kind = kind.strip_suffix(";base64")?;
        TYPES.contains(&kind).then_some(data)
    });
    let digits = data.unwrap_or_default();
    let digits = digits.strip_suffix("==").or(digits.strip_suffix('='));
    let digits = digits.or(data).unwrap_or_default();
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    if text.len() > MAX_BYTES {
        let length = text.len();
        return Err(ParseError::without_text(format!(
            "is {length} bytes long; a logo has at most {MAX_BYTES}, so make the image smaller"
        )));
    }
    let is_image = !digits.is_empty() && digits.bytes().all(digit);
    let remedy = "is not an image; write data:image/png;base64,… (or jpeg, gif, webp, svg+xml)";
    is_image
        .then_some(())
        .ok_or_else(|| ParseError::without_text(remedy))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn only_images_in_base64_are_valid() {
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
                text.parse::<Logo>().unwrap_err().to_string(),
                "is not an image; write data:image/png;base64,… (or jpeg, gif, webp, svg+xml)",
                "{text:?}"
            );
        }
        let long = format!("data:image/png;base64,{}", "a".repeat(MAX_BYTES));
        assert_eq!(
            long.parse::<Logo>().unwrap_err().to_string(),
            "is 32790 bytes long; a logo has at most 32768, so make the image smaller"
        );
    }
}
