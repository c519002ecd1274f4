//! Policies that requests are tried with.

use std::sync::LazyLock;

use intermission_core::{Policy, State};
use intermission_corpus::{Corpus, now};

/// Every policy of the corpus, once.
pub(crate) static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let mut states: Vec<State> = Vec::new();
    for vector in Corpus::load().unwrap().vectors {
        if !states.contains(&vector.state) {
            states.push(vector.state);
        }
    }
    let policies = states.iter().map(|state| Policy::compile(state, now()));
    policies.collect()
});

fn policy(document: &str) -> Policy {
    let state = State::parse(document.as_bytes()).unwrap();
    Policy::compile(&state, now())
}

pub(crate) static CLOSED: LazyLock<Policy> = LazyLock::new(|| {
    policy(r#"{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all" }"#)
});

pub(crate) static SHOP_PATH: LazyLock<Policy> = LazyLock::new(|| {
    policy(
        r#"{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all",
             "exempt": { "paths": [] }, "scope": { "paths": ["/shop/cart"] } }"#,
    )
});
