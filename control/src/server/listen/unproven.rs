use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The connections that have shown no valid token.
///
/// When there is one too many, the oldest one of the peer that has the most is closed: a peer with few connections
/// keeps them while another opens very many, and what proves itself soon is never the oldest.
#[derive(Debug)]
pub(crate) struct Unproven {
    most: usize,
    queues: Mutex<Queues>,
    evicted: AtomicU64,
    /// The places of connections that have shown one.
    proven: Arc<Semaphore>,
}

/// Who connects: an address, or the /64 that an IPv6 host has for itself.
type Peer = Option<IpAddr>;

/// The unproven connections of each peer, by their numbers, and the peers in order of how many they have.
#[derive(Debug, Default)]
struct Queues {
    next: u64,
    count: usize,
    peers: HashMap<Peer, BTreeMap<u64, Arc<Notify>>>,
    ranks: BTreeSet<Rank>,
}

/// How many connections a peer has; of those with as many, the one with the oldest is the greatest.
type Rank = (usize, Reverse<u64>, Peer);

/// The place of one connection, until this is dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    number: u64,
    peer: Peer,
    evicted: Arc<Notify>,
    /// The place that it has since it has shown a valid token.
    proof: OnceLock<OwnedSemaphorePermit>,
    unproven: Arc<Unproven>,
}

impl Unproven {
    /// At most `most` of them, beside `proven` connections that have shown a valid token.
    pub(crate) fn new(most: usize, proven: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            queues: Mutex::default(),
            evicted: AtomicU64::new(0),
            proven: Arc::new(Semaphore::new(proven)),
        })
    }

    /// Takes a new connection, at the cost of another where there are too many.
    pub(crate) fn admit(self: &Arc<Self>, peer: Option<IpAddr>) -> Ticket {
        let peer = peer.map(network);
        let evicted = Arc::new(Notify::new());
        let mut queues = self.lock();
        let number = queues.push(peer, Arc::clone(&evicted));
        if queues.count > self.most
            && let Some(other) = queues.pop()
        {
            other.notify_one();
            self.evicted.fetch_add(1, Ordering::Relaxed);
        }
        drop(queues);
        Ticket {
            number,
            peer,
            evicted,
            proof: OnceLock::new(),
            unproven: Arc::clone(self),
        }
    }

    /// How many there are now.
    pub(crate) fn count(&self) -> usize {
        self.lock().count
    }

    /// How many were closed to make place for others.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// Ends when the connection has to make place for another.
    pub(crate) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// Notes that the connection has shown a valid token. It stays among the others if there is no place for it.
    pub(crate) fn prove(&self) {
        if self.proof.get().is_some() {
            return;
        }
        let Ok(place) = Arc::clone(&self.unproven.proven).try_acquire_owned() else {
            return;
        };
        // One that was evicted is closing, and one of two requests at once is enough.
        if self.unproven.lock().remove(self.peer, self.number) {
            let _ = self.proof.set(place);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.proof.get().is_none() {
            self.unproven.lock().remove(self.peer, self.number);
        }
    }
}

impl Queues {
    fn push(&mut self, peer: Peer, evicted: Arc<Notify>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.count += 1;
        self.change(peer, |queue| queue.insert(number, evicted));
        number
    }

    fn remove(&mut self, peer: Peer, number: u64) -> bool {
        let removed = self.change(peer, |queue| queue.remove(&number)).is_some();
        self.count -= usize::from(removed);
        removed
    }

    /// Takes out the oldest of the peer that has the most.
    fn pop(&mut self) -> Option<Arc<Notify>> {
        let &(_, Reverse(oldest), peer) = self.ranks.last()?;
        let popped = self.change(peer, |queue| queue.remove(&oldest));
        self.count -= usize::from(popped.is_some());
        popped
    }

    fn change<T>(
        &mut self,
        peer: Peer,
        change: impl FnOnce(&mut BTreeMap<u64, Arc<Notify>>) -> T,
    ) -> T {
        let queue = self.peers.entry(peer).or_default();
        if let Some(rank) = rank(peer, queue) {
            self.ranks.remove(&rank);
        }
        let changed = change(queue);
        match rank(peer, queue) {
            Some(rank) => {
                self.ranks.insert(rank);
            }
            None => {
                self.peers.remove(&peer);
            }
        }
        changed
    }
}

