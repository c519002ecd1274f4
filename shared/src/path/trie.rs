use alloc::vec::Vec;
use core::mem;

/// A set of byte strings as a tree (a radix trie), in which common beginnings are stored once.
///
/// The time of a lookup does not grow with the number of entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trie {
    /// The common beginning of all entries of this node.
    label: Vec<u8>,
    /// Whether an entry ends after the label.
    ends: bool,
    /// The next bytes of the other entries, each with its node.
    below: Vec<(u8, Self)>,
}

impl Trie {
    /// Whether the trie has no entry, not even an empty one.
    pub(crate) fn is_empty(&self) -> bool {
        !self.ends && self.below.is_empty()
    }

    pub(crate) fn insert(&mut self, entry: &[u8]) {
        if self.is_empty() {
            self.label = entry.into();
        }
        let alike = self.label.iter().zip(entry).take_while(|(a, b)| a == b);
        let shared = alike.count();
        if let Some((byte, label)) = self.label.split_off(shared).split_first() {
            let rest = Self {
                label: label.into(),
                ends: mem::take(&mut self.ends),
                below: mem::take(&mut self.below),
            };
            self.below.push((*byte, rest));
        }
        let Some((byte, rest)) = entry.get(shared..).and_then(<[u8]>::split_first) else {
            self.ends = true;
            return;
        };
        let place = self.below.iter().position(|(known, _)| known == byte);
        let place = place.unwrap_or_else(|| {
            self.below.push((*byte, Self::default()));
            self.below.len() - 1
        });
        if let Some((_, node)) = self.below.get_mut(place) {
            node.insert(rest);
        }
    }

    /// The node after `byte`.
    fn after(&self, byte: u8) -> Option<&Self> {
        let place = self.below.iter().position(|(known, _)| *known == byte)?;
        Some(&self.below.get(place)?.1)
    }

    /// Whether an entry covers a beginning of `text`.
    // Inlined for speed, but not in the filter, where size matters more.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    pub(crate) fn covers(&self, text: &[u8], covering: Covering) -> bool {
        let segments = covering == Covering::Segments;
        let fold = |byte: u8| {
            if segments {
                byte.to_ascii_lowercase()
            } else {
                byte
            }
        };
        let (mut node, mut rest) = (self, text);
        loop {
            let Some((start, after)) = rest.split_at_checked(node.label.len()) else {
                return false;
            };
            // Most bytes need no folding.
            let same = |(byte, known): (&u8, &u8)| byte == known || fold(*byte) == *known;
            if !start.iter().zip(&node.label).all(same) {
                return false;
            }
            let ended = || match after.first() {
                None => true,
                Some(b'/') if segments => true,
                Some(b'?') if !segments => true,
                _ => !segments && ends_in_slash(text, after),
            };
            if node.ends && ended() {
                return true;
            }
            let below = |(byte, after): (&u8, _)| Some((node.after(fold(*byte))?, after));
            let Some(next) = after.split_first().and_then(below) else {
                return false;
            };
            (node, rest) = next;
        }
    }

    /// The place before the first byte.
    pub(crate) fn start(&self) -> Place<'_> {
        Place {
            left: &self.label,
            node: self,
        }
    }
}

/// Whether the part of `text` before its `rest` ends in a slash.
fn ends_in_slash(text: &[u8], rest: &[u8]) -> bool {
    let before = text.get(..text.len().saturating_sub(rest.len()));
    before.is_some_and(|before| before.ends_with(b"/"))
}

/// The texts that an entry covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Covering {
    /// The entry and its continuations with a slash, without case; entries are in lower case.
    Segments,
    /// The entry with or without a query, and its continuations if it ends in a slash.
    Folder,
}

/// The place in a trie after some bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'t> {
    node: &'t Trie,
    /// The rest of the label.
    left: &'t [u8],
}

impl Place<'_> {
    /// Whether the bytes so far are an entry.
    pub(crate) fn ends(self) -> bool {
        self.left.is_empty() && self.node.ends
    }

    /// The place after one more byte, if an entry has it next.
    pub(crate) fn after(self, byte: u8) -> Option<Self> {
        match self.left.split_first() {
            Some((next, left)) => (*next == byte).then_some(Self { left, ..self }),
            None => Some(self.node.after(byte)?.start()),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::string::String;

    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    /// Words of few letters, so that entries share beginnings.
    const WORD: &str = "[abA]{0,6}";

    fn trie(entries: &BTreeSet<String>) -> Trie {
        let mut trie = Trie::default();
        for entry in entries {
            trie.insert(entry.as_bytes());
        }
        trie
    }

    /// Each level is a recursive call; these are the most levels that a document can have.
    #[test]
    fn each_entry_may_be_the_beginning_of_the_next() {
        let longest = "a".repeat(1448);
        let entries = (1..=longest.len()).map(|length| String::from(&longest[..length]));
        let trie = trie(&entries.collect());
        assert!(trie.clone().covers(b"A", Covering::Segments));
        assert!(trie.covers(longest.as_bytes(), Covering::Segments));
        assert!(!trie.covers(b"b", Covering::Segments));
    }

    proptest! {
        #[test]
        fn entries_are_found_byte_by_byte(
            entries in btree_set(WORD, 0..12), text in WORD
        ) {
            let trie = trie(&entries);
            prop_assert_eq!(trie.is_empty(), entries.is_empty());
            let mut place = Some(trie.start());
            for length in 0..=text.len() {
                let expected = entries.contains(&text[..length]);
                prop_assert_eq!(place.is_some_and(Place::ends), expected);
                let expected = entries.iter().any(|entry| entry.starts_with(&text[..length]));
                prop_assert_eq!(place.is_some(), expected || length == 0);
                let next = text.as_bytes().get(length);
                place = place.zip(next).and_then(|(place, byte)| place.after(*byte));
            }
        }

        #[test]
        fn whole_segments_are_covered_in_any_case(
            entries in btree_set("[ab/]{0,4}", 0..12), path in "[abAB/]{0,6}"
        ) {
            let lower = path.to_ascii_lowercase();
            let expected = entries.iter().any(|entry| {
                let rest = lower.strip_prefix(&**entry);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            prop_assert_eq!(trie(&entries).covers(path.as_bytes(), Covering::Segments), expected);
        }

        #[test]
        fn a_folder_covers_all_below_it_and_other_entries_only_themselves(
            entries in btree_set("[ab/]{0,4}", 0..12), path in "[abA/?]{0,6}"
        ) {
            let expected = entries.iter().any(|entry| {
                let rest = path.strip_prefix(&**entry);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('?') || entry.ends_with('/'))
            });
            prop_assert_eq!(trie(&entries).covers(path.as_bytes(), Covering::Folder), expected);
        }
    }
}
