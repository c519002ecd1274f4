use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::values::version::Version;
use crate::wire::node::{MemberId, UnstoredNode};

/// What a part of a key has encoded, so that it has no `/`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'@');

/// The keys of a store, all of which begin with its prefix.
///
/// | key | value |
/// |---|---|
/// | `version` | how many batches there were, with which every commit is compared |
/// | `identity` | the identity of the store |
/// | `log/VERSION` | a batch, without documents |
/// | `service/NAME` | the state of a service, without its document |
/// | `removed/NAME` | the last removal of a service; it holds while no later revision is in force |
/// | `document/NAME/REVISION-DIGEST` | a document, byte for byte |
/// | `labels/NAME/REVISION-DIGEST` | the labels of a revision |
/// | `history/NAME/REVISION` | who made a revision, when and why |
/// | `event/NAME/REVISION/VERSION-N` | what else happened |
/// | `member/SERVICE/NODE/BOOT`, `forgiven/SERVICE/NODE/BOOT/THREAD` | members, and threads whose silence is forgiven |
/// | `unstored/SERVICE/KIND/…/…` | a node that has the state and is no member |
/// | `level` | the level of programs that know all of this; absent for 1 |
/// | `open/ID`, `ended/ID` | a barrier that waits, and how one ended |
/// | `token/NAME`, `revoked/NAME` | the hash of a token, and its grant; who revoked it, and when |
/// | `live/REPLICA`, `live/REPLICA/SERVICE/GROUP` | that a replica serves, and which nodes it hears, under its lease |
/// | `answer/ACTOR/KEY` | the answer to a request with an idempotency key |
#[derive(Clone, Debug)]
pub(super) struct Keys {
    prefix: String,
}

/// The kinds of keys, and how many parts each has.
pub(super) const KINDS: [(&str, usize); 20] = [
    ("version", 1),
    ("identity", 1),
    ("log", 2),
    ("service", 2),
    ("removed", 2),
    ("document", 3),
    ("labels", 3),
    ("history", 3),
    ("event", 4),
    ("member", 4),
    ("forgiven", 5),
    ("open", 2),
    ("ended", 2),
    ("token", 2),
    ("revoked", 2),
    ("answer", 3),
    ("level", 1),
    ("unstored", 5),
    ("live", 2),
    ("live", 4),
];

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        let prefix = prefix.trim_end_matches('/');
        Self {
            prefix: format!("{prefix}/"),
        }
    }

    /// The key with these parts.
    pub(super) fn key(&self, parts: &[&str]) -> Vec<u8> {
        let encoded = parts.iter().map(|part| encode(part));
        let joined = encoded.collect::<Vec<_>>().join("/");
        format!("{}{joined}", self.prefix).into_bytes()
    }

    /// The first key, and the key after the last, of those that begin with these parts.
    pub(super) fn all(&self, parts: &[&str]) -> (Vec<u8>, Vec<u8>) {
        let mut first = self.key(parts);
        if !parts.is_empty() {
            first.push(b'/');
        }
        let mut end = first.clone();
        // A prefix ends with `/`, which has a successor.
        if let Some(last) = end.last_mut() {
            *last += 1;
        }
        (first, end)
    }

    /// The parts of a key.
    pub(super) fn parts(&self, key: &[u8]) -> Option<Vec<String>> {
        let parts = str::from_utf8(key).ok()?.strip_prefix(&self.prefix)?;
        let decode = |part| {
            let decoded = percent_encoding::percent_decode_str(part);
            decoded.decode_utf8().ok().map(Into::into)
        };
        parts.split('/').map(decode).collect()
    }

    pub(super) fn version(&self) -> Vec<u8> {
        self.key(&["version"])
    }

    /// The level of programs that know all that the store has.
    pub(super) fn level(&self) -> Vec<u8> {
        self.key(&["level"])
    }

    pub(super) fn unstored(&self, service: &str, node: &UnstoredNode) -> Vec<u8> {
        let parts = match node {
            UnstoredNode::Process(MemberId { name, boot }) => ["process", name, boot],
            UnstoredNode::Unreadable { token, reason } => ["unreadable", token, reason],
        };
        self.key(&["unstored", service, parts[0], parts[1], parts[2]])
    }

    pub(super) fn log(&self, version: Version) -> Vec<u8> {
        self.key(&["log", &number(version.0)])
    }

    pub(super) fn document(&self, service: &str, revision: u64, digest: &str) -> Vec<u8> {
        let name = format!("{}-{digest}", number(revision));
        self.key(&["document", service, &name])
    }

    pub(super) fn labels(&self, service: &str, revision: u64, digest: &str) -> Vec<u8> {
        let name = format!("{}-{digest}", number(revision));
        self.key(&["labels", service, &name])
    }

    pub(super) fn history(&self, service: &str, revision: u64) -> Vec<u8> {
        self.key(&["history", service, &number(revision)])
    }
}

fn encode(part: &str) -> String {
    utf8_percent_encode(part, ENCODED).to_string()
}

/// A number as a part of a key, in whose order numbers are.
pub(super) fn number(number: u64) -> String {
    format!("{number:020}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_never_reaches_into_another() {
        let keys = Keys::new("/intermission/");
        let key = keys.key(&["member", "shop", "a/b c%", "ü"]);
        assert_eq!(
            String::from_utf8_lossy(&key),
            "/intermission/member/shop/a%2Fb%20c%25/%C3%BC"
        );
        assert_eq!(keys.parts(&key).unwrap(), ["member", "shop", "a/b c%", "ü"]);
        let (first, end) = keys.all(&["member", "shop"]);
        assert!(first < key && key < end);
        let other = keys.key(&["member", "shop-2", "a", "b"]);
        assert!(!(first < other && other < end));
        assert_eq!(keys.parts(b"/other/member"), None);
    }

    #[test]
    fn numbers_are_in_order() {
        let keys = Keys::new("intermission");
        assert!(keys.log(Version(9)) < keys.log(Version(10)));
        assert!(keys.log(Version(10)) < keys.log(Version(u64::MAX)));
    }
}
