use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::own::PassPages;
use crate::refusal::Signs;
use crate::state::{PassDigest, State, Timestamp};

/// The longest time for which a browser keeps a pass, in seconds.
const LONGEST_KEPT: u64 = 12 * 60 * 60;

/// The passes that have not ended, and the page that takes them.
#[derive(Clone, Debug)]
pub(crate) struct Passes {
    /// In the order of the digests, each with the seconds for which a browser keeps the pass.
    known: Vec<(PassDigest, u32)>,
    pub(crate) pages: PassPages,
}

impl Passes {
    /// `None` where no pass is left, or the allowlist is disabled.
    pub(crate) fn new(state: &State, now: Timestamp) -> Option<Box<Self>> {
        if !state.allowlist.has_pass_at(now) {
            return None;
        }
        let mut known = Vec::new();
        for pass in &state.allowlist.passes {
            let left = pass
                .until
                .map_or(LONGEST_KEPT, |until| until.seconds_since(now));
            let kept = u32::try_from(left.min(LONGEST_KEPT)).unwrap_or_default();
            if kept > 0 {
                let place = known
                    .binary_search_by(|(digest, _): &(PassDigest, _)| digest.cmp(&pass.sha256));
                known.insert(place.unwrap_or_else(|place| place), (pass.sha256, kept));
            }
        }
        let pages = PassPages::render(&state.notice, state.maintenance);
        Some(Box::new(Self { known, pages }))
    }

    /// Whether the request presents one of them.
    // Apart, since few requests are asked for a pass.
    #[inline(never)]
    pub(crate) fn admit(&self, signs: &Signs<'_>) -> bool {
        signs.pass().is_some_and(|pass| self.kept(pass).is_some())
    }

    /// The seconds for which a browser keeps the pass, if it is one of these.
    // The order in which digests are compared tells nothing about a pass.
    pub(crate) fn kept(&self, pass: &[u8]) -> Option<u32> {
        let digest = PassDigest::of(pass);
        let place = self.known.binary_search_by(|(known, _)| known.cmp(&digest));
        Some(self.known.get(place.ok()?)?.1)
    }
}
