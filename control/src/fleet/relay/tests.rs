use std::collections::BTreeSet;

use super::*;
use crate::fleet::member::Position;
use crate::fleet::testing::{member, report, running};

const SHOP: &str = "shop";

/// A replica that knows another one, and hears the member `a`, on which so many requests run.
fn fleet(requests: u64, now: Now) -> Fleet {
    let mut fleet = Fleet::default();
    fleet.peers_mut().name("own", "", now);
    let serving = BTreeSet::from(["own", "other"].map(str::to_owned));
    fleet.peers_mut().keep(&serving, Version(1), now);
    fleet.join(SHOP, member(heard(1, requests, now)), now);
    fleet
}

fn heard(seq: u64, requests: u64, now: Now) -> LastReport {
    let mut report = report("a");
    report.seq = seq;
    report.running = running(requests, (requests > 0).then_some(1));
    LastReport::new(report, Position::At(1), Version(1), now)
}

fn later(now: Now, time: Duration) -> Now {
    Now {
        instant: now.instant + time,
        ..now
    }
}

/// How many members are relayed that the replica hears, and how many that it hears no more.
fn relays(relay: &mut Relay, fleet: &Fleet, now: Now) -> (usize, usize) {
    let news = relay.next(fleet, now);
    let members = news.iter().flat_map(|(_, _, relayed)| &relayed.members);
    let is_heard = |member: &RelayedMember| {
        let by = member.heard("tower", "own", now).by;
        matches!(by, By::Peer { hears: true, .. })
    };
    let (heard, gone): (Vec<_>, Vec<_>) = members.partition(|member| is_heard(member));
    (heard.len(), gone.len())
}

#[test]
fn while_nothing_waits_the_end_of_all_requests_is_relayed_at_once_and_their_numbers_are_late() {
    let (now, mut relay) = (Now::read(), Relay::default());
    let mut fleet = fleet(3, now);
    assert_eq!(relays(&mut relay, &fleet, now), (1, 0));
    fleet.report(SHOP, heard(2, 5, now), "nodes");
    assert_eq!(relays(&mut relay, &fleet, now), (0, 0));
    fleet.report(SHOP, heard(3, 0, now), "nodes");
    assert_eq!(relays(&mut relay, &fleet, now), (1, 0));
    let now = later(now, NUMBERS / 2);
    fleet.report(SHOP, heard(4, 7, now), "nodes");
    assert_eq!(relays(&mut relay, &fleet, now), (0, 0));
    let now = later(now, NUMBERS / 2);
    fleet.report(SHOP, heard(5, 7, now), "nodes");
    assert_eq!(relays(&mut relay, &fleet, now), (1, 0));
}

#[test]
fn a_member_that_another_replica_hears_is_withdrawn_once() {
    for others in [0, 40] {
        let (now, mut relay) = (Now::read(), Relay::default());
        let mut fleet = fleet(0, now);
        for number in 0..others {
            let other = report(&format!("b{number}"));
            let heard = LastReport::new(other, Position::At(1), Version(1), now);
            fleet.join(SHOP, member(heard), now);
        }
        assert_eq!(relays(&mut relay, &fleet, now), (others + 1, 0));
        let elsewhere = LastReport {
            by: By::Peer {
                id: "other".to_owned(),
                hears: true,
            },
            ..heard(2, 0, now)
        };
        fleet.relayed(SHOP, elsewhere);
        assert_eq!(relays(&mut relay, &fleet, now), (0, 1));
        assert_eq!(relays(&mut relay, &fleet, now), (0, 0));
        fleet.report(SHOP, heard(3, 0, now), "nodes");
        assert_eq!(relays(&mut relay, &fleet, now), (1, 0));
    }
}

#[test]
fn a_member_that_a_replica_hears_no_more_is_silent_to_one_that_does_not_know_who_hears_it() {
    let (began, mut relay) = (Now::read(), Relay::default());
    let (mut replica, mut reader) = (fleet(0, began), fleet(0, began));
    reader.peers_mut().name("reader", "", began);
    let mut take = |replica: &Fleet, reader: &mut Fleet| {
        for (_, _, relayed) in relay.next(replica, began) {
            for member in relayed.members {
                reader.relayed(SHOP, member.heard("tower", "own", began));
            }
        }
    };
    replica.report(SHOP, heard(2, 0, began), "nodes");
    take(&replica, &mut reader);
    // The reader does not know this one, which dies.
    let elsewhere = LastReport {
        by: By::Peer {
            id: "third".to_owned(),
            hears: true,
        },
        ..heard(3, 0, began)
    };
    replica.relayed(SHOP, elsewhere);
    take(&replica, &mut reader);
    let now = later(began, Duration::from_secs(60));
    let heartbeat = replica.peers_mut().heartbeat(1, 1, now);
    reader.take_heartbeat("own", heartbeat, now);
    let member = reader.all(SHOP).next().unwrap();
    assert_eq!(member.silence(now.instant), Duration::from_secs(60));
}

#[test]
fn what_may_not_have_reached_the_others_is_relayed_again() {
    let (now, mut relay) = (Now::read(), Relay::default());
    let fleet = fleet(0, now);
    assert!(!relay.is_complete());
    assert_eq!(relays(&mut relay, &fleet, now), (1, 0));
    assert!(relay.is_complete());
    assert_eq!(relays(&mut relay, &fleet, now), (0, 0));
    relay.begin_anew();
    assert!(!relay.is_complete());
    assert_eq!(relays(&mut relay, &fleet, now), (1, 0));
}

#[test]
fn a_member_that_was_withdrawn_while_the_others_may_not_have_got_it_is_withdrawn_again() {
    for is_put in [false, true] {
        let (now, mut relay) = (Now::read(), Relay::default());
        let mut fleet = fleet(0, now);
        assert_eq!(relays(&mut relay, &fleet, now), (1, 0));
        let elsewhere = LastReport {
            by: By::Peer {
                id: "other".to_owned(),
                hears: true,
            },
            ..heard(2, 0, now)
        };
        fleet.relayed(SHOP, elsewhere);
        if is_put {
            assert_eq!(relays(&mut relay, &fleet, now), (0, 1));
        }
        relay.begin_anew();
        assert_eq!(relays(&mut relay, &fleet, now), (0, 1));
        assert_eq!(relays(&mut relay, &fleet, now), (0, 0));
    }
}
