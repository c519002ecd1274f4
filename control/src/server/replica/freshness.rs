use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout};

use crate::store::EtcdFault;

/// The age of the last proof at which the store is away. Its members elect another leader within three seconds, and there is a
/// proof every second.
const AWAY: Duration = Duration::from_secs(4);
/// How long a request waits for a proof while the store is away. A node that knows several replicas gives each of them a part
/// of 2 s at its start, and needs the last proven state from one in that time.
const BRIEFLY: Duration = Duration::from_millis(100);

/// Up to which moment memory is proven to have all that was stored.
#[derive(Debug, Default)]
pub(crate) struct Freshness {
    asked: Notify,
    proven: watch::Sender<Option<Instant>>,
    /// What was wrong with the store at the last attempt.
    fault: watch::Sender<Option<EtcdFault>>,
}

impl Freshness {
    /// Waits until memory has all that was stored before this call, for at most `limit`, or briefly while the store is away;
    /// tells whether it has.
    pub(crate) async fn is_proven(&self, limit: Duration) -> bool {
        let since = Instant::now();
        let is_away = self.age().is_some_and(|age| age >= AWAY);
        let limit = if is_away { limit.min(BRIEFLY) } else { limit };
        let mut proven = self.proven.subscribe();
        self.asked.notify_one();
        let is_late_enough = |at: &Option<Instant>| at.is_some_and(|at| at >= since);
        let proven = timeout(limit, proven.wait_for(is_late_enough)).await;
        matches!(proven, Ok(Ok(_)))
    }

    /// Waits until a proof is asked for.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// Memory has all that was stored before `at`.
    pub(super) fn prove(&self, at: Instant) {
        self.fault.send_replace(None);
        self.proven.send_replace(Some(at));
    }

    /// There is no proof.
    pub(super) fn fail(&self, fault: Option<EtcdFault>) {
        self.fault.send_replace(fault);
    }

    /// What was wrong with the store at the last attempt to prove it; none where etcd did not answer.
    pub(crate) fn fault(&self) -> Option<EtcdFault> {
        self.fault.borrow().clone()
    }

    /// How old the last proof is; none where there was none yet.
    pub(crate) fn age(&self) -> Option<Duration> {
        let proven = *self.proven.borrow();
        proven.map(|at| at.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(4);

    #[tokio::test(start_paused = true)]
    async fn a_proof_that_was_asked_for_before_the_request_came_proves_nothing() {
        let freshness = Arc::new(Freshness::default());
        let asked_before = Instant::now();
        tokio::time::advance(Duration::from_millis(1)).await;
        let of_request = Arc::clone(&freshness);
        let request = tokio::spawn(async move { of_request.is_proven(LIMIT).await });
        freshness.asked().await;
        freshness.prove(asked_before);
        tokio::task::yield_now().await;
        assert!(!request.is_finished());
        freshness.prove(Instant::now());
        assert!(request.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_proof_a_request_learns_so_in_time() {
        let freshness = Freshness::default();
        let began = Instant::now();
        assert!(!freshness.is_proven(LIMIT).await);
        assert_eq!(began.elapsed(), LIMIT);
        assert_eq!(freshness.age(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn while_the_store_is_away_a_request_learns_so_at_once() {
        let freshness = Freshness::default();
        for proof in 0..2 {
            freshness.prove(Instant::now());
            // An election takes its time, and the last proof may have been made a second before.
            for (pause, waited) in [(3900, LIMIT), (1, BRIEFLY), (60_000, BRIEFLY)] {
                tokio::time::advance(Duration::from_millis(pause)).await;
                let began = Instant::now();
                assert!(!freshness.is_proven(LIMIT).await);
                assert_eq!(began.elapsed(), waited, "{proof} {pause}");
            }
        }
    }
}
