//! The shop behind a proxy believes `X-Forwarded-For` of trusted proxies only.

use std::fs;

use anyhow::{Context, Result, ensure};
use intermission_testkit::control::Home;
use tokio::process::Command;

use crate::answers::TESTER;
use crate::clients::curl_with;
use crate::demo::{App, start_app};

const STATE: &str = r#"{
    "version": 1,
    "store": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "service": "shop",
    "revision": 1,
    "maintenance": "all",
    "allowlist": {"enabled": true, "cidrs": ["203.0.113.0/24"]}
}"#;

/// A shop in maintenance with 203.0.113.0/24 on the allowlist, and its home.
fn shop(options: &[&str]) -> Result<(App, Home)> {
    let home = Home::new();
    let state = home.path().join("state.json");
    fs::write(&state, STATE)?;
    let state = format!("file://{}", state.display());
    let options = [&["--state", &state], options].concat();
    let shop = start_app(&home, env!("CARGO_BIN_EXE_axum"), None, &options)?;
    Ok((shop, home))
}

async fn check(shop: &App, headers: &[&str], status: u16) -> Result<()> {
    let answer = curl_with(TESTER, &shop.url, headers).await?;
    ensure!(answer.status == status, "{headers:?}: {answer:?}");
    Ok(())
}

#[tokio::test]
async fn an_untrusted_peer_is_not_believed() -> Result<()> {
    let (shop, _folder) = shop(&[])?;
    check(&shop, &["X-Forwarded-For: 203.0.113.9"], 503).await?;
    let (shop, _folder) = self::shop(&["--trusted-proxy", "192.0.2.0/24"])?;
    check(&shop, &["X-Forwarded-For: 203.0.113.9"], 503).await
}

#[tokio::test]
async fn rightmost_untrusted_hop_decides_behind_trusted_proxies() -> Result<()> {
    let trusted = [
        "--trusted-proxy",
        "127.0.0.0/8",
        "--trusted-proxy",
        "192.0.2.0/24",
    ];
    let (shop, _folder) = shop(&trusted)?;
    let cases: [(&[&str], u16); 9] = [
        (&["X-Forwarded-For: 203.0.113.9"], 200),
        (&["X-Forwarded-For: 198.51.100.1, 203.0.113.9"], 200),
        (&["X-Forwarded-For: 203.0.113.9, 192.0.2.7"], 200),
        (&["X-Forwarded-For: ::ffff:203.0.113.9"], 200),
        (&["X-Forwarded-For: 203.0.113.9, 198.51.100.1"], 503),
        (
            &[
                "X-Forwarded-For: 203.0.113.9",
                "X-Forwarded-For: 198.51.100.1",
            ],
            503,
        ),
        (&["X-Forwarded-For: 203.0.113.9, garbage"], 503),
        (&["X-Forwarded-For: 192.0.2.7"], 503),
        (&[], 503),
    ];
    for (headers, status) in cases {
        check(&shop, headers, status).await?;
    }
    Ok(())
}

#[tokio::test]
async fn misspelt_option_is_named() -> Result<()> {
    for (option, value) in [
        ("--trusted-proxy", "10.0.0.1/8"),
        ("--state", "ftp://host/state"),
    ] {
        let mut shop = Command::new(env!("CARGO_BIN_EXE_axum"));
        let output = shop
            .args(["--listen", "127.0.0.1:0", option, value])
            .output()
            .await?;
        let stderr = String::from_utf8(output.stderr).context("stderr")?;
        ensure!(
            !output.status.success() && stderr.contains(value),
            "{option}: {stderr}"
        );
    }
    Ok(())
}
