//! A node goes on when its certificates and tokens are replaced.

use std::fs;
use std::net::Ipv4Addr;

use anyhow::Result;
use intermission_testkit::control::Home;
use intermission_testkit::{free_address_of, within};

use crate::AFTER_AN_OUTAGE;
use crate::clients::curl;
use crate::demo::{App, CONTROL, operate, start_app, start_control, url};
use crate::tls::Tls;

async fn until(shop: &App, status: u16) {
    let what = format!("the shop answers with {status}");
    within(AFTER_AN_OUTAGE, &what, async || {
        let answer = curl(Ipv4Addr::LOCALHOST, &format!("{}/", shop.url)).await;
        answer.unwrap().status == status
    })
    .await;
}

#[tokio::test]
async fn a_node_follows_a_replaced_ca_and_a_replaced_token() -> Result<()> {
    let home = Home::new();
    let address = free_address_of(CONTROL).to_string();
    let tls = Tls::make(home.path(), &CONTROL.to_string())?;
    let mut control = start_control(&home, &address, Some(&tls));
    let token_file = home.path().join("token");
    // Kubernetes replaces a Secret like this: another file takes its place.
    let hand_out = |control: &_, name: &str| {
        let make = format!("token create {name} --role node --service shop");
        let new = home.path().join("token.new");
        fs::write(&new, operate(&home, control, Some(&tls), &make))?;
        fs::rename(&new, &token_file)
    };
    operate(&home, &control, Some(&tls), "service add shop");
    hand_out(&control, "first")?;

    let state = format!("{}/v1/services/shop/state", url(&control, Some(&tls)));
    let [ca, token] = [&tls.ca, &token_file].map(|file| file.display().to_string());
    let options = ["--state", &state, "--ca-file", &ca, "--token-file", &token];
    let shop = start_app(&home, env!("CARGO_BIN_EXE_axum"), None, &options)?;
    until(&shop, 200).await;

    // In the same files, from another CA.
    control.kill();
    Tls::make(home.path(), &CONTROL.to_string())?;
    let control = start_control(&home, &address, Some(&tls));
    operate(&home, &control, Some(&tls), "enter shop");
    until(&shop, 503).await;

    hand_out(&control, "second")?;
    operate(&home, &control, Some(&tls), "token revoke first");
    operate(&home, &control, Some(&tls), "exit shop");
    until(&shop, 200).await;
    Ok(())
}
