use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::request::{Headers, presented};
use crate::state::{Pass, PassDigest, Timestamp};

/// The digests of the passes that have not ended, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Passes(Box<[PassDigest]>);

impl Passes {
    /// `None` where no pass is left.
    pub(crate) fn new(passes: &[Pass], now: Timestamp) -> Option<Self> {
        let left = passes.iter().filter(|pass| !pass.has_ended(now));
        let mut digests = Vec::new();
        for pass in left {
            let place = digests.binary_search(&pass.sha256);
            digests.insert(place.unwrap_or_else(|place| place), pass.sha256);
        }
        (!digests.is_empty()).then(|| Self(digests.into()))
    }

    /// Whether the request presents one of them.
    // Apart, since few requests are asked for a pass.
    #[inline(never)]
    pub(crate) fn admit<H: Headers + ?Sized>(&self, headers: &H) -> bool {
        // The order in which digests are compared tells nothing about a pass.
        let is_known = |pass: &[u8]| self.0.binary_search(&PassDigest::of(pass)).is_ok();
        presented(headers).is_some_and(is_known)
    }
}
