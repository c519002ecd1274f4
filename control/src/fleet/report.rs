use std::fmt;
use std::time::Duration;

use intermission_core::{Counts, is_unseen};
use sfv::{BareItem, Item, Parameters, Parser};

use crate::wire::node::MemberId;

/// What a node says of itself, in one header (`docs/state.md`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) id: MemberId,
    pub(crate) kind: String,
    pub(crate) seq: u64,
    /// The entity tag in force, without its quotes.
    pub(crate) applied: Option<String>,
    pub(crate) requests: u64,
    pub(crate) upgraded: u64,
    pub(crate) oldest: Option<u64>,
    pub(crate) silent: Vec<String>,
    pub(crate) wait: Duration,
    /// The level of the format that it reads; 1 where it does not say.
    pub(crate) format: u64,
    pub(crate) lease: Option<Duration>,
    pub(crate) error: Option<String>,
    pub(crate) counts: Counts,
    /// Paths that health checks seem to ask it for, as `AGENT:PATH`.
    pub(crate) probed: Vec<String>,
    pub(crate) leaving: bool,
}

/// The longest time between two polls that a node may name: one that dies is lost after three times this.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);
/// The longest text that is kept of a node, in characters.
const LONGEST: usize = 1000;

impl Report {
    /// Reads the one line of the header.
    pub(crate) fn read(line: &[u8]) -> Result<Self, ReportError> {
        let item: Item = Parser::new(line)
            .parse()
            .map_err(|error| ReportError(error.to_string()))?;
        let BareItem::String(name) = &item.bare_item else {
            return Err(ReportError("the name of the node is not a String".into()));
        };
        let params = Params(&item.params);
        Ok(Self {
            id: MemberId {
                name: short(name.as_str(), "the name of the node")?,
                boot: params.text("boot")?.ok_or_else(|| missing("boot"))?,
            },
            kind: params.text("kind")?.ok_or_else(|| missing("kind"))?,
            seq: params.number("seq")?.ok_or_else(|| missing("seq"))?,
            applied: params.text("applied")?,
            requests: params.number("running")?.unwrap_or_default(),
            upgraded: params.number("upgraded")?.unwrap_or_default(),
            oldest: params.number("oldest")?,
            silent: params.words("silent")?,
            wait: params
                .seconds("wait")?
                .ok_or_else(|| missing("wait"))?
                .min(LONGEST_WAIT),
            format: params.number("format")?.unwrap_or(1),
            lease: params.seconds("lease")?,
            error: params.text("error")?,
            counts: params.counts()?,
            probed: params.words("probed")?,
            leaving: params.flag("leaving")?,
        })
    }
}

impl Report {
    /// Whether the process leaves, and nothing runs there any more.
    pub(crate) fn leaves(&self) -> bool {
        self.leaving && self.requests + self.upgraded == 0
    }
}

/// Why a header cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportError(String);

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReportError {}

fn missing(name: &str) -> ReportError {
    ReportError(format!("{name} is missing"))
}

fn short(text: &str, what: &str) -> Result<String, ReportError> {
    if (1..=LONGEST).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(ReportError(format!(
        "{what} has not between 1 and {LONGEST} characters"
    )))
}

struct Params<'p>(&'p Parameters);