fn rank(peer: Peer, queue: &BTreeMap<u64, Arc<Notify>>) -> Option<Rank> {
    let (oldest, _) = queue.first_key_value()?;
    Some((queue.len(), Reverse(*oldest), peer))
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() >> 64 << 64).into(),
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    fn admit(unproven: &Arc<Unproven>, peer: &str) -> Ticket {
        unproven.admit(Some(peer.parse().unwrap()))
    }

    fn is_evicted(ticket: &Ticket) -> bool {
        let evicted = pin!(ticket.evicted());
        let mut context = Context::from_waker(Waker::noop());
        evicted.poll(&mut context).is_ready()
    }

    #[test]
    fn the_oldest_connection_of_the_peer_with_the_most_gives_way() {
        let unproven = Unproven::new(4, 9);
        let quiet = admit(&unproven, "192.0.2.1");
        let many: Vec<_> = (0..3).map(|_| admit(&unproven, "192.0.2.2")).collect();
        assert!(!is_evicted(&quiet) && !many.iter().any(is_evicted));
        let newest = admit(&unproven, "192.0.2.3");
        assert_eq!(
            many.iter().map(is_evicted).collect::<Vec<_>>(),
            [true, false, false]
        );
        // Of peers with as many, the oldest connection.
        let again = admit(&unproven, "192.0.2.3");
        assert_eq!(
            many.iter().map(is_evicted).collect::<Vec<_>>(),
            [false, true, false],
            "each was closed once"
        );
        assert!(![&quiet, &newest, &again].map(is_evicted).contains(&true));
        assert_eq!((unproven.count(), unproven.evicted()), (4, 2));
    }

    #[test]
    fn a_connection_with_a_valid_token_never_gives_way() {
        let unproven = Unproven::new(2, 2);
        let nodes: Vec<_> = (0..2).map(|_| admit(&unproven, "192.0.2.1")).collect();
        for node in &nodes {
            node.prove();
            node.prove();
        }
        assert_eq!(unproven.count(), 0);
        let others: Vec<_> = (0..5).map(|_| admit(&unproven, "192.0.2.1")).collect();
        assert!(!nodes.iter().any(is_evicted));
        assert_eq!(others.iter().filter(|other| is_evicted(other)).count(), 3);
        drop((nodes, others));
        assert_eq!(unproven.count(), 0);
        assert_eq!(unproven.proven.available_permits(), 2);
    }

    #[test]
    fn a_connection_without_a_place_among_the_proven_stays_as_it_is() {
        let unproven = Unproven::new(1, 1);
        let first = admit(&unproven, "192.0.2.1");
        first.prove();
        let second = admit(&unproven, "192.0.2.1");
        second.prove();
        assert_eq!(unproven.count(), 1);
        drop(first);
        second.prove();
        assert_eq!(unproven.count(), 0);
    }

    #[test]
    fn a_connection_that_must_close_proves_nothing_any_more() {
        let unproven = Unproven::new(1, 1);
        let old = admit(&unproven, "192.0.2.1");
        let new = admit(&unproven, "192.0.2.2");
        old.prove();
        assert_eq!(unproven.proven.available_permits(), 1);
        assert!(is_evicted(&old) && !is_evicted(&new));
        drop(old);
        assert_eq!(unproven.count(), 1);
    }

    #[test]
    fn an_ipv6_peer_is_a_network_and_ipv4_is_one_address_however_it_is_written() {
        for (one, other, same) in [
            ("2001:db8::1", "2001:db8::ffff:1:2:3", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
        ] {
            let [one, other] = [one, other].map(|text| network(text.parse().unwrap()));
            assert_eq!(one == other, same, "{one} {other}");
        }
    }

    #[test]
    fn the_order_of_peers_holds_under_any_order_of_events() {
        let seed = fastrand::u64(..);
        let mut random = fastrand::Rng::with_seed(seed);
        let unproven = Unproven::new(20, 10);
        let mut tickets = Vec::new();
        for _ in 0..5000 {
            match random.u8(..4) {
                0 if !tickets.is_empty() => {
                    drop(tickets.swap_remove(random.usize(..tickets.len())))
                }
                1 if !tickets.is_empty() => {
                    let ticket: &Ticket = &tickets[random.usize(..tickets.len())];
                    ticket.prove();
                }
                _ => tickets.push(admit(&unproven, &format!("192.0.2.{}", random.u8(..9)))),
            }
            let queues = unproven.lock();
            let ranks: BTreeSet<_> = queues
                .peers
                .iter()
                .filter_map(|(peer, queue)| rank(*peer, queue))
                .collect();
            let count = queues.peers.values().map(BTreeMap::len).sum();
            assert_eq!(
                (queues.count, &queues.ranks),
                (count, &ranks),
                "seed {seed}"
            );
            assert!(count <= 20 && !queues.peers.values().any(BTreeMap::is_empty));
        }
    }
}
