use std::process::Command;

use crate::proxy::{Proxy, example, replaced};
use crate::shop::Shop;

async fn haproxy(shop: &Shop, configuration: &str) -> Proxy {
    Proxy::start(shop, configuration, |file, _, _| {
        let mut haproxy = Command::new("haproxy");
        haproxy.args(["-db", "-f"]).arg(file);
        haproxy
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_delivers_notices_and_ejects_no_instance() {
    let shop = Shop::open().await;
    let proxy = haproxy(&shop, &example("haproxy.cfg")).await;
    proxy.serves_a_closed_shop(&shop).await;
    let names = [
        "--header",
        "X_Forwarded_Host: forged",
        "--header",
        "X-Original_URL: forged",
    ];
    shop.put(&serde_json::json!({ "maintenance": "off" }));
    let seen = proxy.ask("/seen", &names).await;
    assert!(!seen.body.contains("forged"), "{}", seen.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_that_checks_no_exempt_path_ejects_every_instance() {
    let shop = Shop::open().await;
    let wrong = replaced(&example("haproxy.cfg"), "uri /healthz", "uri /");
    let proxy = haproxy(&shop, &wrong).await;
    proxy.until("/", |answer| answer.status == 200).await;
    shop.close();
    let ejected = proxy.until("/healthz", |answer| answer.status == 503).await;
    assert!(!ejected.is_notice(), "{ejected:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_that_observes_answers_ejects_every_instance() {
    let shop = Shop::open().await;
    let wrong = replaced(
        &example("haproxy.cfg"),
        "default-server inter 200ms",
        "default-server observe layer7 error-limit 5 on-error mark-down inter 60s",
    );
    let proxy = haproxy(&shop, &wrong).await;
    proxy.until("/", |answer| answer.status == 200).await;
    shop.close();
    let ejected = proxy.until("/", |answer| !answer.is_notice()).await;
    assert_eq!(ejected.status, 503, "{ejected:?}");
    assert_eq!(proxy.get("/healthz").await.status, 503);
}
