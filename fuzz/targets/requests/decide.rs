//! The decision, compared with the specification read one entry and one header after the other.
#![no_main]

use intermission_core::Verdict;
use intermission_fuzz::{Case, oracle};

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    intermission_fuzz::mutate(data, size, max_size, seed)
});

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let Some(case) = Case::read(text) else {
        return;
    };
    let (view, policy) = (case.view(), &case.now.policy);
    let verdict = policy.decide(&view).verdict;
    let kind = match verdict {
        Verdict::Refuse(kind) => Some(kind),
        Verdict::Admit(_) => None,
    };
    assert_eq!((verdict.rule(), kind), oracle::decide(&case));
});
