use intermission_wasm_abi::{Body, Headers, Trailers};

use super::*;
use crate::vm::Vm;

/// A VM with a root context of number 1 that has a state in force.
fn configured_vm(host: &Fake, mode: &str) -> Vm<Fake> {
    let vm = Vm::default();
    let config = Config::parse(CONFIG.as_bytes(), |_| None).unwrap();
    vm.configure(host.clone(), config, 1);
    let root = vm.root(1).unwrap();
    root.borrow_mut().tick();
    answer(host, &mut root.borrow_mut(), 200, document(3, mode));
    vm
}

#[test]
fn a_request_of_an_unknown_context_is_refused() {
    let host = Fake::new();
    let vm = configured_vm(&host, "off");
    see(&host, "/", "198.51.100.7:1");
    let refused = |context| {
        let answered = host.own.borrow().answered.len();
        let headers = vm.request_headers(&host, context, false);
        assert_eq!(headers, Headers::StopAllAndWatermark, "{context}");
        assert_eq!(vm.request_body(context, 9, true), Body::StopAndDrop);
        assert_eq!(vm.request_trailers(context), Trailers::Stop);
        let own = host.own.borrow();
        assert_eq!(own.answered.len(), answered + 1, "{context}");
        assert_eq!(own.answered[answered].1.0, 503);
    };
    refused(7);
    vm.create(8, 2);
    refused(8);
    vm.create(9, 1);
    refused(10);
    vm.create(11, 1);
    assert_eq!(vm.request_headers(&host, 11, true), Headers::Continue);
    vm.response_headers(12);
    assert!(host.own.borrow().set.is_empty());
}

#[test]
fn a_context_that_was_only_made_to_be_logged_leaves_nothing_behind() {
    let host = Fake::new();
    let vm = configured_vm(&host, "off");
    for context in 100..200 {
        vm.create(context, 1);
    }
    assert_eq!(vm.requests(), 0);
    vm.create(7, 1);
    vm.request_headers(&host, 7, true);
    assert_eq!(vm.requests(), 1);
    assert!(!vm.delete(7));
    assert_eq!(vm.requests(), 0);
    assert!(vm.delete(1));
    assert!(vm.root(1).is_none());
}

#[test]
fn what_runs_is_counted_by_its_revision_whatever_the_order_of_its_end() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    root.tick();
    for revision in 3..6 {
        tell(&host, &mut root, revision, "off");
        for one in 0..100 {
            let context = u32::try_from(revision * 1000).unwrap() + one;
            admit(&host, &mut root, context, "/", "198.51.100.7:1");
        }
    }
    tell(&host, &mut root, 6, "all");
    let plugin = root.plugin();
    for one in 0..100 {
        plugin.forget(5000 + one);
        plugin.forget(3000 + one);
    }
    hold(&host, &mut root);
    assert_eq!(reported(&host, "running").unwrap(), "100");
    assert_eq!(reported(&host, "oldest").unwrap(), "4");
}
