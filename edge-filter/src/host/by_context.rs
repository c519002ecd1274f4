use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map from the numbers of contexts.
pub(crate) type ByContext<T> = HashMap<u32, T, BuildHasherDefault<Spread>>;

/// A hasher for the numbers of contexts. Envoy counts them up, and no client chooses them.
#[derive(Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        // The golden ratio (Knuth, The Art of Computer Programming, volume 3, section 6.4).
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_in_a_row_share_no_bucket_and_no_tag() {
        let hashes = (1..=1024_u32).map(|number| {
            let mut hasher = Spread::default();
            hasher.write_u32(number);
            hasher.finish()
        });
        let hashes: Vec<_> = hashes.collect();
        // A table takes the place of an entry from the lowest bits of its hash, and a tag from the highest seven.
        let places: BTreeSet<_> = hashes.iter().map(|hash| hash & 1023).collect();
        assert_eq!(places.len(), hashes.len());
        let tags: BTreeSet<_> = hashes.iter().map(|hash| hash >> 57).collect();
        assert_eq!(tags.len(), 128);
    }
}
