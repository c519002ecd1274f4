use crate::refusal::Kind;

/// What is to become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It goes on to the service.
    Admit(Reason),
    /// It is answered with a notice.
    Refuse(Kind),
}

impl Verdict {
    /// Whether the response is for testers alone, so that nodes keep it out of caches.
    #[must_use]
    pub const fn is_for_testers(self) -> bool {
        matches!(
            self,
            Self::Admit(Reason::Allowlisted | Reason::Pass | Reason::Application)
        )
    }

    /// The name of the rule that decided, as metrics, logs and `explain` print it.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Admit(Reason::Open) => "open",
            Self::Admit(Reason::OutOfScope) => "out-of-scope",
            Self::Admit(Reason::ReadOnly) => "read-only",
            Self::Admit(Reason::Exempt) => "exempt",
            Self::Admit(Reason::Probe) => "probe",
            Self::Admit(Reason::Allowlisted) => "allowlisted",
            Self::Admit(Reason::Pass) => "pass",
            Self::Admit(Reason::Application) => "application",
            Self::Refuse(_) => "refused",
        }
    }
}

/// Why a request is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Maintenance is off.
    Open,
    /// Its host or path is not in maintenance.
    OutOfScope,
    /// Only writes are refused, and its method is safe, or its path is one on which requests only read.
    ReadOnly,
    /// Its host or its path stays open in maintenance.
    Exempt,
    /// A prober asks, which may for this path.
    Probe,
    /// Its client is on the allowlist.
    Allowlisted,
    /// The request has a pass.
    Pass,
    /// The application admits it, by a rule of its own. Only a node inside the application can ask it.
    Application,
}
