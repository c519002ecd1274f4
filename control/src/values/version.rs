/// The version of a store: how many batches it has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u64);

impl Version {
    /// The version that the next batch makes.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}
