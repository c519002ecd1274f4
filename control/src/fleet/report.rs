//! The report of a node (`docs/state.md`), as the header of its poll has it.

use std::fmt;
use std::time::Duration;

use intermission_core::{Counts, MemberId, Report, Running, is_unseen};
use sfv::{BareItem, Item, Parameters, Parser};

/// The longest time between two polls that a node may name: one that dies is lost after three times this.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);
/// The longest text that is kept of a node, in characters.
const LONGEST: usize = 1000;

/// Reads the one line of the header.
pub(crate) fn read(line: &[u8]) -> Result<Report, ReportError> {
    let item: Item = Parser::new(line)
        .parse()
        .map_err(|error| ReportError(error.to_string()))?;
    let BareItem::String(name) = &item.bare_item else {
        return Err(ReportError("the name of the node is not a String".into()));
    };
    let params = Params(&item.params);
    Ok(Report {
        id: MemberId {
            name: short(name.as_str(), "the name of the node")?,
            boot: params.text("boot")?.ok_or_else(|| missing("boot"))?,
        },
        kind: params.text("kind")?.ok_or_else(|| missing("kind"))?,
        seq: params.number("seq")?.ok_or_else(|| missing("seq"))?,
        applied: params.text("applied")?,
        running: Running {
            requests: params.number("running")?.unwrap_or_default(),
            upgraded: params.number("upgraded")?.unwrap_or_default(),
            oldest: params.number("oldest")?,
        },
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

/// The reason why a header cannot be read.
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
    use intermission_core::State;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    const LARGEST: u64 = 999_999_999_999_999;

    fn counts() -> impl Strategy<Value = Counts> {
        vec(0..=LARGEST, Counts::RULES).prop_map(|counts| {
            let mut all = Counts::default();
            for (rule, count) in Counts::rules().zip(counts) {
                all.add(rule, count);
            }
            all
        })
    }

    fn seconds(most: u64) -> impl Strategy<Value = Duration> {
        (1..=most).prop_map(Duration::from_secs)
    }

    prop_compose! {
        fn reports()(
            (name, boot, kind) in ("[ -~]{1,40}", "[ -~]{1,20}", "[a-z*][a-z0-9:/.-]{0,9}"),
            numbers in [0..=LARGEST, 0..=LARGEST, 0..=LARGEST, 0..=LARGEST],
            (applied, error) in (option::of("[ -~]{1,60}"), option::of("[ -~ä-ü日🦀]{1,60}")),
            (oldest, counts) in (option::of(0..=LARGEST), counts()),
            (silent, probed) in (vec("[!-~]{1,9}", 0..4), vec("[!-~]{1,9}", 0..4)),
            (wait, lease) in (seconds(300), option::of(seconds(LARGEST))),
            leaving: bool,
        ) -> Report {
            let [seq, requests, upgraded, format] = numbers;
            Report {
                id: MemberId { name, boot },
                seq, kind, applied,
                running: Running { requests, upgraded, oldest },
                counts, silent, wait, format, lease, error, probed, leaving,
            }
        }
    }

    proptest! {
        #[test]
        fn each_report_is_read_as_it_was_written(report in reports()) {
            prop_assert_eq!(read(report.to_string().as_bytes()), Ok(report));
        }

        #[test]
        fn whatever_a_node_writes_is_read(name in ".{1,40}", error in ".{1,60}", wait: u32) {
            let report = Report {
                error: Some(error),
                wait: Duration::from_millis(wait.into()),
                ..Report::new(MemberId::new(&name, 0xb3), "tower")
            };
            prop_assert!(read(report.to_string().as_bytes()).is_ok());
        }
    }

    #[test]
    fn times_are_whole_seconds_and_texts_are_fit_for_a_terminal() {
        let written = Report {
            wait: Duration::from_millis(500),
            error: Some("ü is 100%\n\u{1b}wrong".into()),
            ..Report::new(MemberId::new("a \"shop\"", 0xb3), "envoy")
        };
        let read = read(written.to_string().as_bytes()).unwrap();
        assert_eq!(
            (&read.id.name, &read.id.boot),
            (&"a \"shop\"".into(), &"00000000000000b3".into())
        );
        assert_eq!(
            (read.wait, read.format),
            (Duration::from_secs(1), State::FORMAT)
        );
        assert_eq!(read.error.as_deref(), Some("ü is 100%  wrong"));
    }

    #[test]
    fn no_text_of_a_node_turns_a_line_of_a_terminal_around() {
        let line = "\"shop\";boot=%\"a%e2%80%aeb\";kind=%\"a%e2%81%a6b\";seq=1;wait=1;error=%\"a%1b%e2%80%abb\"";
        let Report {
            id, kind, error, ..
        } = read(line.as_bytes()).unwrap();
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
            let error = read(line.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), reason, "{line}");
        }
        for line in ["", "\"a", "\"a\", \"b\"", "\"a\";;", "\u{fc}"] {
            assert!(read(line.as_bytes()).is_err(), "{line}");
        }
    }
}
