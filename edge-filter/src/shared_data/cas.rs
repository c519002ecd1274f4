use crate::host::Host;

/// The number of tries; a try fails when another VM changes the value first.
const TRIES: usize = 1000;
/// A token that no value has: it sets only an absent value.
const ABSENT: u32 = u32::MAX;

/// Replaces a value in shared data, which other VMs change too, by the result of `change`; whether that was done. `None`
/// leaves the value as it is.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Fake;

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
