//! Scripts of other origins in a browser.

use std::net::SocketAddr;

use axum::Router;
use axum::response::Html;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::front::Front;
use intermission_tests::foreign::Client;

/// The origin of an empty page.
async fn origin() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let page = Router::new().fallback(async || Html("<!doctype html><title>app</title>"));
    tokio::spawn(async { axum::serve(listener, page).await });
    format!("http://{address}")
}

/// What a script has read, or that it was kept from it.
fn outcome(read: &Value, revision: u64) -> Result<(), &str> {
    match read.as_str() {
        Some(error) => Err(error),
        None => {
            let marker = format!("refused;revision={revision}");
            assert_eq!(read["status"], 503, "{read}");
            assert_eq!(read["marker"], *marker, "{read}");
            assert_eq!(read["type"], "urn:intermission:maintenance", "{read}");
            assert!(
                (120..=132).contains(&read["after"].as_u64().unwrap()),
                "{read}"
            );
            Ok(())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_reads_the_notice_where_its_origin_is_allowed_to() {
    let (allowed, other) = (origin().await, origin().await);
    for front in Front::all().await {
        println!("{}", front.name());
        for (revision, origins, with_credentials, for_others) in [
            (2, json!([allowed]), Ok(()), Err("TypeError")),
            // No browser hands credentials to just anybody.
            (3, json!(["*"]), Err("TypeError"), Ok(())),
            (4, json!([]), Err("TypeError"), Err("TypeError")),
        ] {
            let notice = json!({ "cors_origins": origins, "retry_after": 120 });
            front
                .put(&json!({ "maintenance": "all", "notice": notice }))
                .await;
            let mut scripts = Client::node("cors.mjs", &[&front.url(), &allowed, &other]);
            let (read, read_by_other) = (scripts.says().await, scripts.says().await);
            let without = if revision == 4 { for_others } else { Ok(()) };
            for how in ["simple", "preflighted"] {
                assert_eq!(outcome(&read[how], revision), without, "{origins} {how}");
                assert_eq!(
                    outcome(&read_by_other[how], revision),
                    for_others,
                    "{origins} {how}"
                );
            }
            for how in ["credentials", "preflighted with credentials"] {
                assert_eq!(
                    outcome(&read[how], revision),
                    with_credentials,
                    "{origins} {how}"
                );
                assert_eq!(
                    outcome(&read_by_other[how], revision),
                    Err("TypeError"),
                    "{origins} {how}"
                );
            }
        }
    }
}
