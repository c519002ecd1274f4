use crate::store::{EtcdFault, StoreError};

/// The failure of something that is tried again and again, of which the log has the beginning.
#[derive(Debug, Default)]
pub(super) struct Failing(Option<Option<EtcdFault>>);

impl Failing {
    /// Takes a failure; tells whether it is the first one of this kind.
    pub(super) fn begins(&mut self, error: &StoreError) -> bool {
        let fault = EtcdFault::of(error).cloned();
        self.0.replace(fault.clone()) != Some(fault)
    }

    /// It has succeeded; tells whether it had failed before.
    pub(super) fn ends(&mut self) -> bool {
        self.0.take().is_some()
    }
}
