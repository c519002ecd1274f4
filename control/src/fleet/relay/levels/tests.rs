use super::*;

/// What was put, by the text of its number, as etcd has it.
type Put = BTreeMap<String, Vec<(MemberId, u64)>>;

/// A value of a member, and whether it is kept.
type Value = (MemberId, u64, bool);

fn id(number: u64) -> MemberId {
    MemberId::new(&format!("node-{number}"), number)
}

fn set(levels: &mut Levels<Value>, number: u64, value: u64, is_kept: bool) {
    levels.put(id(number), (id(number), value, is_kept));
}

/// Puts what there is to put, and gives how many values that was.
fn put(levels: &mut Levels<Value>, put: &mut Put, size: usize) -> usize {
    let parts = levels.next(|_| size, |(_, _, is_kept)| *is_kept);
    let mut count = 0;
    for (number, values) in parts {
        count += values.len();
        let values = values.into_iter().map(|(id, value, _)| (id, value));
        put.insert(number.to_string(), values.collect());
    }
    count
}

/// What a reader knows that takes the numbers from the last one to the first.
fn read(put: &Put) -> BTreeMap<MemberId, u64> {
    let values = put.values().rev().flatten();
    values.map(|(id, value)| (id.clone(), *value)).collect()
}

#[test]
fn a_reader_gets_the_last_value_of_each_member() {
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut levels, mut stored) = (Levels::default(), Put::new());
    let mut expected: BTreeMap<MemberId, (u64, bool)> = BTreeMap::new();
    for step in 0..2000 {
        let many = [1, 1, 20, 300][random.usize(..4)];
        for _ in 0..random.u64(..=many) {
            let (number, is_kept) = (random.u64(..1500), random.u8(..4) > 0);
            set(&mut levels, number, step, is_kept);
            expected.insert(id(number), (step, is_kept));
        }
        if random.u16(..400) == 0 {
            levels.put_again();
            // What was put may be gone.
            if random.bool() {
                stored.clear();
            }
        }
        put(&mut levels, &mut stored, [1, 4 << 10][random.usize(..2)]);
        let known = read(&stored);
        for (id, (value, is_kept)) in &expected {
            let found = known.get(id);
            let is_right = found == Some(value) || (found.is_none() && !is_kept);
            assert!(
                is_right,
                "seed {seed}, step {step}: {id:?} {found:?} {value}"
            );
        }
        let is_expected = known.keys().all(|id| expected.contains_key(id));
        assert!(is_expected, "seed {seed}, step {step}");
    }
}

#[test]
fn a_change_of_one_member_among_many_is_small_and_no_change_is_nothing() {
    let (mut levels, mut stored) = (Levels::default(), Put::new());
    for number in 0..12_000 {
        set(&mut levels, number, 0, true);
    }
    assert_eq!(put(&mut levels, &mut stored, 100), 12_000);
    assert_eq!(put(&mut levels, &mut stored, 100), 0);
    set(&mut levels, 7, 1, true);
    assert_eq!(put(&mut levels, &mut stored, 100), 1);
    assert_eq!(read(&stored).len(), 12_000);
}

#[test]
fn members_that_come_one_after_the_other_are_put_a_few_times_each() {
    const MEMBERS: usize = 4000;
    for together in [20, 200] {
        let (mut levels, mut stored, mut count) = (Levels::default(), Put::new(), 0);
        for number in 0..MEMBERS {
            set(&mut levels, number as u64, 0, true);
            if number % together == 0 {
                count += put(&mut levels, &mut stored, 100);
            }
        }
        // All of them in each put would be 10 times as many even where 200 come together.
        assert!(count < 8 * MEMBERS, "{together}: {count}");
    }
}

#[test]
fn no_part_is_larger_than_what_etcd_takes_and_no_empty_one_is_put_again() {
    let (mut levels, mut stored) = (Levels::default(), Put::new());
    for number in 0..1000 {
        set(&mut levels, number, 0, true);
    }
    put(&mut levels, &mut stored, 16 << 10);
    assert!(stored.len() > 60);
    assert!(stored.values().all(|part| part.len() <= 16));
    for number in 0..1000 {
        set(&mut levels, number, 1, number == 0);
    }
    put(&mut levels, &mut stored, 16 << 10);
    assert_eq!(read(&stored).len(), 1000);
    // So many others take the level of those that are not kept.
    for number in 1000..1300 {
        set(&mut levels, number, 2, true);
    }
    put(&mut levels, &mut stored, 16 << 10);
    assert_eq!(read(&stored).len(), 301);
    let parts = levels.next(|_| 1, |_| true);
    assert_eq!(parts, []);
}

#[test]
fn what_is_put_again_takes_the_place_of_all_that_was_put() {
    let (mut levels, mut stored) = (Levels::default(), Put::new());
    for number in 0..300 {
        set(&mut levels, number, 0, true);
        put(&mut levels, &mut stored, 1);
    }
    for is_lost in [false, true] {
        if is_lost {
            stored.clear();
        }
        levels.put_again();
        assert_eq!(put(&mut levels, &mut stored, 100), 300);
        assert_eq!(read(&stored).len(), 300);
        assert_eq!(stored.values().flatten().count(), 300);
    }
}
