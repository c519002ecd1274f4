//! The answer to a refused request: every header is one line of ASCII, and nothing is missing.
#![no_main]

use intermission_core::{Kind, Verdict};
use intermission_fuzz::Case;

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    intermission_fuzz::mutate(data, size, max_size, seed)
});

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let Some(case) = Case::read(text) else {
        return;
    };
    let (view, policy) = (case.view(), &case.now.policy);
    let kinds = match policy.decide(&view).verdict {
        Verdict::Refuse(kind) => vec![kind],
        Verdict::Admit(_) => vec![Kind::Page, Kind::Api, Kind::Grpc],
    };
    for kind in kinds {
        let reply = policy.reply(kind, &view, 3);
        assert!(matches!(reply.status(), 200 | 204 | 503));
        assert!(view.method != b"HEAD" || reply.body().is_empty());
        let headers: Vec<_> = reply.headers().collect();
        for (name, value) in &headers {
            assert!(
                value.iter().all(|byte| matches!(byte, b' '..=b'~')),
                "{name}: {}",
                value.escape_ascii()
            );
            assert_eq!(
                headers.iter().filter(|(known, _)| known == name).count(),
                1,
                "{name}"
            );
        }
        for name in ["retry-after", "cache-control", "intermission", "vary"] {
            assert!(headers.iter().any(|(known, _)| *known == name), "{name}");
        }
        let wait = policy
            .retry_after()
            .nth(reply.retry_index())
            .expect("a time to wait");
        assert!(
            str::from_utf8(wait).is_ok_and(|wait| wait.parse::<u32>().is_ok_and(|wait| wait > 0))
        );
    }
});
