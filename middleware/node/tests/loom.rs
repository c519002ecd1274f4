//! A model of the counting: every order in which the threads can run, and all that each may see of the
//! others' writes.
#![cfg(test)]

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

use intermission_core::Lasting;
use loom::model::Builder;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use loom::sync::Arc;

use self::epoch::{Entry, Epoch, Latest, Place};
use self::shards::Counted;

/// Loom's, in the place of the standard library's.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicU64, Ordering, fence};

    /// With a fence of its own: loom takes `SeqCst` for no more than `AcqRel`, but for fences.
    pub(crate) fn add_then_fence(count: &AtomicU64) {
        count.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }
}

/// Memory that is not used again, as loom's is of one run only.
mod pool {
    use crate::shards::Shards;

    pub(crate) fn take() -> &'static Shards {
        Box::leak(Box::new(Shards::new(2)))
    }

    pub(crate) fn give_back(_: &'static Shards) {}
}

/// Where the modelled files look for each other.
mod current {
    pub(crate) use crate::{pool, shards, sync};
}

#[allow(dead_code, unreachable_pub, reason = "the model needs a part of it")]
#[path = "../src/current/epoch.rs"]
mod epoch;

#[allow(dead_code, unreachable_pub, reason = "the model needs a part of it")]
#[path = "../src/current/shards.rs"]
mod shards;

/// A handle whose state is swapped once, from the first epoch's to the second's.
struct Handle {
    epochs: [Epoch; 2],
    /// Which epoch's state is in force.
    current: AtomicUsize,
    latest: Latest,
    /// Whether the node has reported that the last request of the first epoch has ended. Every thread sees it at once, as
    /// control sees a report.
    drained: AtomicBool,
}

impl Handle {
    fn new() -> Self {
        Self {
            epochs: [Epoch::new(), Epoch::new()],
            current: AtomicUsize::new(0),
            latest: Latest::new(0),
            drained: AtomicBool::new(false),
        }
    }

    /// The number of the epoch whose state is in force.
    fn in_force(&self) -> usize {
        self.current.load(Ordering::Acquire)
    }

    /// As a layer does it.
    fn enter(&self, thread: usize) -> (usize, Counted) {
        let entry = self.latest.enter(|_| {
            let number = self.in_force();
            let place = Place {
                number: number as u64,
                shard: self.epochs[number].shard(thread),
                lasting: Lasting::Open,
            };
            Entry::Admitted((place, number))
        });
        let Entry::<_, Infallible>::Admitted((counted, number)) = entry;
        (number, counted)
    }

    /// As it must not be done.
    fn look_then_count(&self, thread: usize) -> (usize, Counted) {
        loop {
            let number = self.in_force();
            if self.latest.is(number as u64) {
                let counted = self.epochs[number].shard(thread).count(Lasting::Open);
                return (number, counted);
            }
        }
    }

    fn run(&self, (number, counted): (usize, Counted)) {
        if number == 0 {
            let drained = || self.drained.load(Ordering::SeqCst);
            assert!(!drained(), "began after the drain");
            thread::yield_now();
            assert!(!drained(), "ran on after the drain");
        }
        drop(counted);
    }

    fn swap(&self) {
        self.current.store(1, Ordering::Release);
        self.latest.announce(1);
    }

    fn tell(&self) {
        if self.epochs[0].has_ended() {
            self.drained.store(true, Ordering::SeqCst);
        }
    }
}

type Admit = fn(&Handle, usize) -> (usize, Counted);

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
    explore(&complete(), 1, Handle::enter, swap_then_read);
}

#[test]
fn no_request_slips_between_while_another_runs() {
    let mut bounded = complete();
    // Without a bound this takes minutes, and finds no more.
    bounded.preemption_bound = Some(2);
    explore(&bounded, 2, Handle::enter, swap_then_read);
}

#[test]
#[should_panic(expected = "after the drain")]
fn looking_before_counting_lets_one_slip() {
    explore(&complete(), 1, Handle::look_then_count, swap_then_read);
}

#[test]
#[should_panic(expected = "after the drain")]
fn reading_before_swapping_lets_one_slip() {
    explore(&complete(), 1, Handle::enter, |handle| {
        handle.tell();
        handle.swap();
    });
}
