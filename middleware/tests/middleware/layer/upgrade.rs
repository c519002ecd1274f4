//! Requests to change to another protocol.

use http::{Method, Response};
use intermission::{MaintenanceLayer, Mode, PolicyHandle};

use super::shop::{closed, request};
use crate::app::{ask, behind, text};

#[tokio::test]
async fn an_upgrade_to_h2c_reaches_the_service_while_it_is_open_only() {
    let policy = PolicyHandle::new(closed());
    // It answers with the headers of an upgrade that reach it.
    let app = behind(&MaintenanceLayer::new(policy.clone()), |request| {
        let sent = ["connection", "upgrade", "http2-settings"];
        let found = sent.map(|name| request.headers().get(name).cloned());
        Response::new(format!("{found:?}").into())
    });
    let seen = async |upgrade: &[&str]| {
        let mut request = request(Method::GET, "/healthz", None);
        let protocols = upgrade.iter().map(|protocol| ("upgrade", *protocol));
        for (name, value) in [
            ("connection", "Upgrade, HTTP2-Settings"),
            ("http2-settings", "AAEAAEAA"),
        ]
        .into_iter()
        .chain(protocols)
        {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        text(ask(&app, request).await).await
    };
    for upgrade in [&["h2c"][..], &["h2c", "H2C"]] {
        assert_eq!(seen(upgrade).await, "[None, None, None]");
    }
    for upgrade in [&["h2c, x"][..], &["x,h2c"], &["x", "h2c"]] {
        assert_eq!(
            seen(upgrade).await,
            r#"[Some("Upgrade"), Some("x"), None]"#,
            "{upgrade:?}"
        );
    }
    let mut open = closed();
    open.maintenance = Mode::Off;
    policy.swap(open);
    assert!(!seen(&["h2c"]).await.contains("None"));
}
