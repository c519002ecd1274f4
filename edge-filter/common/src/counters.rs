use intermission_core::{Kind, Reason, Verdict};

/// The counters of decisions, each with its verdict, in the order of [`counter_of`].
pub const COUNTERS: [(&str, Verdict); 9] = [
    (
        "intermission_requests_out_of_scope_total",
        Verdict::Admit(Reason::OutOfScope),
    ),
    (
        "intermission_requests_read_only_total",
        Verdict::Admit(Reason::ReadOnly),
    ),
    (
        "intermission_requests_exempt_total",
        Verdict::Admit(Reason::Exempt),
    ),
    (
        "intermission_requests_probe_total",
        Verdict::Admit(Reason::Probe),
    ),
    (
        "intermission_requests_allowlisted_total",
        Verdict::Admit(Reason::Allowlisted),
    ),
    (
        "intermission_requests_pass_total",
        Verdict::Admit(Reason::Pass),
    ),
    (
        "intermission_requests_refused_page_total",
        Verdict::Refuse(Kind::Page),
    ),
    (
        "intermission_requests_refused_api_total",
        Verdict::Refuse(Kind::Api),
    ),
    (
        "intermission_requests_refused_grpc_total",
        Verdict::Refuse(Kind::Grpc),
    ),
];

/// The place of the counter of a verdict. While the service is open nothing is counted, and no filter asks an application.
#[must_use]
pub fn counter_of(verdict: Verdict) -> Option<usize> {
    Some(match verdict {
        Verdict::Admit(Reason::Open | Reason::Application) => return None,
        Verdict::Admit(Reason::OutOfScope) => 0,
        Verdict::Admit(Reason::ReadOnly) => 1,
        Verdict::Admit(Reason::Exempt) => 2,
        Verdict::Admit(Reason::Probe) => 3,
        Verdict::Admit(Reason::Allowlisted) => 4,
        Verdict::Admit(Reason::Pass) => 5,
        Verdict::Refuse(Kind::Page) => 6,
        Verdict::Refuse(Kind::Api) => 7,
        Verdict::Refuse(Kind::Grpc) => 8,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_has_its_own_counter() {
        for (expected, (_, verdict)) in COUNTERS.into_iter().enumerate() {
            assert_eq!(counter_of(verdict), Some(expected));
        }
    }
}
