/// The running requests that an earlier state admitted and the state in force would refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Running {
    /// The number of requests.
    pub requests: u64,
    /// The number of connections that such a request has upgraded to another protocol. They may be closed, because the node
    /// does not see their end.
    pub upgraded: u64,
    /// The lowest revision that has admitted one of them.
    pub oldest: Option<u64>,
}

impl Running {
    /// The sum of both.
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
