use core::fmt::{self, Write};
use core::time::Duration;

use crate::poll::counts::Counts;
use crate::poll::running::Running;
use crate::state::State;

/// The header that a node sends with each poll (RFC 9651, section 3.3: an item with parameters).
///
/// Its `Display` is the value of the header [`NAME`](Self::NAME). `docs/state.md` defines the
/// parameters.
#[derive(Clone, Copy, Debug)]
pub struct Report<'r> {
    /// The name of the node, which several processes may share.
    pub name: &'r str,
    /// A random number that the process has drawn when it started to poll.
    pub boot: u64,
    /// The number of the poll since the boot, by which control recognises polls that arrive late.
    pub seq: u64,
    /// The kind of the node: `tower` or `envoy`.
    pub kind: &'r str,
    /// The tag of the state in force in every thread that reports, [bare](crate::StateTag::bare); `None` before the first
    /// answer.
    pub applied: Option<&'r str>,
    /// The running requests that the state in force would refuse.
    pub running: Running,
    /// The numbers of requests by rule, since the state in force came into force.
    pub counts: Counts,
    /// The names of threads that have reported before and are silent, separated by spaces. Their state is unknown.
    pub silent: &'r str,
    /// The longest time between two polls without a failure.
    pub wait: Duration,
    /// The time without an answer after which the node closes.
    pub lease: Option<Duration>,
    /// The reason why the last document is not in force.
    pub error: Option<&'r str>,
    /// The paths that health checks seem to use and that maintenance would refuse, as `AGENT:PATH` separated by spaces;
    /// `AGENT` is the first product of the client's `User-Agent`.
    pub probed: &'r str,
    /// Whether the node leaves, and this is its last poll.
    pub leaving: bool,
}

impl Report<'_> {
    /// The name of the header.
    pub const NAME: &'static str = "intermission-node";
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Running {
            requests,
            upgraded,
            oldest,
        } = self.running;
        string(f, self.name)?;
        write!(f, ";boot=\"{:016x}\";seq={};kind=", self.boot, self.seq)?;
        f.write_str(self.kind)?;
        if let Some(applied) = self.applied {
            f.write_str(";applied=")?;
            string(f, applied)?;
        }
        write!(f, ";running={requests}")?;
        if let Some(oldest) = oldest {
            write!(f, ";oldest={oldest}")?;
        }
        if upgraded > 0 {
            write!(f, ";upgraded={upgraded}")?;
        }
        if !self.silent.is_empty() {
            f.write_str(";silent=")?;
            string(f, self.silent)?;
        }
        write!(f, ";wait={}", seconds(self.wait))?;
        write!(f, ";format={}", State::FORMAT)?;
        if let Some(lease) = self.lease {
            write!(f, ";lease={}", seconds(lease))?;
        }
        if let Some(error) = self.error {
            f.write_str(";error=")?;
            display_string(f, error)?;
        }
        for (rule, count) in self.counts.iter() {
            // An Integer has at most 15 digits (RFC 9651, section 3.3.1).
            write!(f, ";{rule}={}", count.min(999_999_999_999_999))?;
        }
        if !self.probed.is_empty() {
            f.write_str(";probed=")?;
            string(f, self.probed)?;
        }
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

/// A String (RFC 9651, section 4.1.6), with `?` for each character that a String cannot have.
fn string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for char in text.chars() {
        match char {
            '"' | '\\' => write!(f, "\\{char}")?,
            ' '..='~' => f.write_char(char)?,
            _ => f.write_char('?')?,
        }
    }
    f.write_char('"')
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

    const REPORT: Report<'static> = Report {
        name: "shop-1",
        boot: 0xb3,
        seq: 812,
        kind: "tower",
        applied: None,
        running: Running {
            requests: 0,
            upgraded: 0,
            oldest: None,
        },
        counts: Counts::NONE,
        silent: "",
        wait: Duration::from_secs(10),
        lease: None,
        error: None,
        probed: "",
        leaving: false,
    };

    #[test]
    fn empty_values_are_left_out() {
        assert_eq!(
            REPORT.to_string(),
            "\"shop-1\";boot=\"00000000000000b3\";seq=812;kind=tower;running=0;wait=10;format=2"
        );
    }

    #[test]
    fn a_full_report_is_one_structured_item() {
        let mut counts = Counts::default();
        counts.add("refused", 12);
        counts.add("out-of-scope", u64::MAX);
        counts.add("no-rule", 1);
        let report = Report {
            applied: Some("01J9/17/9c2f"),
            running: Running {
                requests: 3,
                upgraded: 1,
                oldest: Some(16),
            },
            counts,
            silent: "a3f1 99c2",
            wait: Duration::from_millis(9_001),
            lease: Some(Duration::from_secs(30)),
            error: Some("/notice/title: \"ü\" is 100% wrong\n"),
            probed: "kube-probe:/health",
            leaving: true,
            ..REPORT
        };
        assert_eq!(
            report.to_string(),
            "\"shop-1\";boot=\"00000000000000b3\";seq=812;kind=tower;applied=\"01J9/17/9c2f\";running=3;oldest=16;\
             upgraded=1;silent=\"a3f1 99c2\";wait=10;format=2;lease=30;\
             error=%\"/notice/title: %22%c3%bc%22 is 100%25 wrong%0a\";\
             refused=12;out-of-scope=999999999999999;probed=\"kube-probe:/health\";leaving"
        );
    }

    #[test]
    fn no_name_breaks_out_of_its_quotes() {
        let report = Report {
            name: "a\"; kind=envoy\\\r\nX: ü",
            ..REPORT
        };
        let text = report.to_string();
        assert!(
            text.starts_with("\"a\\\"; kind=envoy\\\\??X: ?\";boot="),
            "{text}"
        );
    }
}
