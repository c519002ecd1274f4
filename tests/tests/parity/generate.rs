//! Requests by chance, made of what the rules look at.

use fastrand::Rng;
use intermission_corpus::Request;
use intermission_testkit::http::Transport;

const METHODS: &[&str] = &[
    "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
];
const PATHS: &[&str] = &[
    "/",
    "/shop",
    "/shop/cart",
    "/SHOP",
    "/shopping",
    "/blog",
    "/api",
    "/api/orders",
    "/Api/orders",
    "/apix",
    "/healthz",
    "/livez",
    "/readyz",
    "/healthz/",
    "/robots.txt",
    "/.well-known/acme-challenge/token",
    "/grpc.health.v1.Health/Check",
    "/shop.Greeter/Hello",
    "/caf%C3%A9",
    "/.well-known/intermission/pass",
    "/.well-known/intermission/me",
];
/// What makes a path doubtful, or only looks as if it did.
const TWISTS: &[&str] = &[
    "%2e", "%2F", "%5C", "%25", "%00", "%20", "%", "%zz", "/", "//", "/./", "/../", ".", "..", ";",
    "\\", "~", "!",
];
const QUERIES: &[&str] = &[
    "?path=/healthz",
    "?path=%2Fapi+x%ff",
    "?path=//healthz",
    "?path=/%zz",
    "?",
    "?a=b",
    "?next=/healthz",
    "?a?b=%zz",
    "?//../",
];
const HOSTS: &[&str] = &[
    "shop.example",
    "SHOP.example:8080",
    "shop.example.",
    "blog.example",
    "api.example:443",
    "192.0.2.1",
    "[2001:db8::1]:80",
];
pub(super) const PEERS: &[&str] = &[
    "198.51.100.7",
    "203.0.113.5",
    "10.0.0.1",
    "10.1.2.3",
    "2001:db8::7",
    "2001:db8:10::1",
];
const HOPS: &[&str] = &[
    "203.0.113.5",
    "203.0.113.5:4711",
    "198.51.100.7",
    "10.0.0.1",
    "2001:db8::7",
    "[2001:db8::7]:443",
    "::ffff:203.0.113.5",
    "unknown",
    "_hidden",
    "203.0.113.300",
    "fe80::1%eth0",
];
const ACCEPTED: &[&str] = &[
    "text/html",
    "text/*",
    "application/json",
    "application/problem+json",
    "application/*;q=0.5",
    "*/*",
    "*/*;q=0.1",
    "text/html;q=0",
    "application/json;q=0.9",
    "text/html;level=1;q=0.3",
    "image/webp",
    "nonsense",
    "text/html;q=x",
];
const LANGUAGES: &[&str] = &[
    "de",
    "de-CH",
    "ja-JP;q=0.5",
    "en;q=0.8",
    "*",
    "fr",
    "zh-Hant",
    "x-bad-",
    "de;q=0",
];
const CONTENT_TYPES: &[&str] = &[
    "application/json",
    "application/grpc",
    "application/grpc+proto",
    "Application/gRPC",
    "application/grpc;charset=utf-8",
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/connect+json",
    "application/x-www-form-urlencoded",
    "caf\u{e9}",
];
/// The pass that states of the corpus have, one that none has, and texts that are no passes.
const PASSES: &[&str] = &[
    PASS,
    PASS,
    "imp_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
    "imp_",
    "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-+",
    "",
];
const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
const COOKIES: &[&str] = &[
    "a=b",
    "__Host-intermission-passes=x",
    "c=\"d\"",
    "",
    "caf\u{e9}",
];
/// Fields of which one value is drawn.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "Sec-Fetch-Mode",
        &["navigate", "cors", "no-cors", "same-origin"],
    ),
    (
        "Sec-Fetch-Site",
        &["same-origin", "same-site", "cross-site", "none"],
    ),
    ("X-Requested-With", &["XMLHttpRequest", ""]),
    (
        "Origin",
        &[
            "https://app.example",
            "https://shop.example",
            "null",
            "caf\u{e9}",
        ],
    ),
    ("Access-Control-Request-Method", &["POST", "GET"]),
    ("Access-Control-Request-Headers", &["x-a, x-b"]),
    ("Connect-Protocol-Version", &["1"]),
    ("X-HTTP-Method-Override", &["DELETE"]),
    ("X-HTTP-Method", &["PUT"]),
    ("X-Method-Override", &["PATCH"]),
    ("X-Original-URL", &["/healthz"]),
    ("X-Rewrite-URL", &["/admin"]),
    ("X-Real-IP", HOPS),
    (
        "Forwarded",
        &[
            "for=203.0.113.5",
            "for=\"[2001:db8::7]:1\", for=10.0.0.1",
            "for=_x",
            "nonsense",
        ],
    ),
    ("User-Agent", &["curl/8", "caf\u{e9}"]),
];

