//! Deciding and answering allocate nothing.
#![cfg(test)]

use std::hint::black_box;

use intermission_core::{Policy, Verdict};
use intermission_corpus::{Corpus, now, view};

#[test]
fn deciding_and_answering_allocate_nothing() {
    let corpus = Corpus::load().unwrap();
    for vector in &corpus.vectors {
        let policy = Policy::compile(&vector.state, now());
        let peer = vector.request.peer().unwrap();
        let headers = vector.request.headers.as_slice();
        let allocations = allocation_counter::measure(|| {
            let client = vector.source.resolve(peer, headers);
            let view = view(&vector.request, client);
            if let Verdict::Refuse(kind) = policy.decide(&view).verdict {
                let reply = policy.reply(kind, &view, 3);
                for header in reply.headers() {
                    black_box(header);
                }
                black_box((reply.status(), reply.body()));
            }
        });
        assert_eq!(allocations.count_total, 0, "{}", vector.name);
    }
}

/// Otherwise the test above would prove nothing.
#[test]
fn an_allocation_is_counted() {
    let allocations = allocation_counter::measure(|| {
        black_box(Box::new(1));
    });
    assert_eq!(allocations.count_total, 1);
}
