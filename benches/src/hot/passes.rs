use std::hint::black_box;

use intermission_core::{Kind, Mode, Pass, PassDigest, Reason, ServiceName, State, Verdict};

use super::core::decide;
use super::function::{Hot, Run, repeated};
use crate::{PAGE, Request};

/// A request with a pass costs a digest more than one without, whether the pass is known or not.
pub(super) const ALL: [Hot; 4] = [
    Hot {
        name: "pass/digest",
        start: digest,
    },
    Hot {
        name: "decide/refused-no-pass",
        start: || {
            let request = Request::navigation(PAGE);
            decide(with_passes(), request, |verdict| {
                verdict == Verdict::Refuse(Kind::Page)
            })
        },
    },
    Hot {
        name: "decide/refused-pass",
        start: || {
            decide(with_passes(), presented(STRANGE), |verdict| {
                verdict == Verdict::Refuse(Kind::Page)
            })
        },
    },
    Hot {
        name: "decide/pass",
        start: || {
            decide(with_passes(), presented(KNOWN), |verdict| {
                verdict == Verdict::Admit(Reason::Pass)
            })
        },
    },
];

const KNOWN: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
const STRANGE: &str = "imp_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

/// A state in maintenance with 100 passes.
fn with_passes() -> State {
    let mut state = State::initial(ServiceName::unknown(), Mode::All);
    state.allowlist.enabled = true;
    let others = (0..99).map(|number: u32| PassDigest::of(&number.to_be_bytes()));
    let all = others.chain([PassDigest::of(KNOWN.as_bytes())]);
    state.allowlist.passes = all.map(|digest| Pass::new(digest, None)).collect();
    state
}

fn presented(pass: &'static str) -> Request {
    Request::navigation(PAGE).with("intermission-pass", pass)
}

fn digest() -> Run {
    let known = PassDigest::of(KNOWN.as_bytes());
    repeated(move || {
        assert_eq!(PassDigest::of(black_box(KNOWN.as_bytes())), known);
    })
}
