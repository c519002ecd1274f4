//! Bytes that are no text, in everything that the filter reads.

use intermission_corpus::Request;
use intermission_testkit::Endpoint;
use intermission_testkit::envoy::Edge;
use intermission_testkit::http::{Transport, get};
use serde_json::json;

use super::{no_vm_died, state, until_in_force};

/// Every request header that the core or the filter looks at.
const READ: &[&str] = &[
    "Accept",
    "Accept-Language",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Connect-Protocol-Version",
    "Connection",
    "Content-Type",
    "Forwarded",
    "Host",
    "Origin",
    "Sec-Fetch-Mode",
    "Upgrade",
    "X-Forwarded-For",
    "X-HTTP-Method",
    "X-HTTP-Method-Override",
    "X-Method-Override",
    "X-Original-URL",
    "X-Real-IP",
    "X-Requested-With",
    "X-Rewrite-URL",
    "X-Whatever",
];

#[tokio::test(flavor = "multi_thread")]
async fn bytes_above_ascii_in_what_is_read_do_no_harm() {
    for client in [
        json!({ "source": "source-address" }),
        json!({ "source": "x-forwarded-for", "trusted_proxies": ["127.0.0.1"] }),
        json!({ "source": "forwarded", "trusted_proxies": ["127.0.0.1"] }),
        json!({ "source": "header", "header": "x-real-ip", "trusted_proxies": ["127.0.0.1"] }),
    ] {
        let control = Endpoint::start(state(3, "all"));
        let edge = Edge::new(control.address()).with_plugin(json!({ "client": client }));
        let envoy = edge.start().await;
        until_in_force(&envoy, Some(3)).await;
        let mut refusals = 0;
        for request in odd_requests() {
            for transport in [Transport::Http1, Transport::Http2] {
                let answer = transport.send(envoy.address(), &request).await.unwrap();
                // Envoy turns some away itself; none gets in.
                if let Some(answer) = answer {
                    let refused = answer.header("intermission") == Some(b"refused;revision=3");
                    refusals += usize::from(refused);
                    assert!(refused || answer.status == 400, "{request:?}: {answer:?}");
                }
            }
        }
        // Most reach the filter.
        assert!(refusals > odd_requests().len(), "{refusals}");
        until_in_force(&envoy, Some(3)).await;
        no_vm_died(&envoy).await;
    }
}

fn odd_requests() -> Vec<Request> {
    let values: [&[u8]; 4] = [b"\xff\xfe", b"\x80", b"a\xc3\x28b", b"caf\xe9, \xf0\x9f"];
    let mut requests = Vec::new();
    for value in values {
        for name in READ {
            let mut request = get("/api");
            request.headers.retain(|(known, _)| known != name);
            request.headers.push(((*name).into(), value.into()));
            requests.push(request);
        }
        let mut path = get("/");
        path.path = [b"/", value].concat().as_slice().into();
        let mut method = get("/");
        method.method = value.into();
        let mut authority = get("/");
        authority.authority = Some(value.into());
        let mut name = get("/");
        // A name of bytes that are no ASCII.
        name.headers.push(("x-caf\u{e9}".into(), value.into()));
        requests.extend([path, method, authority, name]);
    }
    requests
}
