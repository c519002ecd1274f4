use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until, timeout_at};

/// How long a try is alone. A proposal that a member forwards to a leader that has died is never answered, so that the next
/// try is what succeeds as soon as there is another leader.
const ALONE: Duration = Duration::from_millis(500);
/// For how long that is so. Afterwards the time doubles with each round, up to the longest.
const ELECTION: Duration = Duration::from_secs(3);
/// The longest time for which a try is alone.
const LONGEST_ALONE: Duration = Duration::from_secs(4);
/// The pause after a round in which all have failed.
const PAUSE: Duration = Duration::from_millis(50);

/// Begins one try after the other, in rounds of so many, until one succeeds. A try that is slow goes on beside the next ones.
///
/// # Errors
///
/// The last failure where none has succeeded within `limit`; none where all were silent.
pub(super) async fn first<T, E, F>(
    round: usize,
    limit: Duration,
    mut begin: impl FnMut() -> F,
) -> Result<T, Option<E>>
where
    F: Future<Output = Result<T, E>>,
{
    let began = Instant::now();
    let end = began + limit;
    let mut running = FuturesUnordered::new();
    let (mut last, mut alone) = (None, ALONE);
    for number in 1_usize.. {
        let attempt = begin();
        running.push(async move { (number, attempt.await) });
        let next = end.min(Instant::now() + alone);
        while let Ok(Some((ended, outcome))) = timeout_at(next, running.next()).await {
            match outcome {
                Ok(success) => return Ok(success),
                Err(failure) => last = Some(failure),
            }
            if ended == number {
                break;
            }
        }
        if number % round.max(1) == 0 {
            sleep_until(end.min(Instant::now() + PAUSE)).await;
            if began.elapsed() >= ELECTION {
                alone = (2 * alone).min(LONGEST_ALONE);
            }
        }
        if Instant::now() >= end {
            break;
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::sleep;

    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    /// When each try began, where the try of each number takes and ends so; what came of them, and when.
    async fn tried(
        limit: Duration,
        outcome: impl Fn(usize) -> (Option<Duration>, Result<&'static str, &'static str>),
    ) -> (Vec<u128>, Result<&'static str, Option<&'static str>>, u128) {
        let (began, mut tries) = (Instant::now(), Vec::new());
        let answer = first(3, limit, || {
            tries.push(began.elapsed().as_millis());
            let (takes, outcome) = outcome(tries.len());
            async move {
                match takes {
                    Some(takes) => sleep(takes).await,
                    None => pending().await,
                }
                outcome
            }
        });
        let answer = answer.await;
        (tries, answer, began.elapsed().as_millis())
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_is_slow_is_not_given_up_for_the_next_one() {
        let slow_first = |number| match number {
            1 => (Some(MS(1200)), Ok("slow")),
            _ => (None, Ok("never")),
        };
        let (tries, answer, took) = tried(MS(10_000), slow_first).await;
        assert_eq!(
            (tries, answer, took),
            (vec![0, 500, 1000], Ok("slow"), 1200)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn until_a_leader_can_be_elected_a_lost_try_is_followed_soon() {
        let lost_until = |number| match number {
            ..6 => (None, Ok("never")),
            _ => (Some(MS(1)), Ok("elected")),
        };
        let (tries, answer, _) = tried(MS(10_000), lost_until).await;
        assert_eq!(answer, Ok("elected"));
        assert_eq!(tries, [0, 500, 1000, 1550, 2050, 2550]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_is_followed_at_once_and_after_a_round_by_a_pause() {
        let (tries, answer, took) = tried(MS(120), |number| {
            (Some(MS(1)), Err(["a", "b", "c"][number % 3]))
        })
        .await;
        assert_eq!(tries, [0, 1, 2, 53, 54, 55, 106, 107, 108]);
        assert_eq!((answer, took), (Err(Some("a")), 120));
    }

    #[tokio::test(start_paused = true)]
    async fn where_all_are_silent_the_tries_become_rare_and_end_in_time() {
        let (tries, answer, took) = tried(MS(60_000), |_| (None, Ok("never"))).await;
        assert_eq!((answer, took), (Err(None), 60_000));
        assert!(tries.len() < 30, "{tries:?}");
    }
}
