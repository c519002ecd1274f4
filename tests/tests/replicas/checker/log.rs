use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Deed, End, Operation};

/// What the clients of one service saw.
#[derive(Debug)]
pub(crate) struct Log {
    begun: Instant,
    operations: Mutex<Vec<Operation>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            operations: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Keeps an operation that ends now.
    pub(crate) fn keep(&self, deed: Deed, began: Duration, end: End) {
        let operation = Operation {
            deed,
            began,
            ended: self.now(),
            end,
        };
        let mut operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        operations.push(operation);
    }

    pub(crate) fn operations(&self) -> Vec<Operation> {
        let operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        operations.clone()
    }

    /// How many operations ended how.
    pub(crate) fn summary(&self) -> String {
        let mut counts = BTreeMap::<_, u32>::new();
        for operation in self.operations() {
            *counts.entry(operation.kind()).or_default() += 1;
        }
        let counts = counts.iter().map(|(kind, count)| format!("{count} {kind}"));
        counts.collect::<Vec<_>>().join(", ")
    }
}
