//! How long a verdict lasts: a later state that surely still admits a request does admit it, and one that surely refuses all
//! that was refused before does refuse it.
#![no_main]

use intermission_core::{Decision, Lasting, Reason, Verdict};
use intermission_fuzz::{Case, oracle};

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    intermission_fuzz::mutate(data, size, max_size, seed)
});

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let Some(case) = Case::read(text) else {
        return;
    };
    let (now, later, view) = (&case.now, &case.later, case.view());
    let Decision { verdict, lasting } = now.policy.decide(&view);
    let afterwards = later.policy.decide(&view).verdict;
    match verdict {
        Verdict::Admit(reason) => {
            assert!(
                reason != Reason::Open || lasting == Lasting::Open || !oracle::names_h2c(&case),
                "an upgraded connection is spared"
            );
            if later.state.still_admits(lasting, &now.state) {
                assert!(
                    matches!(afterwards, Verdict::Admit(_)),
                    "{verdict:?}, {lasting:?}, {afterwards:?}"
                );
            }
        }
        Verdict::Refuse(_) => {
            if later.state.refuses_all_of(&now.state) {
                assert!(
                    matches!(afterwards, Verdict::Refuse(_)),
                    "{verdict:?}, {afterwards:?}"
                );
            }
        }
    }
});
