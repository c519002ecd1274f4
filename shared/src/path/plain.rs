//! Recognises the paths that every server reads in the same way.

/// The number of bytes that are checked together: a vector register of the smallest server processors, and one byte more.
const WINDOW: usize = 16 + 1;

/// Whether every server reads `path` in the same way.
///
/// Such a path starts with a slash and is of printable ASCII without `%`, `;`, `\`, `?` and `#`; none of its segments but
/// the last is empty, and none ends in a dot or a space.
pub(crate) fn is_plain(path: &[u8]) -> bool {
    let (Some(b'/'), Some(last)) = (path.first(), path.last()) else {
        return false;
    };
    if is_odd(*last) || matches!(last, b'.' | b' ') {
        return false;
    }
    let Some(end) = path.last_chunk::<WINDOW>() else {
        // The padding is not doubtful after any byte.
        let mut window = [b'x'; WINDOW];
        if let Some(start) = window.get_mut(..path.len()) {
            start.copy_from_slice(path);
        }
        return !is_doubtful_window(&window);
    };
    let mut rest = path;
    while let Some(window) = rest.first_chunk::<WINDOW>() {
        if is_doubtful_window(window) {
            return false;
        }
        rest = rest.get(WINDOW - 1..).unwrap_or_default();
    }
    // The last window overlaps the one before, so that no byte is left out.
    !is_doubtful_window(end)
}

// The functions below have no branches, so that the compiler vectorises them.

/// Whether a byte other than the last is doubtful before its next byte.
fn is_doubtful_window(window: &[u8; WINDOW]) -> bool {
    let before = window.get(..WINDOW - 1).unwrap_or_default();
    let pairs = before.iter().zip(window.get(1..).unwrap_or_default());
    pairs.fold(false, |doubtful, (byte, next)| {
        doubtful | is_odd(*byte) | (is_ending(*byte) & (*next == b'/'))
    })
}

fn is_odd(byte: u8) -> bool {
    let printable = byte.wrapping_sub(b' ') <= b'~' - b' ';
    !printable | (byte == b'%') | (byte == b';') | (byte == b'\\') | (byte == b'?') | (byte == b'#')
}

/// Whether a segment that ends in `byte` is doubtful.
fn is_ending(byte: u8) -> bool {
    (byte == b'/') | (byte == b'.') | (byte == b' ')
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::rules::naive;

    #[test]
    fn every_server_reads_a_plain_path_in_the_same_way() {
        for path in [
            "/",
            "/healthz",
            "/.well-known/acme-challenge/x",
            "/a/",
            "/a.b",
            "/a b",
        ] {
            assert!(is_plain(path.as_bytes()), "{path}");
        }
        for path in [
            "",
            "*",
            "healthz",
            "//healthz",
            "/a//b",
            "/a//",
            "/healthz.",
            "/healthz /x",
            "/a/./b",
            "/a/..",
            "/%68ealthz",
            "/healthz;x",
            "/a\\b",
            "/a\x7f",
            "/a\tb",
            "/a#b",
            "/ä",
            "/a?b",
        ] {
            assert!(!is_plain(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn every_pair_of_bytes_is_judged_like_the_oracle() {
        let clean = b"/of-so-many-bytes-that-they-are-looked-at-together";
        for two in 0..=u16::MAX {
            let two = two.to_be_bytes();
            let around: [[&[u8]; 2]; 5] = [
                [b"", b""],
                [b"/", b""],
                [b"/", b"x"],
                [clean, b""],
                [b"/", clean],
            ];
            for [before, after] in around {
                let path = [before, &two, after].concat();
                assert_eq!(
                    is_plain(&path),
                    naive::is_plain(&path),
                    "{}",
                    path.escape_ascii()
                );
            }
        }
    }

    /// A path of unambiguous bytes of any length, with up to two other bytes at any place.
    fn nearly_clean() -> impl Strategy<Value = Vec<u8>> {
        let clean = prop_oneof![8 => select(b"ab-_~!".to_vec()), 1 => Just(b'/')];
        let odd = (
            any::<prop::sample::Index>(),
            prop_oneof![select(b"/. %;\\?#".to_vec()), any::<u8>()],
        );
        (vec(clean, 1..80), vec(odd, 0..3)).prop_map(|(mut path, odd)| {
            path[0] = b'/';
            for (place, byte) in odd {
                *place.get_mut(&mut path) = byte;
            }
            path
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_path_is_judged_like_the_oracle(path in prop_oneof![nearly_clean(), vec(any::<u8>(), 0..80)]) {
            prop_assert_eq!(is_plain(&path), naive::is_plain(&path), "{}", path.escape_ascii());
        }
    }
}
