use alloc::vec::Vec;

use crate::path::{Place, Trie};
use crate::request::HostPattern;

/// Hosts and wildcards, compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    names: Trie,
    /// The hosts below which every host is listed, each backwards and with the dot before it.
    above: Trie,
}

impl Hosts {
    pub(crate) fn new(hosts: &[HostPattern]) -> Self {
        let mut all = Self::default();
        for host in hosts {
            let text = host.as_str().as_bytes();
            match text.strip_prefix(b"*") {
                Some(above) => {
                    let backwards: Vec<u8> = above.iter().rev().copied().collect();
                    all.above.insert(&backwards);
                }
                None => all.names.insert(text),
            }
        }
        all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.above.is_empty()
    }

    /// Whether a host without port and trailing dot is listed, or is one or more labels below a wildcard's host.
    pub(crate) fn list(&self, host: &[u8]) -> bool {
        let mut bytes = host.iter().map(u8::to_ascii_lowercase);
        let end = bytes.try_fold(self.names.start(), Place::after);
        end.is_some_and(Place::ends) || (!self.above.is_empty() && self.is_below(host))
    }

    // Apart, since few services have a wildcard.
    #[inline(never)]
    fn is_below(&self, host: &[u8]) -> bool {
        let mut place = self.above.start();
        let mut bytes = host.iter().rev().map(u8::to_ascii_lowercase);
        loop {
            let Some(next) = bytes.next().and_then(|byte| place.after(byte)) else {
                return false;
            };
            // An entry ends with a dot, before which a host has a label.
            if next.ends() && bytes.len() > 0 {
                return true;
            }
            place = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::naive;

    fn hosts(entries: &[&str]) -> Hosts {
        let entries: Vec<HostPattern> =
            entries.iter().map(|entry| entry.parse().unwrap()).collect();
        Hosts::new(&entries)
    }

    #[test]
    fn a_wildcard_stands_for_one_label_or_more() {
        let hosts = hosts(&["*.shop.example", "shop.test"]);
        for (host, expected) in [
            ("a.shop.example", true),
            ("b.a.Shop.Example", true),
            ("shop.example", false),
            ("ashop.example", false),
            (".shop.example", false),
            ("shop.test", true),
            ("a.shop.test", false),
            ("[::1]", false),
            ("", false),
        ] {
            assert_eq!(hosts.list(host.as_bytes()), expected, "{host}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn as_if_compared_with_one_entry_after_the_other(
            entries in vec("(\\*\\.)?[ab]{1,2}(\\.[ab]){0,2}", 0..6), host in "[abAB]{1,2}(\\.[abA]){0,4}"
        ) {
            let entries: Vec<HostPattern> = entries.iter().filter_map(|entry| entry.parse().ok()).collect();
            let listed = entries.iter().any(|entry| naive::is_host(entry, host.as_bytes()));
            prop_assert_eq!(Hosts::new(&entries).list(host.as_bytes()), listed);
        }
    }
}
