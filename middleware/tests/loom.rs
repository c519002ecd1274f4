//! A model of the counting: every order in which the threads can run, and all that each may see of the
//! others' writes.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test does not expect ends it"
)]

use std::sync::atomic::AtomicBool;

use intermission::Reason;
use loom::model::Builder;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use self::epoch::{Counted, Epoch, Latest};
use self::sync::Arc;

/// Loom's, in the place of the standard library's.
mod sync {
    pub(crate) use loom::sync::Arc;
    pub(crate) use loom::sync::atomic::{AtomicU64, Ordering, fence};
}

#[allow(dead_code, reason = "the model needs a part of it")]
#[path = "../src/epoch.rs"]
mod epoch;

/// A handle whose state is swapped once, from the first epoch's to the second's.
struct Handle {
    epochs: [Epoch; 2],
    /// Which epoch's state is in force.
    current: AtomicUsize,
    latest: Latest,
    /// Whether somebody was told that the last request of the first epoch has ended. Seen by all at
    /// once, as what one is told is.
    drained: AtomicBool,
}

impl Handle {
    fn new() -> Self {
        let first = Epoch::new(0, 2);
        let second = first.next();
        Self {
            epochs: [first, second],
            current: AtomicUsize::new(0),
            latest: Latest::new(),
            drained: AtomicBool::new(false),
        }
    }

    fn in_force(&self) -> &Epoch {
        &self.epochs[self.current.load(Ordering::Acquire)]
    }

    fn is_old(&self, epoch: &Epoch) -> bool {
        std::ptr::eq(epoch, &self.epochs[0])
    }

    /// As a layer does it.
    fn count_then_look(&self, thread: usize) -> (&Epoch, Counted) {
        loop {
            let epoch = self.in_force();
            let counted = epoch.count(thread, Reason::Open).unwrap();
            if self.latest.is(epoch) {
                return (epoch, counted);
            }
        }
    }

    /// As it must not be done.
    fn look_then_count(&self, thread: usize) -> (&Epoch, Counted) {
        loop {
            let epoch = self.in_force();
            if self.latest.is(epoch) {
                return (epoch, epoch.count(thread, Reason::Open).unwrap());
            }
        }
    }

    fn run(&self, (epoch, counted): (&Epoch, Counted)) {
        if self.is_old(epoch) {
            let drained = || self.drained.load(Ordering::SeqCst);
            assert!(!drained(), "began after the drain");
            thread::yield_now();
            assert!(!drained(), "ran on after the drain");
        }
        drop(counted);
    }

    fn swap(&self) {
        self.current.store(1, Ordering::Release);
        self.latest.announce(&self.epochs[1]);
    }

    fn tell(&self) {
        if self.epochs[0].has_ended() {
            self.drained.store(true, Ordering::SeqCst);
        }
    }
}

type Admit = for<'h> fn(&'h Handle, usize) -> (&'h Epoch, Counted);

/// Runs `requests` while the state is swapped.
fn explore(builder: &Builder, requests: usize, admit: Admit, swap: fn(&Handle)) {
    builder.check(move || {
        let handle = Arc::new(Handle::new());
        let requests: Vec<_> = (0..requests)
            .map(|number| {
                let handle = Arc::clone(&handle);
                thread::spawn(move || handle.run(admit(&handle, number)))
            })
            .collect();
        swap(&handle);
        for request in requests {
            request.join().unwrap();
        }
        assert!(handle.epochs.iter().all(Epoch::has_ended));
    });
}

fn swap_then_read(handle: &Handle) {
    handle.swap();
    handle.tell();
}

/// Explores everything.
fn complete() -> Builder {
    Builder::new()
}

#[test]
fn no_request_of_the_old_state_slips_between() {
    explore(&complete(), 1, Handle::count_then_look, swap_then_read);
}

#[test]
fn no_request_slips_between_while_another_runs() {
    let mut bounded = complete();
    // Without a bound this takes minutes, and finds no more.
    bounded.preemption_bound = Some(2);
    explore(&bounded, 2, Handle::count_then_look, swap_then_read);
}

#[test]
#[should_panic(expected = "after the drain")]
fn looking_before_counting_lets_one_slip() {
    explore(&complete(), 1, Handle::look_then_count, swap_then_read);
}

#[test]
#[should_panic(expected = "after the drain")]
fn reading_before_swapping_lets_one_slip() {
    explore(&complete(), 1, Handle::count_then_look, |handle| {
        handle.tell();
        handle.swap();
    });
}
