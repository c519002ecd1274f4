use std::collections::BTreeMap;
use std::mem;

use crate::wire::node::MemberId;

/// Values of members, in levels of growing size. A change is put in the first level that has room for it and for all that the
/// levels before it have, which are emptied. So a value is put again a few times in all, however many others change.
///
/// A level is put in numbered parts. An earlier level has later values, and lower numbers.
#[derive(Debug)]
pub(super) struct Levels<V> {
    entries: BTreeMap<MemberId, Entry<V>>,
    /// How many parts each level has been put in that are not empty.
    parts: [u64; LEVELS],
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    /// The level that has this value; none where it has not been put yet.
    level: Option<usize>,
    /// The last level that has a value of the member, perhaps an earlier one.
    last: usize,
}

const LEVELS: usize = 7;
/// How many values the first level has room for, and how many times as many each next one. The last one has room for all.
const FIRST: usize = 16;
const FACTOR: usize = 4;
/// How many numbers a level has. All numbers have as many digits, so that they are in the same order as texts.
const NUMBERS: u64 = 10_000;
/// The size from which a part is followed by another one: a change of etcd has 1.5 MiB at most.
const LARGE: usize = 256 << 10;

impl<V> Default for Levels<V> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            parts: [0; LEVELS],
        }
    }
}

impl<V: Clone> Levels<V> {
    pub(super) fn get(&self, id: &MemberId) -> Option<&V> {
        self.entries.get(id).map(|entry| &entry.value)
    }

    /// Has a value be put.
    pub(super) fn put(&mut self, id: MemberId, value: V) {
        let last = self.entries.get(&id).map_or(0, |entry| entry.last);
        let entry = Entry {
            value,
            level: None,
            last,
        };
        self.entries.insert(id, entry);
    }

    /// Has the values be put that `change` has changed.
    pub(super) fn change(&mut self, mut change: impl FnMut(&MemberId, &mut V) -> bool) {
        for (id, entry) in &mut self.entries {
            if change(id, &mut entry.value) {
                entry.level = None;
            }
        }
    }

    /// Has all values be put again. What was put of them is replaced by what is put next.
    pub(super) fn put_again(&mut self) {
        for entry in self.entries.values_mut() {
            entry.level = None;
        }
    }

    /// The parts to put, by number. A value that is not `kept` is put once, because a reader keeps the earlier one of the member
    /// until it reads another, and then as long as the earlier one may be read.
    pub(super) fn next(
        &mut self,
        size: impl Fn(&V) -> usize,
        is_kept: impl Fn(&V) -> bool,
    ) -> Vec<(u64, Vec<V>)> {
        let Some(level) = self.level_to_put() else {
            let is_empty = self.entries.is_empty();
            let kept = |_, parts| if is_empty { 0 } else { parts };
            return self.emptied(kept).collect();
        };
        let is_put = |entry: &Entry<V>| entry.level.is_none_or(|of| of <= level);
        let is_news = |entry: &Entry<V>| entry.level.is_none();
        self.entries.retain(|_, entry| {
            !is_put(entry) || is_news(entry) || entry.last > level || is_kept(&entry.value)
        });
        let (mut parts, mut bytes, mut last): (Vec<Vec<V>>, _, _) = (Vec::new(), 0, level);
        for entry in self.entries.values_mut() {
            last = last.max(entry.last);
            if !is_put(entry) {
                continue;
            }
            entry.level = Some(level);
            entry.last = entry.last.max(level);
            bytes += size(&entry.value);
            match parts.last_mut() {
                Some(part) if bytes <= LARGE => part.push(entry.value.clone()),
                _ => {
                    parts.push(vec![entry.value.clone()]);
                    bytes = size(&entry.value);
                }
            }
        }
        let count = parts.len() as u64;
        let put: Vec<_> = (number(level)..).zip(parts).collect();
        let emptied = self.emptied(|of, parts| match of {
            of if of == level => parts.min(count),
            of if (level..=last).contains(&of) => parts,
            _ => 0,
        });
        let all = put.into_iter().chain(emptied).collect();
        if let Some(parts) = self.parts.get_mut(level) {
            *parts = count;
        }
        all
    }

    /// The level to put what has changed in; none where nothing has.
    fn level_to_put(&self) -> Option<usize> {
        let mut counts = [0; LEVELS];
        let mut together = 0;
        for entry in self.entries.values() {
            match entry.level.and_then(|level| counts.get_mut(level)) {
                Some(count) => *count += 1,
                None => together += 1,
            }
        }
        if together == 0 {
            return None;
        }
        let mut room = FIRST;
        for (level, count) in counts.into_iter().enumerate() {
            together += count;
            if together <= room {
                return Some(level);
            }
            room *= FACTOR;
        }
        Some(LEVELS - 1)
    }

    /// The parts to empty where each level keeps so many of its parts.
    fn emptied(&mut self, kept: impl Fn(usize, u64) -> u64) -> impl Iterator<Item = (u64, Vec<V>)> {
        let levels = self.parts.iter_mut().enumerate();
        levels.flat_map(move |(level, parts)| {
            let first = kept(level, *parts);
            let emptied = first..mem::replace(parts, first);
            emptied.map(move |part| (number(level) + part, Vec::new()))
        })
    }
}

/// The number of the first part of a level.
fn number(level: usize) -> u64 {
    NUMBERS * (level as u64 + 1)
}

#[cfg(test)]
mod tests;
