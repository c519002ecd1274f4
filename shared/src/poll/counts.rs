use crate::refusal::Kind;
use crate::rules::{Reason, Verdict};

/// The numbers of requests by the rule that decided about them. A node counts no requests while the service is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; Self::VERDICTS.len()]);

impl Counts {
    /// The number of rules that are counted.
    pub const RULES: usize = Self::VERDICTS.len();

    /// One verdict of each rule that is counted.
    const VERDICTS: [Verdict; 8] = [
        Verdict::Refuse(Kind::Page),
        Verdict::Admit(Reason::OutOfScope),
        Verdict::Admit(Reason::ReadOnly),
        Verdict::Admit(Reason::Exempt),
        Verdict::Admit(Reason::Probe),
        Verdict::Admit(Reason::Allowlisted),
        Verdict::Admit(Reason::Pass),
        Verdict::Admit(Reason::Application),
    ];

    /// The name of each rule that is counted, as [`Verdict::rule`] gives it.
    pub fn rules() -> impl Iterator<Item = &'static str> {
        Self::VERDICTS.into_iter().map(Verdict::rule)
    }

    /// The index in [`rules`](Self::rules) of the rule of this verdict; `None` if the rule is not counted.
    #[must_use]
    pub fn place(verdict: Verdict) -> Option<usize> {
        Self::VERDICTS.iter().position(|known| match verdict {
            Verdict::Refuse(_) => matches!(known, Verdict::Refuse(_)),
            Verdict::Admit(_) => *known == verdict,
        })
    }

    /// Adds `count` requests to the rule of this name, if the rule is counted.
    pub fn add(&mut self, rule: &str, count: u64) {
        let known = Self::rules().zip(&mut self.0);
        for (_, total) in known.filter(|(known, _)| *known == rule) {
            *total = total.saturating_add(count);
        }
    }

    /// Each rule with requests, and their number.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let all = Self::rules().zip(self.0);
        all.filter(|(_, count)| *count > 0)
    }

    /// The sum of both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (rule, count) in other.iter() {
            self.add(rule, count);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_an_index() {
        for (index, verdict) in Counts::VERDICTS.into_iter().enumerate() {
            assert_eq!(Counts::place(verdict), Some(index));
            assert_eq!(Counts::rules().nth(index), Some(verdict.rule()));
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
}
