//! Very many nodes that poll: how soon the last of them knows, and what it costs to hold them.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use intermission_testkit::http::Connection;
use intermission_testkit::{LONG, within};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::setup::Control;

/// What a node of the crowd does when a poll is answered: the revision it has then, and when.
type Heard = mpsc::UnboundedSender<(u64, Instant)>;

/// A node that does nothing but poll.
async fn node(
    control: Arc<Control>,
    number: usize,
    heard: Heard,
    door: Arc<Semaphore>,
) -> io::Result<()> {
    let mut turn = door.acquire_owned().await.ok();
    let mut connection = Connection::open(control.address).await?;
    let token = format!("Bearer {}", control.token);
    let mut etag = String::new();
    for seq in 1_u64.. {
        let mut report = format!(r#""node-{number}";boot="b";seq={seq};kind=tower;wait=60"#);
        let mut headers = vec![("authorization", &*token)];
        if !etag.is_empty() {
            report += &format!(";applied={etag}");
            headers.extend([("if-none-match", &*etag), ("prefer", "wait=60")]);
        }
        headers.push(("intermission-node", &report));
        let path = "/v1/services/shop/state";
        connection.send("GET", path, &headers, "").await?;
        let Some(answer) = connection.answer(b"GET").await? else {
            return Ok(());
        };
        drop(turn.take());
        if let Some(tag) = answer.header("etag") {
            etag = String::from_utf8_lossy(tag).into_owned();
        }
        if answer.status == 200 {
            let revision = etag.split('/').nth(1).and_then(|text| text.parse().ok());
            let _ = heard.send((revision.unwrap_or_default(), Instant::now()));
        }
    }
    Ok(())
}

/// A control and the nodes that poll it.
struct Crowd {
    control: Arc<Control>,
    heard: mpsc::UnboundedReceiver<(u64, Instant)>,
    size: usize,
}

impl Crowd {
    /// Starts so many nodes, and waits until each has the first revision.
    async fn gather(size: usize) -> Self {
        let mut control = Control::start().await;
        let token =
            format!("token create crowd --role node --max-members {size} --max-polls {size}");
        control.token = control.done(&token).await.trim().to_owned();
        let control = Arc::new(control);
        let (send, heard) = mpsc::unbounded_channel();
        // They come one after the other, so that what is measured later is not how many came at once.
        let door = Arc::new(Semaphore::new(50));
        for number in 0..size {
            let (control, door) = (Arc::clone(&control), Arc::clone(&door));
            tokio::spawn(node(control, number, send.clone(), door));
        }
        let mut crowd = Self {
            control,
            heard,
            size,
        };
        crowd.until_all_have(1).await;
        crowd
    }

    /// When the last has heard of `revision`.
    async fn until_all_have(&mut self, revision: u64) -> Instant {
        let all = async {
            let (mut known, mut last) = (0, Instant::now());
            while known < self.size {
                let (heard, at) = self.heard.recv().await.unwrap();
                if heard == revision {
                    known += 1;
                    last = last.max(at);
                }
            }
            last
        };
        timeout(LONG * 2, all).await.unwrap()
    }

    /// Waits until all are held.
    async fn until_all_are_held(&self) {
        let held = format!("\nintermission_control_polls_held {}\n", self.size);
        within(LONG * 2, "all are held", async || {
            self.control.metrics().await.contains(&held)
        })
        .await;
    }
}

pub(crate) fn number(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |number| number.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_reaches_every_node_of_a_crowd() {
    let mut crowd = Crowd::gather(number("CROWD_POLLERS", 200)).await;
    let mut times = Vec::new();
    for round in 0..number("CROWD_ROUNDS", 4) {
        crowd.until_all_are_held().await;
        let switch = if round % 2 == 0 { "enter" } else { "exit" };
        let begun = Instant::now();
        let command = crowd.control.begin(&format!("{switch} shop"));
        let revision = 2 + u64::try_from(round).unwrap();
        let last = crowd.until_all_have(revision).await;
        times.push(last.duration_since(begun));
        assert!(command.wait_with_output().await.unwrap().status.success());
    }
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!(
        "from the command to the last of {} pollers, {} times: least {:?}, median {:?}, 90 % {:?}, most {:?}",
        crowd.size,
        times.len(),
        at(0),
        at(50),
        at(90),
        at(100)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_is_held_costs_little() {
    const MOST: u64 = 20 << 10;
    let few = Crowd::gather(1).await.control.memory();
    let crowd = Crowd::gather(number("CROWD_PARKED", 1000)).await;
    crowd.until_all_are_held().await;
    let all = crowd.control.memory();
    let each = all.saturating_sub(few) / u64::try_from(crowd.size).unwrap();
    println!(
        "{} polls held: {all} bytes resident instead of {few}, {each} for each",
        crowd.size
    );
    assert!(each < MOST, "{each} bytes for each poll");
}