impl Params<'_> {
    fn text(&self, name: &str) -> Result<Option<String>, ReportError> {
        let text = match self.0.get(name) {
            None => return Ok(None),
            Some(BareItem::String(text)) => text.as_str(),
            Some(BareItem::Token(text)) => text.as_str(),
            Some(BareItem::DisplayString(text)) => text.as_str(),
            Some(_) => return Err(ReportError(format!("{name} is not a text"))),
        };
        // It is printed on operators' terminals, where a control character may do anything.
        let text = text.replace(is_unseen, " ");
        short(&text, name).map(Some)
    }

    /// The words of a text.
    fn words(&self, name: &str) -> Result<Vec<String>, ReportError> {
        let text = self.text(name)?.unwrap_or_default();
        let words = text.split(' ').filter(|word| !word.is_empty());
        Ok(words.map(str::to_owned).collect())
    }

    fn counts(&self) -> Result<Counts, ReportError> {
        let mut counts = Counts::default();
        for rule in Counts::rules() {
            counts.add(rule, self.number(rule)?.unwrap_or_default());
        }
        Ok(counts)
    }

    fn number(&self, name: &str) -> Result<Option<u64>, ReportError> {
        let wrong = || ReportError(format!("{name} is not a whole number"));
        match self.0.get(name) {
            None => Ok(None),
            Some(BareItem::Integer(number)) => {
                let number: i64 = (*number).into();
                number.try_into().map(Some).map_err(|_| wrong())
            }
            Some(_) => Err(wrong()),
        }
    }

    fn seconds(&self, name: &str) -> Result<Option<Duration>, ReportError> {
        let seconds = self.number(name)?;
        Ok(seconds.map(|seconds| Duration::from_secs(seconds.max(1))))
    }

    fn flag(&self, name: &str) -> Result<bool, ReportError> {
        match self.0.get(name) {
            None => Ok(false),
            Some(BareItem::Boolean(flag)) => Ok(*flag),
            Some(_) => Err(ReportError(format!("{name} is not a Boolean"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use intermission_core::Running;

    use super::*;

    #[test]
    fn what_a_node_writes_is_read() {
        let mut counts = Counts::default();
        counts.add("refused", 12);
        let written = intermission_core::Report {
            name: "a \"shop\"",
            boot: 0xb3,
            seq: 812,
            kind: "envoy",
            applied: Some("01J9/17/9c2f"),
            running: Running {
                requests: 3,
                upgraded: 1,
                oldest: Some(16),
            },
            counts,
            silent: "a3f1 99c2",
            wait: Duration::from_millis(500),
            lease: Some(Duration::from_secs(30)),
            error: Some("ü is 100%\n\u{1b}wrong"),
            probed: "kube-probe:/health",
            leaving: true,
        };
        let read = Report::read(written.to_string().as_bytes());
        let expected = Report {
            id: MemberId {
                name: "a \"shop\"".into(),
                boot: "00000000000000b3".into(),
            },
            kind: "envoy".into(),
            seq: 812,
            applied: Some("01J9/17/9c2f".into()),
            requests: 3,
            upgraded: 1,
            oldest: Some(16),
            silent: vec!["a3f1".into(), "99c2".into()],
            wait: Duration::from_secs(1),
            format: 2,
            lease: Some(Duration::from_secs(30)),
            error: Some("ü is 100%  wrong".into()),
            counts,
            probed: vec!["kube-probe:/health".into()],
            leaving: true,
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn no_text_of_a_node_turns_a_line_of_a_terminal_around() {
        let line = "\"shop\";boot=%\"a%e2%80%aeb\";kind=%\"a%e2%81%a6b\";seq=1;wait=1;error=%\"a%1b%e2%80%abb\"";
        let Report {
            id, kind, error, ..
        } = Report::read(line.as_bytes()).unwrap();
        assert_eq!(
            (id.boot.as_str(), kind.as_str(), error.as_deref()),
            ("a b", "a b", Some("a  b"))
        );
    }

    #[test]
    fn what_is_no_report_is_refused_and_why() {
        for (line, reason) in [
            ("shop;seq=1", "the name of the node is not a String"),
            (
                "\"\";boot=\"b\";kind=tower;seq=1;wait=1",
                "the name of the node has not between 1 and 1000 characters",
            ),
            ("\"shop\";kind=tower;seq=1;wait=1", "boot is missing"),
            ("\"shop\";boot=\"b\";kind=tower;wait=1", "seq is missing"),
            (
                "\"shop\";boot=\"b\";kind=tower;seq=-1;wait=1",
                "seq is not a whole number",
            ),
            (
                "\"shop\";boot=1;kind=tower;seq=1;wait=1",
                "boot is not a text",
            ),
            (
                "\"shop\";boot=\"b\";kind=tower;seq=1;wait=1;leaving=1",
                "leaving is not a Boolean",
            ),
        ] {
            let error = Report::read(line.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), reason, "{line}");
        }
        for line in ["", "\"a", "\"a\", \"b\"", "\"a\";;", "\u{fc}"] {
            assert!(Report::read(line.as_bytes()).is_err(), "{line}");
        }
    }
}
