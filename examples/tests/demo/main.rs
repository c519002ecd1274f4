//! The demo from end to end: control, shop, greeter and Envoy as separate processes, an operator at the command line, and
//! clients that share no code with them (curl, Python's grpcio).
#![cfg(test)]

mod answers;
mod clients;
mod demo;
mod envoy;
mod forwarded;
mod rotation;
mod tls;

use std::time::Duration;

use anyhow::{Result, ensure};

use self::answers::{Expected, ONLY_THE_TESTER, REFUSED_TO_ALL, SERVED_TO_ALL};
use self::demo::Demo;

/// The longest time until a command is in force, with nodes that poll every 500 ms.
const AT_ONCE: Duration = Duration::from_secs(1);
/// The longest pause of a node after failed polls, and a margin.
const AFTER_AN_OUTAGE: Duration = Duration::from_secs(40);

/// The operator's commands, and the answers that clients get after each.
const WALK: [(&str, Expected); 5] = [
    ("enter shop --reason deploy", REFUSED_TO_ALL),
    ("allowlist add shop 127.0.0.1", REFUSED_TO_ALL),
    ("allowlist enable shop", ONLY_THE_TESTER),
    ("allowlist disable shop", REFUSED_TO_ALL),
    ("exit shop", SERVED_TO_ALL),
];

#[tokio::test]
async fn every_command_is_in_force_within_a_second() -> Result<()> {
    let mut demo = Demo::start().await?;
    demo.reaches(SERVED_TO_ALL, AT_ONCE).await?;
    for (command, expected) in WALK {
        demo.operate(command)?;
        demo.reaches(expected, AT_ONCE).await?;
        demo.keeps(expected).await?;
        if command == "allowlist disable shop" {
            let entries = demo.operate("allowlist show shop")?;
            ensure!(
                entries.contains("127.0.0.1"),
                "the entries are gone: {entries}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn over_tls_every_command_is_in_force_within_a_second() -> Result<()> {
    let mut demo = Demo::start_over_tls().await?;
    demo.reaches(SERVED_TO_ALL, AT_ONCE).await?;
    for (command, expected) in WALK {
        demo.operate(command)?;
        demo.reaches(expected, AT_ONCE).await?;
    }
    Ok(())
}

#[tokio::test]
async fn killing_control_changes_nothing_and_the_apps_follow_after_its_restart() -> Result<()> {
    let mut demo = Demo::start().await?;
    demo.reaches(SERVED_TO_ALL, AT_ONCE).await?;
    demo.kill_control();
    demo.keeps(SERVED_TO_ALL).await?;
    demo.restart_control();
    for (command, expected) in WALK {
        demo.operate(command)?;
        demo.reaches(expected, AFTER_AN_OUTAGE).await?;
        demo.kill_control();
        demo.keeps(expected).await?;
        demo.restart_control();
        demo.keeps(expected).await?;
    }
    Ok(())
}
