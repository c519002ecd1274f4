//! Axum with the layer and Envoy with each of the filters answer alike, whatever they are asked.
//!
//! Generated requests go to both, over HTTP/1.1 and HTTP/2, in every state and with every node of the corpus. The
//! seed is fixed; `PARITY_SEED=N` takes another, and `PARITY_REQUESTS=N` more requests.
#![cfg(test)]

mod generate;

use std::collections::BTreeMap;

use fastrand::Rng;
use intermission_corpus::{Corpus, Observed, Request, Vector};
use intermission_testkit::envoy::{Counts, Module, Version};
use intermission_testkit::http::Transport;
use intermission_tests::{Place, Rig, Site, Sites, application};
use tokio::net::TcpListener;

/// Headers that are not ours: the connection's, and those by which the rig tells what it saw.
const OTHERS: &[&str] = &[
    "application-rule",
    "connection",
    "date",
    "rig-decision",
    "rig-path",
    "server",
    "x-envoy-upstream-service-time",
];

/// A difference that cannot be removed, or not yet.
struct Exception {
    /// Whether the native filter is not without it either.
    native: bool,
    applies: fn(&Request, &str) -> bool,
    /// How the parts begin that may differ.
    parts: &'static [&'static str],
}

const EXCEPTIONS: &[Exception] = &[
    // Each refusal draws when the client may come back; that it is one of the core's draws the corpus tells.
    Exception {
        native: true,
        applies: |_, decision| decision.starts_with("refused"),
        parts: &["grpc-status-details-bin", "retry-after"],
    },
    // Of the empty body of a gRPC status, a preflight or a pass that is taken axum tells the length over HTTP/2; Envoy does
    // not.
    Exception {
        native: true,
        applies: |request, decision| {
            let is_empty = decision == "refused grpc" || *request.method == *b"OPTIONS";
            is_empty || request.path.starts_with(PASS.as_bytes())
        },
        parts: &["content-length"],
    },
    // No gRPC client sends a HEAD. In WebAssembly Envoy makes the message out of the body, which this has not.
    Exception {
        native: false,
        applies: is_head_of_grpc,
        parts: &["grpc-message"],
    },
    // Envoy announces a body that it does not send.
    Exception {
        native: true,
        applies: is_head_of_grpc,
        parts: &["transfer-encoding"],
    },
    // The nodes have names of their own for the peer, as their configurations do.
    Exception {
        native: true,
        applies: |request, _| request.path.starts_with(ME.as_bytes()),
        parts: &["content-length"],
    },
    // Envoy and the application agree by themselves on an upgrade that is admitted.
    Exception {
        native: true,
        applies: |request, decision| !decision.starts_with("refused") && upgrades(request),
        parts: &[""],
    },
];

/// The page that takes passes.
const PASS: &str = "/.well-known/intermission/pass";
/// The page that shows what a node sees of a client.
const ME: &str = "/.well-known/intermission/me";

