use std::process::Command;

use serde_json::json;

use crate::proxy::{Proxy, example, replaced};
use crate::shop::Shop;

/// Starts nginx with a configuration, from which only the folders are moved that it may not write to.
async fn nginx(shop: &Shop, configuration: &str) -> Proxy {
    Proxy::start(shop, configuration, |file, folder, _| {
        let at = folder.display();
        let mut directives =
            format!("daemon off; master_process off; pid {at}/pid; error_log stderr;");
        let configuration = std::fs::read_to_string(file).unwrap();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary = temporary
            .map(|kind| format!("{kind}_temp_path {at}/{kind};"))
            .concat();
        let configuration = replaced(
            &configuration,
            "http {",
            &format!("http {{ access_log off; {temporary}"),
        );
        directives.push_str(&configuration);
        std::fs::write(file, directives).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder).arg("-c").arg(file);
        nginx
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_delivers_notices_and_ejects_no_instance() {
    let shop = Shop::open().await;
    let proxy = nginx(&shop, &example("nginx.conf")).await;
    proxy.serves_a_closed_shop(&shop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_that_retries_503_ejects_every_instance() {
    let shop = Shop::open().await;
    let right = "proxy_next_upstream error timeout invalid_header;";
    let wrong = "proxy_next_upstream error timeout invalid_header http_503;";
    let proxy = nginx(&shop, &replaced(&example("nginx.conf"), right, wrong)).await;
    shop.close();
    let first = proxy.get("/").await;
    assert!(first.is_notice(), "{first:?}");
    for path in ["/", "/healthz"] {
        let answer = proxy.get(path).await;
        assert_eq!(answer.status, 502, "{answer:?}");
        assert!(!answer.is_notice());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_that_has_an_error_page_for_503_replaces_the_notice() {
    let shop = Shop::open().await;
    let wrong = replaced(
        &example("nginx.conf"),
        "error_page 502 504",
        "error_page 502 503 504",
    );
    let proxy = nginx(&shop, &wrong).await;
    shop.close();
    let answer = proxy.get("/").await;
    assert!(
        !answer.is_notice() && answer.lines("retry-after").is_empty(),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_origin_is_named_by_nginx_or_by_the_application_or_by_the_notice() {
    let shop = Shop::open().await;
    let proxy = nginx(&shop, &example("nginx.conf")).await;
    let origin = ["--header", "Origin: https://shop.example"];
    let allowed = "access-control-allow-origin";
    for path in ["/", "/shared"] {
        let answer = proxy.ask(path, &origin).await;
        assert_eq!(
            answer.lines(allowed),
            ["https://shop.example"],
            "{answer:?}"
        );
    }
    shop.close();
    let answer = proxy.ask("/", &origin).await;
    assert_eq!(answer.lines(allowed), ["*"], "{answer:?}");
    // Where nginx has to name the origin always, the notice names none.
    shop.put(&json!({ "maintenance": "all", "notice": { "cors_origins": [] } }));
    let answer = proxy.ask("/", &origin).await;
    assert!(answer.is_notice());
    assert_eq!(
        answer.lines(allowed),
        ["https://shop.example"],
        "{answer:?}"
    );

    let wrong = replaced(
        &example("nginx.conf"),
        "Access-Control-Allow-Origin $missing_origin always",
        "Access-Control-Allow-Origin https://shop.example always",
    );
    let proxy = nginx(&shop, &wrong).await;
    shop.close();
    let answer = proxy.ask("/", &origin).await;
    assert_eq!(answer.lines(allowed).len(), 2, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_and_discovery_stay_open_where_they_are_exempt() {
    let shop = Shop::open().await;
    let proxy = nginx(&shop, &example("nginx.conf")).await;
    let post = ["--request", "POST"];
    shop.close();
    let discovery = "/.well-known/openid-configuration";
    assert!(proxy.ask("/webhooks/pay", &post).await.is_notice());
    assert!(proxy.get(discovery).await.is_notice());
    shop.put(&json!({
        "maintenance": "all", "exempt": { "paths": ["/healthz", "/webhooks/", discovery] },
    }));
    assert_eq!(proxy.ask("/webhooks/pay", &post).await.body, "noted");
    assert_eq!(proxy.get(discovery).await.body, "{}");
}
