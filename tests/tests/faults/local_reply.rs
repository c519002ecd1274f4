//! Envoy is set up to replace the answers that it gives itself, and takes those of the filter for such.

use intermission_corpus::{Observed, Request};
use intermission_testkit::Endpoint;
use intermission_testkit::envoy::{Edge, Envoy, Version};
use intermission_testkit::http::{Transport, get};
use serde_json::{Value, json};

use super::{NOWHERE, state, until_in_force};

/// Replaces the body of what answers 503 and passes the other filter.
fn branded(and: &Value) -> Value {
    let status = json!({ "comparison": { "op": "EQ", "value": { "default_value": 503, "runtime_key": "branded" } } });
    json!({ "local_reply_config": { "mappers": [{
        "filter": { "and_filter": { "filters": [{ "status_code_filter": status }, and] } },
        "body_format_override": { "text_format_source": { "inline_string": "branded" }, "content_type": "text/plain" },
    }] } })
}

/// The filter of the documentation.
fn unless_intermission() -> Value {
    json!({ "extension_filter": {
        "name": "envoy.access_loggers.extension_filters.cel",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
            "expression": "!('intermission' in response.headers)",
        },
    } })
}

async fn started(version: Version, manager: Value) -> Envoy {
    let control = Endpoint::start(state(3, "all"));
    let edge = Edge {
        version,
        manager,
        application: Some(NOWHERE),
        ..Edge::new(control.address())
    };
    let envoy = edge.start().await;
    until_in_force(&envoy, Some(3)).await;
    envoy
}

/// The answers to a page's, a program's and a gRPC client's request, and to a HEAD.
async fn answers(envoy: &Envoy) -> Vec<Observed> {
    let with = |name: &str, value: &str| {
        let mut request = get("/");
        request.headers.push((name.into(), value.into()));
        request
    };
    let head = Request {
        method: "HEAD".into(),
        ..get("/")
    };
    let grpc = Request {
        method: "POST".into(),
        ..with("content-type", "application/grpc")
    };
    let mut answers = Vec::new();
    for request in [get("/"), with("accept", "application/json"), head, grpc] {
        let answer = Transport::Http1.send(envoy.address(), &request).await;
        answers.push(answer.unwrap().unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapper_that_leaves_out_answers_with_the_marker_changes_none_of_the_filter() {
    for version in [Version::Newest, Version::Oldest] {
        let plain = started(version, json!({})).await;
        let careless = started(version, branded(&json!({ "not_health_check_filter": {} }))).await;
        let careful = started(version, branded(&unless_intermission())).await;
        let expected = answers(&plain).await;
        let comparable = |answers: &[Observed]| {
            let shown = answers.iter().map(|answer| {
                let header = |name: &str| answer.header(name).map(<[u8]>::to_vec);
                let headers = [
                    "content-type",
                    "intermission",
                    "grpc-status",
                    "content-length",
                ]
                .map(header);
                (answer.status, headers, answer.body.clone())
            });
            shown.collect::<Vec<_>>()
        };
        assert_eq!(comparable(&answers(&careful).await), comparable(&expected));
        // Without that the page is replaced.
        assert_eq!(answers(&careless).await[0].body, b"branded");
        // What Envoy says of an application that is gone is still replaced.
        let dead = Transport::Http1
            .send(careful.address(), &get("/healthz"))
            .await;
        let dead = dead.unwrap().unwrap();
        assert_eq!((dead.status, &*dead.body), (503, &b"branded"[..]));
    }
}