#[tokio::test(flavor = "multi_thread")]
async fn axum_and_envoy_answer_alike() {
    all_alike(Module::Released).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axum_and_the_native_filter_answer_alike() {
    all_alike(Module::Native).await;
}

async fn all_alike(module: Module) {
    let number =
        |name, default| std::env::var(name).map_or(default, |text| text.parse().expect(name));
    let seed = number("PARITY_SEED", 2026);
    let requests = number("PARITY_REQUESTS", 2000);
    println!("PARITY_SEED={seed} PARITY_REQUESTS={requests}");

    let mut places: Vec<Vector> = Vec::new();
    for vector in Corpus::load().unwrap().vectors {
        // Else an answer depends on the second in which it was rendered.
        let timeless = vector.state.notice.until.is_none();
        let new = |known: &Vector| known.state != vector.state || known.node != vector.node;
        if timeless && places.iter().all(new) {
            places.push(vector);
        }
    }
    // The pages of nodes are asked for where there are some.
    let with_passes = places.iter();
    let with_passes = with_passes.filter(|place| !place.state.allowlist.passes.is_empty());
    let mut with_pages: Vec<_> = with_passes.cloned().collect();
    for place in &mut with_pages {
        place.state.show_me = true;
    }
    let own = places.len()..places.len() + with_pages.len();
    places.extend(with_pages);
    let sites: Vec<_> = places
        .iter()
        .map(|vector| Site::of(vector).remove(0))
        .collect();
    let envoy = Sites::start(Version::Newest, module, 2, &sites)
        .await
        .unwrap();

    let mut rng = Rng::with_seed(seed);
    let mut failures = Vec::new();
    let mut outcomes = BTreeMap::<_, usize>::new();
    let mut decisions = Counts::new();
    for number in 0..requests {
        let transport = [Transport::Http1, Transport::Http2][rng.usize(..2)];
        let request = generate::request(&mut rng, transport);
        let place = match rng.u32(..4) {
            0 => rng.usize(own.clone()),
            _ => rng.usize(..places.len()),
        };
        let tower = through_axum(transport, &places[place], &request).await;
        let peer = request.peer().unwrap();
        let envoy = envoy.send(transport, place, peer, &request).await.unwrap();
        let envoy = envoy.filter(|answer| {
            let seen = answer.header("rig-path");
            seen.is_some_and(|seen| seen.starts_with(b"saw "))
        });
        match compare(module, &request, tower.as_ref(), envoy.as_ref()) {
            Ok(outcome) => {
                let counted = tower.and_then(|tower| metric(&tower));
                if let Some(name) = counted {
                    *decisions.entry(name).or_default() += 1;
                }
                *outcomes.entry(outcome).or_default() += 1;
            }
            Err(found) => failures.push(format!(
                "request {number}, {transport:?}, {request:?}\nin {:?} at {:?}:\n    {found}",
                places[place].state, places[place].node
            )),
        }
    }
    println!("{module:?}: {outcomes:?}");
    assert!(
        failures.is_empty(),
        "{} of {requests} differ\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert_eq!(envoy.decisions(&decisions).await, decisions);
    // That of probes is rare.
    assert!(outcomes.len() >= 9, "not every rule and kind is among them");
}

/// The answer of an application behind the layer; none if the request does not get as far.
async fn through_axum(
    transport: Transport,
    vector: &Vector,
    request: &Request,
) -> Option<Observed> {
    let rig = Rig::new(Place::Axum, request.peer().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = application()
        .layer(Rig::maintenance(vector))
        .layer(rig.clone());
    let server = tokio::spawn(async { axum::serve(listener, app).await });
    let answer = transport.send(address, request).await.unwrap();
    server.abort();
    answer.filter(|_| rig.seen().is_some())
}

/// What came of a request on both sides, or how that differs.
fn compare(
    module: Module,
    request: &Request,
    tower: Option<&Observed>,
    envoy: Option<&Observed>,
) -> Result<String, String> {
    let (tower, envoy) = match (tower, envoy) {
        (Some(tower), Some(envoy)) => (tower, envoy),
        (None, None) => return Err("reaches neither".into()),
        (Some(tower), None) => return Err(format!("reaches the layer only: {tower:?}")),
        (None, Some(envoy)) => return Err(format!("reaches the filter only: {envoy:?}")),
    };
    let decision = decision(tower).unwrap_or("open");
    let exceptions: Vec<_> = EXCEPTIONS
        .iter()
        .filter(|exception| exception.native || module != Module::Native)
        .filter(|exception| (exception.applies)(request, decision))
        .collect();
    let [tower, envoy] = [tower, envoy].map(|answer| {
        let mut parts = parts(answer);
        if request.path.starts_with(ME.as_bytes()) {
            parts
                .iter_mut()
                .for_each(|part| *part = part.replace("source-address", "peer"));
        }
        parts.retain(|part| {
            let mut excepted = exceptions.iter().flat_map(|exception| exception.parts);
            excepted.all(|excepted| !part.starts_with(excepted))
        });
        parts
    });
    if tower == envoy {
        Ok(decision.into())
    } else {
        Err(format!("layer:  {tower:?}\n    filter: {envoy:?}"))
    }
}

/// Everything of an answer that is ours, in order.
fn parts(answer: &Observed) -> Vec<String> {
    let headers = answer.headers.iter();
    let headers = headers.filter(|(name, _)| !OTHERS.contains(&&**name));
    let mut parts: Vec<_> = headers
        .map(|(name, value)| format!("{name}: {}", value.escape_ascii()))
        .collect();
    parts.push(format!("status {}", answer.status));
    parts.push(format!("body {}", answer.body.escape_ascii()));
    parts.sort();
    parts
}

/// What the layer decided, as the rig tells it, such as `refused page`; nothing while open.
fn decision(tower: &Observed) -> Option<&str> {
    let decision = std::str::from_utf8(tower.header("rig-decision")?).ok()?;
    Some(decision.rsplit_once(' ')?.0)
}

/// The counter of the filter that counts what the layer decided.
fn metric(tower: &Observed) -> Option<String> {
    let (rule, kind) = decision(tower)?.split_once(' ')?;
    let name = match rule {
        "refused" => format!("refused_{kind}"),
        rule => rule.replace('-', "_"),
    };
    Some(format!("intermission_requests_{name}_total"))
}

fn is_head_of_grpc(request: &Request, decision: &str) -> bool {
    decision == "refused grpc" && *request.method == *b"HEAD"
}

fn upgrades(request: &Request) -> bool {
    request.headers.iter().any(|(name, _)| name == "Upgrade")
}
