//! A node goes on when its certificates and tokens are replaced.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::timeout;

use crate::AFTER_AN_OUTAGE;
use crate::clients::{curl, output};
use crate::demo::{CONTROL, intermission, start_app, start_control};
use crate::process::Process;
use crate::tls::Tls;

async fn until(shop: &Process, status: u16) -> Result<()> {
    let reached = async {
        while curl(Ipv4Addr::LOCALHOST, &format!("{}/", shop.url))
            .await?
            .status
            != status
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::Ok(())
    };
    let reached = timeout(AFTER_AN_OUTAGE, reached).await;
    reached.with_context(|| format!("the shop never answers with {status}"))?
}

#[tokio::test]
async fn a_node_follows_a_replaced_ca_and_a_replaced_token() -> Result<()> {
    let home = tempfile::tempdir()?;
    let home = home.path();
    let address = TcpListener::bind((CONTROL, 0))?.local_addr()?.to_string();
    let tls = Tls::make(home, CONTROL)?;
    let mut control = start_control(home, &address, Some(&tls)).await?;
    let url = control.url.clone();
    let operate = async |words: &str| {
        let mut command = intermission(home, &url, Some(&tls.ca))?;
        output(command.args(words.split(' '))).await
    };
    let token_file = home.join("token");
    // Kubernetes replaces a Secret like this: another file takes its place.
    let hand_out = async |name: &str| {
        let make = format!("token create {name} --role node --service shop");
        let new = home.join("token.new");
        fs::write(&new, operate(&make).await?)?;
        fs::rename(&new, &token_file).context("token")
    };
    operate("service add shop").await?;
    hand_out("first").await?;

    let state = format!("{url}/v1/services/shop/state");
    let [ca, token] = [&tls.ca, &token_file].map(|file| file.display().to_string());
    let options = ["--state", &state, "--ca-file", &ca, "--token-file", &token];
    let shop = start_app(home, env!("CARGO_BIN_EXE_axum"), "", &options).await?;
    until(&shop, 200).await?;

    // In the same files, from another CA.
    control.kill().await?;
    Tls::make(home, CONTROL)?;
    let _control = start_control(home, &address, Some(&tls)).await?;
    operate("enter shop").await?;
    until(&shop, 503).await?;

    hand_out("second").await?;
    operate("token revoke first").await?;
    operate("exit shop").await?;
    until(&shop, 200).await
}
