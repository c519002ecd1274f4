//! The kind of document that a client prefers (RFC 9110, section 12.5.1).

use core::cmp::Ordering;

use crate::refusal::weight::{Elements, Weight};
use crate::text::cut;

/// The document that a refused client prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preference {
    Html,
    Json,
    Neither,
}

/// The preferences of the `Accept` lines read so far.
#[derive(Debug, Default)]
pub(crate) struct Preferred {
    html: Best,
    json: Best,
}

impl Preferred {
    pub(crate) fn see(&mut self, line: &[u8]) {
        let Self { html, json } = self;
        for (range, weight) in Elements::of(line) {
            let (kind, Some(subtype)) = cut(range, b'/') else {
                continue;
            };
            if kind == b"*" && subtype == b"*" {
                html.see(0, weight);
                json.see(0, weight);
            } else if is(kind, "text") {
                if subtype == b"*" {
                    html.see(1, weight);
                } else if is(subtype, "html") {
                    html.see(2, weight);
                }
            } else if is(kind, "application") {
                let suffix = subtype.iter().rposition(|byte| *byte == b'+');
                let suffix = suffix.and_then(|place| subtype.get(place + 1..));
                if subtype == b"*" {
                    json.see(1, weight);
                } else if is(subtype, "xhtml+xml") {
                    html.see(2, weight);
                } else if is(suffix.unwrap_or(subtype), "json") {
                    json.see(2, weight);
                }
            }
        }
    }

    /// The preference of all lines read so far.
    pub(crate) fn preference(&self) -> Preference {
        match self.html.rank().cmp(&self.json.rank()) {
            Ordering::Greater => Preference::Html,
            Ordering::Less => Preference::Json,
            Ordering::Equal => Preference::Neither,
        }
    }
}

fn is(part: &[u8], name: &str) -> bool {
    part == name.as_bytes() || part.eq_ignore_ascii_case(name.as_bytes())
}

/// The weight of the most specific range read so far.
#[derive(Debug, Default)]
struct Best {
    specificity: u8,
    weight: Weight,
}

impl Best {
    fn see(&mut self, specificity: u8, weight: Weight) {
        if specificity > self.specificity {
            *self = Self {
                specificity,
                weight,
            };
        } else if specificity == self.specificity {
            self.weight = self.weight.max(weight);
        }
    }

    /// At equal weights, the more specific range decides, so that `application/json, */*` prefers JSON.
    fn rank(&self) -> (Weight, u8) {
        if self.weight == 0 {
            (0, 0)
        } else {
            (self.weight, self.specificity)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &[&str]) -> Preference {
        let mut preferred = Preferred::default();
        for line in accept {
            preferred.see(line.as_bytes());
        }
        preferred.preference()
    }

    #[test]
    fn the_most_specific_range_decides() {
        use Preference::{Html, Json, Neither};
        for (accept, expected) in [
            (&[][..], Neither),
            (&["*/*"], Neither),
            (
                &["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
                Html,
            ),
            (&["application/json, text/plain, */*"], Json),
            (&["application/json;q=0.5, */*"], Html),
            (&["text/*;q=0.4, application/json;q=0.5"], Json),
            (&["application/*;q=0.4, text/html;q=0.5"], Html),
            (&["application/vnd.api+json"], Json),
            (
                &[
                    "application/problem+json;q=0.2",
                    "application/json;q=0.9",
                    "text/html;q=0.8",
                ],
                Json,
            ),
            (&["TEXT/HTML"], Html),
            (&["text/html;q=0"], Neither),
            (&["image/png"], Neither),
            (&["text/html;q=nonsense"], Neither),
        ] {
            assert_eq!(of(accept), expected, "{accept:?}");
        }
    }
}