/// A request that can be made over this transport.
pub(super) fn request(rng: &mut Rng, transport: Transport) -> Request {
    let mut request = Request {
        method: pick(rng, METHODS).into(),
        path: path(rng).as_str().into(),
        peer: pick(rng, PEERS).into(),
        ..Request::default()
    };
    let host = pick(rng, HOSTS);
    match transport {
        Transport::Http2 => request.authority = Some(host.into()),
        Transport::Http1 => add(&mut request, "Host", host),
    }
    if one_in(rng, 2) {
        let lines = list(rng, ACCEPTED);
        add(&mut request, "Accept", &lines);
    }
    if one_in(rng, 3) {
        let languages = list(rng, LANGUAGES);
        add(&mut request, "Accept-Language", &languages);
    }
    if one_in(rng, 3) {
        let content_type = pick(rng, CONTENT_TYPES);
        add(&mut request, "Content-Type", content_type);
    }
    // Several lines are one list.
    while one_in(rng, 3) {
        let hops = list(rng, HOPS);
        add(&mut request, "X-Forwarded-For", &hops);
    }
    while one_in(rng, 4) {
        let pass = pick(rng, PASSES);
        add(&mut request, "Intermission-Pass", pass);
    }
    while one_in(rng, 4) {
        let cookies = cookies(rng);
        add(&mut request, "Cookie", &cookies);
    }
    for (name, values) in FIELDS {
        if one_in(rng, 8) {
            let value = pick(rng, values);
            add(&mut request, name, value);
        }
    }
    if *request.method == *b"OPTIONS" && one_in(rng, 2) {
        add(&mut request, "Origin", "https://app.example");
        add(&mut request, "Access-Control-Request-Method", "POST");
    }
    if transport == Transport::Http1 && one_in(rng, 16) {
        add(&mut request, "Connection", "Upgrade");
        add(&mut request, "Upgrade", "websocket");
    }
    request
}

fn path(rng: &mut Rng) -> String {
    let mut path = pick(rng, PATHS).to_owned();
    while one_in(rng, 4) {
        // Behind the slash with which every path begins.
        let place = rng.usize(1..=path.len());
        path.insert_str(place, pick(rng, TWISTS));
    }
    if one_in(rng, 4) {
        path += pick(rng, QUERIES);
    }
    path
}

/// A line of cookies, of which some are passes.
fn cookies(rng: &mut Rng) -> String {
    let mut cookies = String::new();
    loop {
        if one_in(rng, 2) {
            cookies += "__Host-intermission-pass=";
            cookies += pick(rng, PASSES);
        } else {
            cookies += pick(rng, COOKIES);
        }
        if one_in(rng, 2) {
            return cookies;
        }
        cookies += pick(rng, &["; ", ";", " ; "]);
    }
}

fn list(rng: &mut Rng, values: &[&'static str]) -> String {
    let mut list = pick(rng, values).to_owned();
    while one_in(rng, 2) {
        list += pick(rng, &[",", ", ", " , "]);
        list += pick(rng, values);
    }
    list
}

fn add(request: &mut Request, name: &str, value: &str) {
    request.headers.push((name.into(), value.into()));
}

fn pick(rng: &mut Rng, values: &[&'static str]) -> &'static str {
    values[rng.usize(..values.len())]
}

fn one_in(rng: &mut Rng, n: u32) -> bool {
    rng.u32(..n) == 0
}
