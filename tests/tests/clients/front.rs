//! The shop, behind the layer and behind Envoy with each of the filters.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Html;
use axum::routing::{get, post};
use intermission::{ClientSource, MaintenanceLayer, PolicyHandle, State, TrustedProxies};
use intermission_testkit::envoy::{Edge, Envoy, Module};
use intermission_testkit::{Endpoint, Scripted, document, eventually};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What stands before the shop.
pub(crate) enum Kind {
    Layer(PolicyHandle),
    Envoy {
        module: Module,
        endpoint: Endpoint,
        _envoy: Box<Envoy>,
    },
}

/// The shop, and the switch before it.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    /// How many forms the shop was sent.
    pub(crate) forms: Arc<AtomicUsize>,
    revision: AtomicU64,
    kind: Kind,
}

impl Front {
    /// The shop behind the layer, and others behind Envoy with each of the filters; all open.
    pub(crate) async fn all() -> [Self; 3] {
        let [released, native] = Module::DEPLOYED;
        [
            Self::layer().await,
            Self::envoy(released).await,
            Self::envoy(native).await,
        ]
    }

    async fn layer() -> Self {
        let policy = PolicyHandle::new(State::parse(&document(1, &open())).unwrap());
        let local = ["127.0.0.1/32".parse().unwrap()].into_iter().collect();
        let layer = MaintenanceLayer::new(policy.clone())
            .with_client_source(ClientSource::XForwardedFor(TrustedProxies::new(local)));
        let forms = Arc::default();
        Self {
            address: serve(shop(&forms).layer(layer)).await,
            forms,
            revision: AtomicU64::new(1),
            kind: Kind::Layer(policy),
        }
    }

    async fn envoy(module: Module) -> Self {
        let forms = Arc::default();
        let application = serve(shop(&forms)).await;
        let endpoint = Endpoint::start(Scripted::state(1, &open()));
        let client = json!({ "source": "x-forwarded-for", "trusted_proxies": ["127.0.0.1"] });
        let edge = Edge {
            module,
            application: Some(application),
            reads_bodies: true,
            // Else it adds a hop for itself where the client is on the same machine.
            use_remote_address: false,
            ..Edge::new(endpoint.address())
        };
        let envoy = edge
            .with_plugin(json!({ "client": client, "read_bodies": true }))
            .start()
            .await;
        Self {
            address: envoy.address(),
            forms,
            revision: AtomicU64::new(1),
            kind: Kind::Envoy {
                module,
                endpoint,
                _envoy: Box::new(envoy),
            },
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Layer(_) => "layer",
            Kind::Envoy {
                module: Module::Native,
                ..
            } => "native",
            Kind::Envoy { .. } => "envoy",
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Puts a state with these members in force, and waits until it is.
    pub(crate) async fn put(&self, members: &Value) {
        let revision = 1 + self.revision.fetch_add(1, Ordering::SeqCst);
        match &self.kind {
            Kind::Layer(policy) => {
                policy.swap(State::parse(&document(revision, members)).unwrap());
            }
            Kind::Envoy { endpoint, .. } => endpoint.say(Scripted::state(revision, members)),
        }
        let expected = (members["maintenance"] != "off").then_some(revision);
        // Every worker has a connection of its own now and then.
        let mut times = 0;
        eventually(self.name(), async || {
            let is_there = self.in_force().await == expected;
            times = if is_there { times + 1 } else { 0 };
            times == 8
        })
        .await;
    }

    pub(crate) async fn open(&self) {
        self.put(&open()).await;
    }

    /// The revision that refuses, as curl sees it.
    async fn in_force(&self) -> Option<u64> {
        let mut curl = tokio::process::Command::new("curl");
        curl.args(["--silent", "--head", "--max-time", "5", "--noproxy", "*"]);
        let output = curl.arg(self.url()).output().await.unwrap();
        let head = String::from_utf8(output.stdout).unwrap();
        let (_, rest) = head.split_once("intermission: refused;revision=")?;
        rest.lines().next()?.trim().parse().ok()
    }
}

fn open() -> Value {
    json!({ "maintenance": "off" })
}

pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// A page, a form, an answer that any cache would like to keep, and one with the headers of the request.
fn shop(forms: &Arc<AtomicUsize>) -> Router {
    let forms = Arc::clone(forms);
    let sent = move || async move {
        forms.fetch_add(1, Ordering::SeqCst);
        "the form has come"
    };
    let form = Html(
        "<!doctype html><title>the form</title><form method=post action=/sent><button>send</button></form>",
    );
    let kept = || async {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("cache-control", "public, max-age=600"),
            ("x-accel-expires", "600"),
            ("surrogate-control", "max-age=600"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        (headers, "the shop's own page")
    };
    // A stream that ends at once: the browser connects again, soon.
    let events = || async {
        (
            [("content-type", "text/event-stream")],
            "retry: 50\ndata: here\n\n",
        )
    };
    let seen = |headers: HeaderMap| async move {
        let headers = headers.iter();
        let headers =
            headers.map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or("?")));
        headers.collect::<String>()
    };
    Router::new()
        .route("/events", get(events))
        .route("/form", get(form))
        .route("/sent", post(sent).get(|| async { "no form" }))
        .route("/kept", get(kept))
        .route("/seen", get(seen))
        .fallback(async || Html("<!doctype html><title>the shop</title><h1>the shop</h1>"))
}
