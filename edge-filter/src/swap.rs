use crate::host::Host;

/// How often a change is tried again; each time another has made theirs.
const TRIES: usize = 1000;
/// The token that no value ever has: with it only a value that is absent can be set.
const ABSENT: u32 = u32::MAX;

/// Replaces a value in shared data, which others change too, by what `change` makes of it, and tells
/// whether that was done; `None` leaves it as it is.
pub(crate) fn swap(
    host: &impl Host,
    key: &str,
    change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>,
) -> bool {
    for _ in 0..TRIES {
        let known = host.shared(key);
        let cas = known.as_ref().map_or(ABSENT, |known| known.cas);
        let Some(value) = change(&known.unwrap_or_default().value) else {
            return false;
        };
        if host.share(key, &value, Some(cas)).is_ok() {
            return true;
        }
    }
    false
}

/// A number that tells texts apart (FNV-1a), as a part of names.
pub(crate) fn digest(text: impl IntoIterator<Item = u8>) -> u64 {
    let mix = |digest: u64, byte| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.into_iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

/// The words of a value, separated by spaces.
pub(crate) fn words(value: &[u8]) -> impl Iterator<Item = &str> {
    let words = value.split(|byte| *byte == b' ');
    words.filter_map(|word| {
        std::str::from_utf8(word)
            .ok()
            .filter(|word| !word.is_empty())
    })
}

/// The numbers with which a value begins.
pub(crate) fn numbers(value: &[u8]) -> Vec<u64> {
    words(value).map_while(|word| word.parse().ok()).collect()
}

/// The first line of a value, which may be all, and what comes behind it.
pub(crate) fn lines(value: &[u8]) -> (&[u8], &[u8]) {
    let end = value.iter().position(|byte| *byte == b'\n');
    let (line, rest) = value.split_at(end.unwrap_or(value.len()));
    (line, rest.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Fake;

    #[test]
    fn a_change_that_another_makes_meanwhile_is_not_lost() {
        let host = Fake::new();
        for known in ["", "a b "] {
            let mut another = true;
            let done = swap(&host, "list", &mut |value| {
                if std::mem::take(&mut another) {
                    let theirs = [value, b"a "].concat();
                    host.share("list", &theirs, None).unwrap();
                }
                Some([value, b"b "].concat())
            });
            assert!(done);
            let expected = format!("{known}a b ");
            assert_eq!(host.shared("list").unwrap().value, expected.as_bytes());
        }
    }
}
