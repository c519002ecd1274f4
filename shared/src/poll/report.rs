use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::poll::counts::Counts;
use crate::poll::running::Running;
use crate::state::State;

/// The identity of one process of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MemberId {
    /// The name of the node, which several processes may share.
    pub name: String,
    /// The random number that the process has drawn when it started to poll, as text.
    pub boot: String,
}

impl MemberId {
    /// The identity of the process that has drawn this number.
    #[must_use]
    pub fn new(name: &str, boot: u64) -> Self {
        Self {
            name: name.into(),
            boot: format!("{boot:016x}"),
        }
    }
}

/// The header that a node sends with each poll (RFC 9651, section 3.3: an item with parameters).
///
/// Its `Display` is the value of the header [`NAME`](Self::NAME). `docs/state.md` defines the parameters. Control reads the
/// header into the same type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The process that polls.
    pub id: MemberId,
    /// The number of the poll since the boot, by which control recognises polls that arrive late.
    pub seq: u64,
    /// The kind of the node, a Token: `tower` or `envoy`.
    pub kind: String,
    /// The tag of the state in force in every thread that reports, [bare](crate::StateTag::bare); `None` before the first
    /// answer.
    pub applied: Option<String>,
    /// The running requests that the state in force would refuse.
    pub running: Running,
    /// The numbers of requests by rule, since the state in force came into force.
    pub counts: Counts,
    /// The names of threads that have reported before and are silent. Their state is unknown.
    pub silent: Vec<String>,
    /// The longest time between two polls without a failure, in the header rounded up to seconds.
    pub wait: Duration,
    /// The level of the format that the node reads.
    pub format: u64,
    /// The time without an answer after which the node closes, in the header rounded up to seconds.
    pub lease: Option<Duration>,
    /// The reason why the last document is not in force.
    pub error: Option<String>,
    /// The paths that health checks seem to use and that maintenance would refuse, as `AGENT:PATH`; `AGENT` is the first
    /// product of the client's `User-Agent`.
    pub probed: Vec<String>,
    /// Whether the node leaves, and this is its last poll.
    pub leaving: bool,
}

impl Report {
    /// The name of the header.
    pub const NAME: &'static str = "intermission-node";

    /// The first report of a process that has no state in force and no running requests.
    #[must_use]
    pub fn new(id: MemberId, kind: &str) -> Self {
        Self {
            id,
            seq: 1,
            kind: kind.into(),
            applied: None,
            running: Running::default(),
            counts: Counts::default(),
            silent: Vec::new(),
            wait: Duration::ZERO,
            format: State::FORMAT,
            lease: None,
            error: None,
            probed: Vec::new(),
            leaving: false,
        }
    }

    /// Whether the process leaves with this report: no request of it runs.
    #[must_use]
    pub fn leaves(&self) -> bool {
        self.leaving && self.running.requests == 0 && self.running.upgraded == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Running {
            requests,
            upgraded,
            oldest,
        } = self.running;
        string(f, &self.id.name)?;
        text(f, "boot", &self.id.boot)?;
        write!(f, ";seq={};kind={}", self.seq, self.kind)?;
        if let Some(applied) = &self.applied {
            text(f, "applied", applied)?;
        }
        write!(f, ";running={requests}")?;
        if let Some(oldest) = oldest {
            write!(f, ";oldest={oldest}")?;
        }
        if upgraded > 0 {
            write!(f, ";upgraded={upgraded}")?;
        }
        words(f, "silent", &self.silent)?;
        write!(f, ";wait={};format={}", seconds(self.wait), self.format)?;
        if let Some(lease) = self.lease {
            write!(f, ";lease={}", seconds(lease))?;
        }
        if let Some(error) = &self.error {
            f.write_str(";error=")?;
            display_string(f, error)?;
        }
        for (rule, count) in self.counts.iter() {
            // An Integer has at most 15 digits (RFC 9651, section 3.3.1).
            write!(f, ";{rule}={}", count.min(999_999_999_999_999))?;
        }
        words(f, "probed", &self.probed)?;
        if self.leaving {
            f.write_str(";leaving")?;
        }
        Ok(())
    }
}

/// The time in whole seconds, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// A parameter with words that are separated by spaces, unless there are none.
fn words(f: &mut fmt::Formatter<'_>, name: &str, words: &[String]) -> fmt::Result {
    let Some((first, others)) = words.split_first() else {
        return Ok(());
    };
    write!(f, ";{name}=\"")?;
    characters(f, first)?;
    for word in others {
        f.write_char(' ')?;
        characters(f, word)?;
    }
    f.write_char('"')
}

/// A parameter that is a String.
fn text(f: &mut fmt::Formatter<'_>, name: &str, text: &str) -> fmt::Result {
    write!(f, ";{name}=")?;
    string(f, text)
}

/// A String (RFC 9651, section 4.1.6).
fn string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    characters(f, text)?;
    f.write_char('"')
}

/// The characters of a String, with `?` for each one that a String cannot have.
fn characters(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for char in text.chars() {
        match char {
            '"' | '\\' => write!(f, "\\{char}")?,
            ' '..='~' => f.write_char(char)?,
            _ => f.write_char('?')?,
        }
    }
    Ok(())
}

/// A Display String (RFC 9651, section 4.1.11).
fn display_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("%\"")?;
    for byte in text.bytes() {
        match byte {
            b'%' | b'"' | ..=0x1f | 0x7f.. => write!(f, "%{byte:02x}")?,
            _ => f.write_char(char::from(byte))?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn report(name: &str) -> Report {
        Report {
            seq: 812,
            wait: Duration::from_secs(10),
            ..Report::new(MemberId::new(name, 0xb3), "tower")
        }
    }

    #[test]
    fn empty_values_are_left_out() {
        assert_eq!(
            report("shop-1").to_string(),
            "\"shop-1\";boot=\"00000000000000b3\";seq=812;kind=tower;running=0;wait=10;format=3"
        );
    }

    #[test]
    fn a_full_report_is_one_structured_item() {
        let mut counts = Counts::default();
        counts.add("refused", 12);
        counts.add("out-of-scope", u64::MAX);
        counts.add("no-rule", 1);
        let report = Report {
            applied: Some("01J9/17/9c2f".into()),
            running: Running {
                requests: 3,
                upgraded: 1,
                oldest: Some(16),
            },
            counts,
            silent: ["a3f1", "99c2"].map(Into::into).into(),
            wait: Duration::from_millis(9_001),
            lease: Some(Duration::from_secs(30)),
            error: Some("/notice/title: \"ü\" is 100% wrong\n".into()),
            probed: ["kube-probe:/health".into()].into(),
            leaving: true,
            ..report("shop-1")
        };
        assert_eq!(
            report.to_string(),
            "\"shop-1\";boot=\"00000000000000b3\";seq=812;kind=tower;applied=\"01J9/17/9c2f\";running=3;oldest=16;\
             upgraded=1;silent=\"a3f1 99c2\";wait=10;format=3;lease=30;\
             error=%\"/notice/title: %22%c3%bc%22 is 100%25 wrong%0a\";\
             refused=12;out-of-scope=999999999999999;probed=\"kube-probe:/health\";leaving"
        );
    }

    #[test]
    fn no_name_breaks_out_of_its_quotes() {
        let text = report("a\"; kind=envoy\\\r\nX: ü").to_string();
        assert!(
            text.starts_with("\"a\\\"; kind=envoy\\\\??X: ?\";boot="),
            "{text}"
        );
    }
}
