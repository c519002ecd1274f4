use std::time::Duration;

use fastrand::Rng;

/// What happens in one world, and what never does. With few kinds of faults and deeds their rare combinations come
/// together in some worlds.
#[derive(Debug)]
pub(super) struct Habits {
    /// A bit for each kind of fault.
    pub(super) faults: u32,
    /// A bit for each deed of the operator.
    pub(super) deeds: u32,
    /// One message in so many is lost, and one in so many is late.
    pub(super) lost: u32,
    pub(super) delayed: u32,
    /// How long faults are made, and operators do as they please.
    pub(super) wild: Duration,
    /// Whether a wait at the end has to end well.
    pub(super) ends_well: bool,
    /// One poll in so many goes to another replica.
    pub(super) moves: u32,
    /// A bit for each kind of fault of a replica.
    pub(super) outages: u32,
    /// How late replicas are with what others say, at most, in milliseconds.
    pub(super) lag: u64,
    /// So many batches are kept for those that follow the store.
    pub(super) kept: usize,
}

impl Habits {
    pub(super) fn draw(random: &mut Rng) -> Self {
        let mut some = || match random.u32(0..4) {
            0 => u32::MAX,
            1 => random.u32(..) & random.u32(..),
            _ => random.u32(..),
        };
        Self {
            faults: some(),
            deeds: some(),
            lost: random.u32(5..100),
            delayed: random.u32(3..50),
            wild: Duration::from_millis(random.u64(4000..16_000)),
            ends_well: random.u32(0..8) == 0,
            moves: 0,
            outages: 0,
            lag: 0,
            kept: usize::MAX,
        }
    }

    /// The habits of a world with several replicas.
    pub(super) fn draw_replicas(random: &mut Rng) -> Self {
        let habits = Self::draw(random);
        Self {
            moves: random.u32(1..20),
            outages: match random.u32(0..3) {
                0 => u32::MAX,
                _ => random.u32(..),
            },
            lag: [20, 160, 1000][random.usize(0..3)],
            kept: [2, usize::MAX, usize::MAX][random.usize(0..3)],
            ..habits
        }
    }
}
