//! Files that the command reads, and standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// More than any file has that is meant, in bytes.
const LARGEST: u64 = 64 << 20;

/// The text in the file at `path`, or on standard input where that is `-`.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let bytes = if path == Path::new("-") {
        read_all(io::stdin())
    } else {
        File::open(path).and_then(read_all)
    };
    text(&bytes.map_err(|error| error.to_string())?)
}

/// The text without the byte order mark with which some editors begin a file.
fn text(bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|error| format!("is not UTF-8 at byte {}", error.valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

/// What the file at `path` is called.
pub(crate) fn name(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => path.display().to_string(),
    }
}

fn read_all(mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.by_ref().take(LARGEST).read_to_end(&mut bytes)?;
    match from.read(&mut [0])? {
        0 => Ok(bytes),
        _ => Err(io::Error::other(format!("has more than {LARGEST} bytes"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_utf_8_with_or_without_a_mark() {
        assert_eq!(text("\u{feff}ü".as_bytes()).unwrap(), "ü");
        assert_eq!(text(b"").unwrap(), "");
        assert_eq!(text(b"a\xff").unwrap_err(), "is not UTF-8 at byte 1");
    }
}
