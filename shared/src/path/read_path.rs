use crate::path::plain::is_plain;
use crate::text::{ParseError, text_type};

text_type! {
    /// A path on which requests only read, compared byte for byte. A segment `*` stands for any one segment.
    ReadPath, check
}

/// The most segments of an entry, so that a comparison needs little stack.
const MOST_SEGMENTS: usize = 32;

impl ReadPath {
    pub(crate) fn segments(&self) -> impl Iterator<Item = &[u8]> {
        segments(self.as_str().as_bytes())
    }
}

/// The segments of a path after its first slash.
pub(crate) fn segments(path: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let rest = path.strip_prefix(b"/").unwrap_or(path);
    rest.split(|byte| *byte == b'/')
}

fn check(text: &str) -> Result<(), ParseError> {
    if !is_plain(text.as_bytes()) {
        return Err(ParseError::new(text, super::entry::PLAIN));
    }
    let has_part = segments(text.as_bytes()).any(|part| part != b"*" && part.contains(&b'*'));
    let remedy = if has_part {
        "has a * beside other characters; * stands for a whole segment, as in /*/*/git-upload-pack"
    } else if segments(text.as_bytes()).all(|part| part == b"*" || part.is_empty()) {
        "would cover paths of every name; name a segment, as in /*/*/git-upload-pack"
    } else if segments(text.as_bytes()).count() > MOST_SEGMENTS {
        "has more than 32 segments"
    } else {
        return Ok(());
    };
    Err(ParseError::new(text, remedy))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_star_is_a_segment_and_not_all_of_them() {
        for text in ["/search", "/*/*/git-upload-pack", "/a/*", "/a/", "/a/*/"] {
            assert!(text.parse::<ReadPath>().is_ok(), "{text}");
        }
        for (text, reason) in [
            ("/a*", "has a * beside other characters"),
            ("/a/**", "has a * beside other characters"),
            ("/*", "would cover paths of every name"),
            ("/*/*/", "would cover paths of every name"),
            ("/", "would cover paths of every name"),
            ("*/git-upload-pack", "is not a plain path"),
            ("/a//*", "is not a plain path"),
        ] {
            let error = text.parse::<ReadPath>().unwrap_err().to_string();
            assert!(
                error.starts_with(&alloc::format!("{text:?} {reason}")),
                "{error}"
            );
        }
        let long = "/a".repeat(33);
        assert!(long.parse::<ReadPath>().is_err() && long[2..].parse::<ReadPath>().is_ok());
    }
}
