use crate::rules::verdict::{Reason, Verdict};

/// What is decided about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Whether the request is admitted, and by which rule.
    pub verdict: Verdict,
    /// Which later states surely admit it, so that it may run on.
    pub lasting: Lasting,
}

impl Decision {
    /// The decision about a request that comes while the service is open, for a node that does not look at it: only open
    /// states surely admit it later.
    pub const UNJUDGED: Self = Self {
        verdict: Verdict::Admit(Reason::Open),
        lasting: Lasting::Open,
    };

    /// The decision about a request that all rules of the state refuse, and that the application admits.
    pub const BY_APPLICATION: Self = Self {
        verdict: Verdict::Admit(Reason::Application),
        lasting: Lasting::Application,
    };

    /// The decision about a request whose path was rewritten, from those about its two paths: neither path admits it alone.
    #[must_use]
    pub fn and(self, rewritten: Self) -> Self {
        let verdict = match self.verdict {
            Verdict::Admit(_) => rewritten.verdict,
            Verdict::Refuse(_) => self.verdict,
        };
        let lasting = if self.lasting == rewritten.lasting {
            self.lasting
        } else {
            Lasting::Open
        };
        Self { verdict, lasting }
    }
}

/// Which later states surely admit a request that runs. [`State::still_admits`] compares two states by it.
///
/// [`State::still_admits`]: crate::State::still_admits
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lasting {
    /// Open ones alone. So it is with a request that is refused.
    Open,
    /// Those with the same scope.
    OutOfScope,
    /// Those that refuse only writes, with the same paths on which requests only read, or more.
    ReadOnly,
    /// Those with the same exempt hosts and paths, or more.
    Exempt,
    /// Those that let the same probers ask for the same paths.
    Probe,
    /// Those with the same addresses on an enabled allowlist, or more.
    Allowlisted,
    /// Those with the same passes on an enabled allowlist, or more.
    Pass,
    /// Those with an enabled allowlist. The application answers for the request.
    Application,
}

impl Lasting {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::OutOfScope,
        Self::ReadOnly,
        Self::Exempt,
        Self::Probe,
        Self::Allowlisted,
        Self::Pass,
        Self::Application,
    ];
}

impl From<Reason> for Lasting {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Open => Self::Open,
            Reason::OutOfScope => Self::OutOfScope,
            Reason::ReadOnly => Self::ReadOnly,
            Reason::Exempt => Self::Exempt,
            Reason::Probe => Self::Probe,
            Reason::Allowlisted => Self::Allowlisted,
            Reason::Pass => Self::Pass,
            Reason::Application => Self::Application,
        }
    }
}
