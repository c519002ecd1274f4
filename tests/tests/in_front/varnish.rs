use std::process::Command;

use serde_json::json;

use crate::proxy::{Proxy, example, replaced};
use crate::shop::Shop;

async fn varnish(shop: &Shop, configuration: &str) -> Proxy {
    Proxy::start(shop, configuration, |file, folder, address| {
        let mut varnish = Command::new("varnishd");
        varnish.args([
            "-F",
            "-j",
            "none",
            "-s",
            "malloc,16m",
            "-a",
            &address.to_string(),
        ]);
        varnish
            .arg("-n")
            .arg(folder.join("work"))
            .arg("-f")
            .arg(file);
        varnish
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn varnish_delivers_notices_and_keeps_none() {
    let shop = Shop::open().await;
    let proxy = varnish(&shop, &example("varnish.vcl")).await;
    shop.close();
    for _ in 0..3 {
        let answer = proxy.get("/").await;
        assert!(answer.is_notice(), "{answer:?}");
    }
    shop.put(&json!({ "maintenance": "off" }));
    let answer = proxy.get("/").await;
    assert_eq!((answer.status, &*answer.body), (200, "the shop"));
    proxy.until("/healthz", |answer| answer.status == 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn varnish_that_asks_for_a_page_calls_a_closed_shop_sick() {
    let shop = Shop::open().await;
    let wrong = replaced(
        &example("varnish.vcl"),
        ".url = \"/healthz\";",
        ".url = \"/\";",
    );
    let proxy = varnish(&shop, &wrong).await;
    shop.close();
    let sick = proxy.until("/not-kept", |answer| !answer.is_notice()).await;
    assert_eq!(sick.status, 503, "{sick:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn varnish_that_keeps_errors_keeps_the_notice_after_the_end() {
    let shop = Shop::open().await;
    let marked = "if (beresp.http.Intermission) {";
    let kept = "if (beresp.status >= 500) { set beresp.ttl = 60s; return (deliver); }\n    ";
    let wrong = replaced(&example("varnish.vcl"), marked, &format!("{kept}{marked}"));
    let proxy = varnish(&shop, &wrong).await;
    shop.close();
    assert!(proxy.get("/").await.is_notice());
    shop.put(&json!({ "maintenance": "off" }));
    assert!(proxy.get("/").await.is_notice());
}
