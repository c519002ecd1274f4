use super::function::{Hot, Run};
use crate::layer::{BARE, OURS, contenders};

/// What the requests cost by themselves is in all of them, as `bare` tells.
pub(super) const ALL: [Hot; 8] = [
    Hot {
        name: "layer/bare",
        start: || start("open/plain", BARE),
    },
    Hot {
        name: "layer/bare-browser",
        start: || start("open/browser", BARE),
    },
    Hot {
        name: "layer/bare-known",
        start: || start("allowlisted/plain", BARE),
    },
    Hot {
        name: "layer/open",
        start: || start("open/plain", OURS),
    },
    Hot {
        name: "layer/open-browser",
        start: || start("open/browser", OURS),
    },
    Hot {
        name: "layer/allowlisted-1000",
        start: || start("allowlisted/plain", OURS),
    },
    Hot {
        name: "layer/refused",
        start: || start("refused/plain", OURS),
    },
    Hot {
        name: "layer/refused-browser",
        start: || start("refused/browser", OURS),
    },
];

fn start(case: &str, name: &str) -> Run {
    let mut all = contenders().into_iter();
    let contender = all.find(|contender| contender.case == case && contender.name == name);
    contender.unwrap().start()
}
