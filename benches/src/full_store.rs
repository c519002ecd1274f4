//! A store as it is after years, which is filled by requests alone.

use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use intermission_testkit::control::{Answer, Ask, Control, Home};
use serde_json::{Value, json};

use crate::process::made;

/// How large a store is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many services it has.
    pub services: usize,
    /// How many members, of each service alike.
    pub members: usize,
    /// How often all services change after they were added.
    pub rounds: usize,
    /// How often the first service changes beside.
    pub more: usize,
}

impl Size {
    /// How many revisions it has.
    #[must_use]
    pub fn revisions(&self) -> usize {
        self.services * (1 + self.rounds) + self.more
    }

    /// The newest revision of the first service.
    #[must_use]
    pub fn most_revisions(&self) -> usize {
        1 + self.rounds + self.more
    }
}

/// A data folder with a store in it, which no process has open.
#[derive(Debug)]
pub struct FullStore {
    /// Where it is.
    pub home: Home,
    /// The token of its members.
    pub token: String,
}

/// How many members come at a time.
const DOOR: usize = 8;

impl FullStore {
    /// Fills one, which takes a minute or two.
    pub fn fill(size: Size) -> Result<Self> {
        let home = home()?;
        let mut control = home.start();
        for service in 0..size.services {
            control.add(&name(service));
        }
        let token = control.token(&json!({
            "name": "nodes", "role": "node", "max_members": size.members, "max_polls": size.members,
        }));
        join(&control, &token, size)?;
        for round in 0..size.rounds {
            let action = if round % 2 == 0 { "enter" } else { "exit" };
            let change =
                json!({ "all": true, "action": action, "reason": format!("round {round}") });
            succeeded(&control.post("/v1/changes", &change))?;
        }
        for number in 0..size.more {
            change(&control, 0, number)?;
        }
        control.stop();
        Ok(Self { home, token })
    }
}

/// A home without a store, with the program as it is released.
pub fn home() -> Result<Home> {
    let by = "cargo build --release --package intermission-control";
    Ok(Home::with_program(made("release/intermission", by)?))
}

/// The name of a service.
#[must_use]
pub fn name(service: usize) -> String {
    format!("service-{service}")
}

/// Changes the state of a service.
pub fn change(control: &Control, service: usize, number: usize) -> Result<()> {
    let path = format!("/v1/services/{}/enter", name(service));
    let message = json!({ "message": format!("change {number}") });
    let changed = succeeded(&control.post(&path, &message))?;
    ensure!(changed["changed"] == true, "{changed}");
    Ok(())
}

/// Polls once as a member.
pub fn poll(control: &Control, token: &str, member: usize, seq: u64, size: Size) -> Result<()> {
    let path = format!("/v1/services/{}/state", name(member % size.services));
    let report = format!("\"node-{member}\";boot=\"b\";seq={seq};kind=tower;wait=60");
    let poll = Ask::new("GET", path).bearer(token);
    let answer = poll.header("intermission-node", report);
    succeeded(&answer.send(&control.address)?).map(|_| ())
}

fn join(control: &Control, token: &str, size: Size) -> Result<()> {
    std::thread::scope(|scope| {
        let door = |first: usize| {
            let mut members = (first..size.members).step_by(DOOR);
            move || members.try_for_each(|member| poll(control, token, member, 1, size))
        };
        let doors: Vec<_> = (0..DOOR).map(|first| scope.spawn(door(first))).collect();
        let mut ended = doors.into_iter().map(|door| door.join());
        ended.try_for_each(|ended| ended.map_err(|_| anyhow!("a thread has panicked"))?)
    })
}

fn succeeded(answer: &Answer) -> Result<Value> {
    let body = answer.json();
    ensure!(answer.status == 200, "{}: {body}", answer.status);
    Ok(body)
}

/// The median.
#[must_use]
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
