use std::fmt;

use clap::ValueEnum;
use serde::Serialize;

use super::Answer;

/// What is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Expect {
    /// Every try is refused by a node
    Refused,
    /// Every try is let through
    Open,
}

/// What is to be found; the same in each try where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) what: Option<Expect>,
    /// The lowest revision whose refusals count.
    pub(crate) revision: Option<u64>,
}

/// What one try tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub(crate) enum Finding {
    /// A node has refused it.
    Refused { revision: u64 },
    /// The service has answered it.
    Open { status: u16 },
    /// A node has refused it by an earlier revision than is expected.
    Older { revision: u64, expected: u64 },
    /// A cache has had an answer; the revision is that of its marker.
    Kept {
        age: Option<u64>,
        revision: Option<u64>,
    },
    /// It leads elsewhere.
    Redirected { status: u16, location: String },
    /// Something that is no node has failed, or has put an answer of its own in the place of a node's.
    Replaced { status: u16 },
    /// There was no answer.
    Unreachable { reason: String },
}

/// What an answer tells to one that expects this.
pub(crate) fn judge(answer: &Answer, expected: Expected) -> Finding {
    let &Answer {
        status,
        marker,
        age,
        ..
    } = answer;
    if answer.is_kept() && (marker.is_some() || expected.what != Some(Expect::Open)) {
        return Finding::Kept {
            age,
            revision: marker,
        };
    }
    match (marker, expected.revision) {
        (Some(revision), Some(expected)) if revision < expected => {
            Finding::Older { revision, expected }
        }
        (Some(revision), _) => Finding::Refused { revision },
        (None, _) => match status {
            300..400 if status != 304 => Finding::Redirected {
                status,
                location: answer.location.clone().unwrap_or_default(),
            },
            500.. => Finding::Replaced { status },
            _ => Finding::Open { status },
        },
    }
}

impl Finding {
    /// Whether it is what is expected; `first` is what the first try found.
    pub(crate) fn is(&self, expected: Expected, first: &Self) -> bool {
        match (expected.what, self) {
            (Some(Expect::Refused) | None, Self::Refused { .. }) => {
                expected.what.is_some() || matches!(first, Self::Refused { .. })
            }
            // A service that is open may redirect.
            (Some(Expect::Open), Self::Open { .. } | Self::Redirected { .. }) => true,
            (None, Self::Open { .. } | Self::Redirected { .. }) => {
                matches!(first, Self::Open { .. } | Self::Redirected { .. })
            }
            _ => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { revision } => write!(f, "refused by a node, at revision {revision}"),
            Self::Open { status } => {
                write!(f, "HTTP {status} without the marker of a node: let through")
            }
            Self::Older { revision, expected } => {
                write!(
                    f,
                    "refused at revision {revision}, which is before {expected}"
                )
            }
            Self::Kept { age, revision } => {
                let age = age.map(|age| format!(" for {age} s")).unwrap_or_default();
                match revision {
                    Some(revision) => {
                        write!(
                            f,
                            "a cache has kept the refusal of revision {revision}{age}"
                        )
                    }
                    None => write!(f, "a cache has kept a page{age}"),
                }
            }
            Self::Redirected { status, location } => write!(f, "HTTP {status}, to {location:?}"),
            Self::Replaced { status } => write!(f, "HTTP {status} without the marker of a node"),
            Self::Unreachable { reason } => write!(f, "no answer: {reason}"),
        }
    }
}

impl Finding {
    /// What to do where it is not what is expected.
    pub(crate) fn remedy(&self, expected: Expected) -> &'static str {
        match (self, expected.what) {
            (Self::Refused { .. }, Some(Expect::Open)) => {
                "the service is in maintenance there; see intermission status"
            }
            (Self::Refused { .. } | Self::Open { .. } | Self::Redirected { .. }, None) => {
                "the tries do not agree: backends behind one address differ, or the service was switched meanwhile"
            }
            (Self::Open { .. }, _) => {
                "the request has gone around the nodes, or its path or host is exempt or out of scope, or this machine's \
                 address is on the allowlist; intermission explain tells which rule lets it through"
            }
            (Self::Older { .. }, _) => {
                "a node has not followed, or is of another control; see intermission node list"
            }
            (Self::Kept { revision: None, .. }, _) => {
                "purge it there, or let pages not be kept so long"
            }
            (Self::Kept { .. }, _) => {
                "it would be shown after exit too; let the cache heed Cache-Control: no-store and keep no 503"
            }
            (Self::Redirected { .. }, _) => "check the address that it leads to",
            (Self::Replaced { .. }, _) => {
                "what is in front has failed, or puts its own page in the place of the notice; let 503 through there \
                 (nginx: proxy_intercept_errors off)"
            }
            (Self::Unreachable { .. }, _) => {
                "see that the address is right and reachable from here"
            }
            (Self::Refused { .. }, _) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expect(what: Expect, revision: Option<u64>) -> Expected {
        Expected {
            what: Some(what),
            revision,
        }
    }

    #[test]
    fn an_answer_is_judged_by_its_marker_first() {
        let answer = |status, marker, age| Answer {
            status,
            marker,
            age,
            ..Answer::default()
        };
        let by = |revision| answer(503, Some(revision), None);
        let kept = |status, marker| answer(status, marker, Some(9));
        let unmarked = |status| answer(status, None, None);
        let refused = |revision| Finding::Refused { revision };
        let open = |status| Finding::Open { status };
        let replaced = |status| Finding::Replaced { status };
        let older = |revision, expected| Finding::Older { revision, expected };
        let age = Some(9);
        let stale = |revision| Finding::Kept { age, revision };
        let to_refuse = expect(Expect::Refused, Some(17));
        let to_open = expect(Expect::Open, None);
        for (answer, expected, finding, fits) in [
            (by(17), to_refuse, refused(17), true),
            (answer(503, Some(18), Some(0)), to_refuse, refused(18), true),
            (by(16), to_refuse, older(16, 17), false),
            (kept(503, Some(17)), to_refuse, stale(Some(17)), false),
            (kept(200, None), to_refuse, stale(None), false),
            (unmarked(200), to_refuse, open(200), false),
            (unmarked(404), to_refuse, open(404), false),
            (unmarked(503), to_refuse, replaced(503), false),
            // gRPC is refused with 200.
            (answer(200, Some(17), None), to_refuse, refused(17), true),
            (unmarked(200), to_open, open(200), true),
            // What an open service lets be cached is all right.
            (kept(200, None), to_open, open(200), true),
            (unmarked(503), to_open, replaced(503), false),
            (by(17), to_open, refused(17), false),
            (kept(503, Some(17)), to_open, stale(Some(17)), false),
        ] {
            let found = judge(&answer, expected);
            assert_eq!(found, finding, "{answer:?}");
            assert_eq!(found.is(expected, &found), fits, "{answer:?}");
            assert!(fits || !found.remedy(expected).is_empty(), "{answer:?}");
        }
    }

    #[test]
    fn where_nothing_is_expected_the_tries_have_to_agree() {
        let (refused, open) = (
            Finding::Refused { revision: 3 },
            Finding::Open { status: 200 },
        );
        let replaced = Finding::Replaced { status: 502 };
        let any = Expected::default();
        for (found, first, fits) in [
            (&refused, &refused, true),
            (&open, &open, true),
            (&open, &refused, false),
            (&refused, &open, false),
            (&replaced, &replaced, false),
        ] {
            assert_eq!(found.is(any, first), fits, "{found} after {first}");
        }
    }
}
