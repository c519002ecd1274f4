//! The answers of shop and greeter to clients that they serve or refuse.

use std::net::Ipv4Addr;

use anyhow::{Context, Result, ensure};

use crate::clients::{Greeting, HttpAnswer};

/// The address of the tester's requests, and of the stranger's.
pub(crate) const TESTER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
pub(crate) const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Whether the nodes serve or refuse a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Served,
    Refused,
}

/// The answers to both clients.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub(crate) tester: Answer,
    pub(crate) stranger: Answer,
}

pub(crate) const SERVED_TO_ALL: Expected = Expected {
    tester: Answer::Served,
    stranger: Answer::Served,
};
pub(crate) const ONLY_THE_TESTER: Expected = Expected {
    tester: Answer::Served,
    stranger: Answer::Refused,
};
pub(crate) const REFUSED_TO_ALL: Expected = Expected {
    tester: Answer::Refused,
    stranger: Answer::Refused,
};

impl Expected {
    /// The address of each client with its answer.
    pub(crate) fn clients(self) -> [(Ipv4Addr, Answer); 2] {
        [(TESTER, self.tester), (STRANGER, self.stranger)]
    }
}

/// Fails unless the shop gave the expected answer.
pub(crate) fn check_shop(page: &HttpAnswer, api: &HttpAnswer, expected: Answer) -> Result<()> {
    match expected {
        Answer::Served => {
            ensure!(
                page.status == 200 && page.body.contains("The shop"),
                "{page:?}"
            );
            ensure!(api.status == 200 && api.body == "[]", "{api:?}");
        }
        Answer::Refused => {
            check_notice(page, "text/html").with_context(|| format!("{page:?}"))?;
            check_notice(api, "application/problem+json").with_context(|| format!("{api:?}"))?;
        }
    }
    Ok(())
}

fn check_notice(answer: &HttpAnswer, media_type: &str) -> Result<()> {
    ensure!(answer.status == 503, "status");
    let found = answer
        .header("content-type")
        .and_then(|found| found.split(';').next());
    ensure!(found == Some(media_type), "content-type");
    let seconds = answer
        .header("retry-after")
        .context("no retry-after")?
        .parse::<u32>()?;
    ensure!(seconds > 0, "retry-after");
    ensure!(
        answer.header("cache-control") == Some("no-store"),
        "cache-control"
    );
    check_marker(answer.header("intermission"))
}

/// Fails unless the greeter gave the expected answer.
pub(crate) fn check_greeting(greeting: &Greeting, expected: Answer) -> Result<()> {
    match (greeting, expected) {
        (Greeting::Hello(message), Answer::Served) => {
            ensure!(message.starts_with("Hello "), "{message}")
        }
        (Greeting::Status { code, marker }, Answer::Refused) => {
            ensure!(code == "UNAVAILABLE", "{code}");
            // Without the marker a greeter that is down would look the same.
            check_marker(marker.as_deref())?;
        }
        _ => anyhow::bail!("expected {expected:?}, got {greeting:?}"),
    }
    Ok(())
}

fn check_marker(marker: Option<&str>) -> Result<()> {
    let revision = marker.and_then(|marker| marker.strip_prefix("refused;revision="));
    revision
        .context("no marker")?
        .parse::<u64>()
        .context("the marker's revision")?;
    Ok(())
}
