use serde::Serialize;
use sfv::{BareItem, Item, Parser};
use ureq::http::{HeaderMap, StatusCode};

/// What of an answer tells who gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The revision of the marker, if there is one.
    pub(crate) marker: Option<u64>,
    /// For how many seconds a cache has kept it.
    pub(crate) age: Option<u64>,
    /// Whether a cache says that it had it.
    pub(crate) hit: bool,
    pub(crate) location: Option<String>,
}

impl Answer {
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        // CloudFront and Fastly, Cloudflare, Azure; RFC 9211.
        let words = [
            "x-cache",
            "cf-cache-status",
            "x-cache-status",
            "cache-status",
        ];
        let hits = words.into_iter().flat_map(|name| headers.get_all(name));
        let mut hits = hits.filter_map(|value| value.to_str().ok());
        Self {
            status: status.as_u16(),
            marker: text("intermission").and_then(marker),
            age: text("age").and_then(|age| age.trim().parse().ok()),
            hit: hits.any(is_hit),
            location: text("location").map(str::to_owned),
        }
    }

    /// Whether a cache had it, so that no node was asked.
    pub(crate) fn is_kept(&self) -> bool {
        self.hit || self.age.is_some_and(|age| age > 0)
    }
}

/// The revision in the marker of a refusal.
fn marker(line: &str) -> Option<u64> {
    let item: Item = Parser::new(line).parse().ok()?;
    let BareItem::Token(token) = &item.bare_item else {
        return None;
    };
    let Some(BareItem::Integer(revision)) = item.params.get("revision") else {
        return None;
    };
    let revision = i64::from(*revision).try_into().ok();
    revision.filter(|_| token.as_str() == "refused")
}

fn is_hit(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == "hit")
}

#[cfg(test)]
mod tests {
    use ureq::http::HeaderValue;

    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        Answer::read(StatusCode::OK, &headers.collect())
    }

    #[test]
    fn the_marker_is_read_as_nodes_write_it_and_no_other_text() {
        for (line, revision) in [
            ("refused;revision=17", Some(17)),
            ("refused; revision=0", Some(0)),
            ("refused;revision=17;later=?1", Some(17)),
            ("refused", None),
            ("admitted;revision=17", None),
            ("refused;revision=-1", None),
            ("refused;revision=x", None),
            ("\"refused\";revision=17", None),
            ("", None),
        ] {
            assert_eq!(read(&[("intermission", line)]).marker, revision, "{line}");
        }
    }

    #[test]
    fn an_answer_of_a_cache_is_known_by_its_age_or_by_the_words_of_caches() {
        for (headers, kept) in [
            (&[("age", "12")][..], true),
            (&[("age", "0")], false),
            (&[("x-cache", "Hit from cloudfront")], true),
            (&[("x-cache", "MISS, HIT")], true),
            (&[("x-cache", "Miss from cloudfront")], false),
            (&[("x-cache", "TCP_HIT")], true),
            (&[("cf-cache-status", "HIT")], true),
            (&[("cf-cache-status", "DYNAMIC")], false),
            (&[("cache-status", "ExampleCache; hit; ttl=376")], true),
            (&[("cache-status", "ExampleCache; fwd=miss; stored")], false),
            (&[("x-cache", "white"), ("x-cache", "hit")], true),
            (&[], false),
        ] {
            assert_eq!(read(headers).is_kept(), kept, "{headers:?}");
        }
    }
}
