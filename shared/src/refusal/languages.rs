//! The language of a notice that a client prefers (RFC 9110, section 12.5.4).

use alloc::vec::Vec;

use crate::refusal::weight::{Elements, HEAVIEST};
use crate::request::Headers;
use crate::state::{LanguageTag, look_up};

/// The languages of a notice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Languages(Vec<(u64, LanguageTag)>);

impl Languages {
    /// The index of the language that the client prefers.
    pub(crate) fn wanted<H: Headers + ?Sized>(&self, headers: &H) -> Option<usize> {
        let mut best = None;
        let mut best_weight = 0;
        headers.each("accept-language", &mut |line| {
            // No element after one of the greatest weight is preferred to it.
            let elements = (best_weight < HEAVIEST).then(|| Elements::of(line));
            for (range, weight) in elements.into_iter().flatten() {
                if weight > best_weight
                    && let Some(index) = look_up(range, |name| self.index(name))
                {
                    best = Some(index);
                    best_weight = weight;
                    if weight == HEAVIEST {
                        break;
                    }
                }
            }
        });
        best
    }

    fn index(&self, name: &[u8]) -> Option<usize> {
        let beginning = beginning(name);
        self.0.iter().position(|(known, tag)| {
            *known == beginning && tag.as_str().as_bytes().eq_ignore_ascii_case(name)
        })
    }
}

impl FromIterator<LanguageTag> for Languages {
    fn from_iter<T: IntoIterator<Item = LanguageTag>>(tags: T) -> Self {
        let known = |tag: LanguageTag| (beginning(tag.as_str().as_bytes()), tag);
        Self(tags.into_iter().map(known).collect())
    }
}

/// The first eight bytes without case, by which most tags differ in one comparison.
fn beginning(tag: &[u8]) -> u64 {
    let folded = tag.iter().take(8).map(|byte| u64::from(byte | 0x20));
    folded.fold(0, |beginning, byte| beginning << 8 | byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_shortened_until_a_tag_equals_them() {
        let tags = ["en", "ja", "zh-Hant", "zh-Hans", "es-419", "es-419-x-one"];
        let languages: Languages = tags.iter().map(|tag| tag.parse().unwrap()).collect();
        let wanted = |line: &str| languages.wanted([("accept-language", line)].as_slice());
        for (line, expected) in [
            ("ja", Some(1)),
            ("JA-jp", Some(1)),
            ("zh-Hant-TW", Some(2)),
            ("zh", Some(3)),
            ("zh-CN", Some(3)),
            ("zh-tw", Some(2)),
            ("zh-HK,zh;q=0.9", Some(2)),
            ("zh-Hans-TW", Some(3)),
            ("fr, ja;q=0.5, en;q=0.7", Some(0)),
            ("en, ja", Some(0)),
            ("en;q=0.9, ja, zh", Some(1)),
            ("es-419-x-ONE", Some(5)),
            ("ES-419-x-two", Some(4)),
            ("zh-XX", Some(3)),
            ("\r\n", None),
            ("zh-Hant-x-private;q=0.9, en;q=0.1", Some(2)),
            ("en;q=0", None),
            ("*", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(wanted(line), expected, "{line}");
        }
    }

    #[test]
    fn several_lines_are_read_like_one() {
        let languages: Languages = ["en", "ja"]
            .iter()
            .map(|tag| tag.parse().unwrap())
            .collect();
        for (lines, expected) in [
            (["en;q=0.5", "ja"], Some(1)),
            (["en", "ja"], Some(0)),
            (["fr", "ja;q=0.1"], Some(1)),
        ] {
            let lines = lines.map(|line| ("accept-language", line));
            assert_eq!(languages.wanted(lines.as_slice()), expected, "{lines:?}");
        }
    }
}
