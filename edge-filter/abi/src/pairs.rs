/// Names and values as the ABI passes them: their number, the lengths of each, and each followed by a zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(Vec<u8>);

impl Pairs {
    /// The pairs in bytes from the host.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Encodes pairs for the host.
    pub fn encode<'p>(pairs: impl Iterator<Item = (&'p str, &'p [u8])> + Clone) -> Self {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
        let mut bytes = Vec::new();
        let count = u32::try_from(pairs.clone().count()).unwrap_or(u32::MAX);
        bytes.extend(count.to_le_bytes());
        for (name, value) in pairs.clone() {
            bytes.extend(length(name.as_bytes()));
            bytes.extend(length(value));
        }
        for (name, value) in pairs {
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(value);
            bytes.push(0);
        }
        Self(bytes)
    }

    /// The encoded bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The pairs, up to the first that cannot be decoded.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut lengths = self.0.as_slice();
        let count = take_length(&mut lengths).unwrap_or_default();
        let (mut lengths, mut bytes) = lengths
            .split_at_checked(count.saturating_mul(8))
            .unwrap_or_default();
        std::iter::from_fn(move || {
            let (name, value) = (take_length(&mut lengths)?, take_length(&mut lengths)?);
            Some((take(&mut bytes, name)?, take(&mut bytes, value)?))
        })
    }
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    usize::try_from(u32::from_le_bytes(*length)).ok()
}

/// Removes `length` bytes from the front, and the zero after them.
fn take<'b>(bytes: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest.split_first()?.1;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(&str, &[u8]); 3] = [(":path", b"/"), ("x-empty", b""), ("x-odd", b"\xff\0")];

    #[test]
    fn pairs_look_as_the_specification_has_it() {
        let pairs = Pairs::encode([("a", b"bc".as_slice())].into_iter());
        assert_eq!(pairs.as_bytes(), b"\x01\0\0\0\x01\0\0\0\x02\0\0\0a\0bc\0");
    }

    #[test]
    fn what_is_put_together_comes_apart_again() {
        let pairs = Pairs::encode(PAIRS.into_iter());
        let back: Vec<_> = Pairs::new(pairs.as_bytes().to_vec())
            .iter()
            .map(|(name, value)| (name.to_vec(), value.to_vec()))
            .collect();
        assert_eq!(back, PAIRS.map(|(name, value)| (name.into(), value.into())));
        assert_eq!(Pairs::default().iter().count(), 0);
    }

    #[test]
    fn whatever_bytes_there_are_it_ends() {
        let whole = Pairs::encode(PAIRS.into_iter());
        for end in 0..whole.as_bytes().len() {
            let cut = Pairs::new(whole.as_bytes()[..end].to_vec());
            assert!(cut.iter().count() < PAIRS.len(), "{end}");
        }
        assert_eq!(Pairs::new(vec![0xff; 64]).iter().count(), 0);
    }
}
