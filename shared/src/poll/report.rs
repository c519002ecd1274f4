//! What a node tells control of itself.

use core::fmt::{self, Write};
use core::time::Duration;

use crate::refusal::Kind;
use crate::rules::{Reason, Verdict};
use crate::state::State;

/// What a node says with each poll, in one header (RFC 9651, section 3.3: an item with parameters).
///
/// Its `Display` is the value of the header [`NAME`](Self::NAME). `docs/state.md` defines the
/// parameters.
#[derive(Clone, Copy, Debug)]
pub struct Report<'r> {
    /// The node's name; several processes may share one.
    pub name: &'r str,
    /// Drawn at random when the process began to poll: what it has in force begins anew with it.
    pub boot: u64,
    /// Counts the polls of the process, so that one that arrives late is known for it.
    pub seq: u64,
    /// What kind of node it is: `tower` or `envoy`.
    pub kind: &'r str,
    /// The entity tag of the state that is in force in every thread that speaks; `None` before the
    /// first answer.
    pub applied: Option<&'r str>,
    /// What still runs though the state in force would refuse it.
    pub running: Running,
    /// Requests by the rule that decided, since the state in force came into force.
    pub counts: Counts,
    /// Threads that were heard once and are silent, so that nothing is known of them, separated by
    /// spaces; each has a name of its own.
    pub silent: &'r str,
    /// The longest time between two polls while all is well.
    pub wait: Duration,
    /// After what time without an answer the node closes by itself.
    pub lease: Option<Duration>,
    /// Why the last document was not put in force.
    pub error: Option<&'r str>,
    /// Paths that health checks seem to ask for and that maintenance would refuse, as `AGENT:PATH` separated by
    /// spaces, where `AGENT` is the first product of the client's `User-Agent`.
    pub probed: &'r str,
    /// Whether the node goes, and this is its last poll.
    pub leaving: bool,
}

/// Requests that were admitted before the state in force, and that it would refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Running {
    /// How many there are.
    pub requests: u64,
    /// How many connections that such a request has turned into another protocol may be open; the
    /// node does not see their end.
    pub upgraded: u64,
    /// The lowest revision under which one of them was admitted.
    pub oldest: Option<u64>,
}

impl Running {
    /// Those here and there together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let oldest = match (self.oldest, other.oldest) {
            (Some(here), Some(there)) => Some(here.min(there)),
            (here, there) => here.or(there),
        };
        Self {
            requests: self.requests + other.requests,
            upgraded: self.upgraded + other.upgraded,
            oldest,
        }
    }
}

/// Requests by the rule that decided about them. A node counts none while the service is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; Self::VERDICTS.len()]);

impl Counts {
    /// How many rules are counted.
    pub const RULES: usize = Self::VERDICTS.len();

    /// One verdict of each rule that is counted.
    const VERDICTS: [Verdict; 6] = [
        Verdict::Refuse(Kind::Page),
        Verdict::Admit(Reason::OutOfScope),
        Verdict::Admit(Reason::ReadOnly),
        Verdict::Admit(Reason::Exempt),
        Verdict::Admit(Reason::Probe),
        Verdict::Admit(Reason::Allowlisted),
    ];

    /// The name of each rule that is counted, as [`Verdict::rule`] gives it.
    pub fn rules() -> impl Iterator<Item = &'static str> {
        Self::VERDICTS.into_iter().map(Verdict::rule)
    }

    /// The place among [`rules`](Self::rules) of the rule that has come to this verdict; `None` where it is not counted.
    #[must_use]
    pub fn place(verdict: Verdict) -> Option<usize> {
        Self::VERDICTS.iter().position(|known| match verdict {
            Verdict::Refuse(_) => matches!(known, Verdict::Refuse(_)),
            Verdict::Admit(_) => *known == verdict,
        })
    }

    /// Adds `count` requests that the rule of this name decided about; a rule that is not counted adds nothing.
    pub fn add(&mut self, rule: &str, count: u64) {
        let known = Self::rules().zip(&mut self.0);
        for (_, total) in known.filter(|(known, _)| *known == rule) {
            *total = total.saturating_add(count);
        }
    }

    /// Each rule that has decided about a request, with the number of its requests.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let all = Self::rules().zip(self.0);
        all.filter(|(_, count)| *count > 0)
    }

    /// These and the `other` counts together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (rule, count) in other.iter() {
            self.add(rule, count);
        }
        self
    }
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
            string(f, applied.trim_matches('"'))?;
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

/// Whole seconds, never too few.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// A String (RFC 9651, section 4.1.6), in which `?` stands for what a String cannot hold.
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
        counts: Counts([0; Counts::VERDICTS.len()]),
        silent: "",
        wait: Duration::from_secs(10),
        lease: None,
        error: None,
        probed: "",
        leaving: false,
    };

    #[test]
    fn what_there_is_nothing_to_say_of_is_left_out() {
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
            applied: Some("\"01J9/17/9c2f\""),
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
    fn each_rule_has_its_place() {
        for (place, verdict) in Counts::VERDICTS.into_iter().enumerate() {
            assert_eq!(Counts::place(verdict), Some(place));
            assert_eq!(Counts::rules().nth(place), Some(verdict.rule()));
        }
        assert_eq!(Counts::place(Verdict::Refuse(Kind::Grpc)), Some(0));
        assert_eq!(Counts::place(Verdict::Admit(Reason::Open)), None);
    }

    #[test]
    fn counts_add_up_by_rule() {
        let mut here = Counts::default();
        here.add("refused", 1);
        let mut there = here;
        there.add("exempt", 2);
        let all: alloc::vec::Vec<_> = here.and(&there).iter().collect();
        assert_eq!(all, [("refused", 2), ("exempt", 2)]);
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
