//! Testers with a pass.

use std::sync::atomic::Ordering;

use intermission_core::PassDigest;
use intermission_corpus::{Corpus, finish, report};
use intermission_testkit::http::Connection;
use serde_json::{Value, json};

use crate::front::Front;
use intermission_tests::foreign::{Client, shots};

const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
const COOKIE: &str = "__Host-intermission-pass";
const PLACE: &str = "/.well-known/intermission/pass";

/// All requests are refused but those with the pass.
fn testing() -> Value {
    let digest = PassDigest::of(PASS.as_bytes()).to_string();
    json!({
        "maintenance": "all",
        "allowlist": { "enabled": true, "passes": [{ "sha256": digest, "until": "2099-01-01T00:00:00Z" }] },
    })
}

/// The same with a member of the allowlist that is different.
fn with(member: &str, value: Value) -> Value {
    let mut state = testing();
    state["allowlist"][member] = value;
    state
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_in_by_a_pass_and_not_after_its_end() {
    for front in Front::all().await {
        println!("{}", front.name());
        front.put(&testing()).await;
        let folder = shots().join(front.name());
        std::fs::create_dir_all(&folder).unwrap();
        let mut browser = Client::node("pass.mjs", &[&front.url(), PASS, folder.to_str().unwrap()]);
        let cookie = json!([{ "name": COOKIE, "right": true, "httpOnly": true, "secure": true, "sameSite": "Lax" }]);

        let linked = browser.says().await;
        assert_eq!(linked["at"], "/seen?a=b", "{linked}");
        assert_eq!(linked["cookies"], cookie);
        assert_eq!(linked["complaints"], json!([]));
        let seen = linked["seen"].as_str().unwrap();
        assert!(
            !seen.contains("imp_") && !seen.contains("intermission-pass"),
            "{seen}"
        );
        assert_eq!(browser.says().await, json!({ "back": false }));

        let orders = "/orders?id=3&x=%2F";
        let refused =
            json!({ "at": format!("{PLACE}?to=%2Forders%3Fid%3D3%26x%3D%252F"), "cookies": [] });
        assert_eq!(
            browser.says().await,
            json!({ "refused": refused, "at": orders, "title": "the shop" })
        );
        let plain = json!({ "without_script": "/seen?a=b", "cookies": cookie });
        assert_eq!(browser.says().await, plain);
        let unknown = format!("{PLACE}?to=/seen");
        assert_eq!(browser.says().await, json!(["/", unknown, "/"]));
        assert_eq!(browser.says().await, json!(["/"]));

        let pages = browser.says().await;
        for (page, [title, direction]) in pages.as_array().unwrap().iter().zip([
            ["Enter with a pass", "ltr"],
            ["الدخول بتصريح", "rtl"],
            ["Zugang mit Code", "ltr"],
        ]) {
            assert_eq!(page["status"], 200, "{page}");
            assert_eq!(
                (&page["title"], &page["direction"]),
                (&json!(title), &json!(direction))
            );
            assert_eq!(page["overflows"], false, "{page}");
            assert_eq!(page["violations"], json!([]), "{page:#}");
            assert_eq!(page["complaints"], json!([]), "{page}");
        }
        let other = json!({ "other_site": true, "cookies": [] });
        assert_eq!(browser.says().await, other);

        for (state, status) in [
            (testing(), 200),
            (with("enabled", json!(false)), 503),
            (testing(), 200),
            (with("passes", json!([])), 503),
            (json!({ "maintenance": "off" }), 200),
        ] {
            front.put(&state).await;
            browser.go_on().await;
            assert_eq!(browser.says().await, json!({ "status": status }), "{state}");
        }
    }
}

/// Asks over a connection of its own; returns the status, and headers and body as text.
async fn ask(
    front: &Front,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String) {
    let mut connection = Connection::open(front.address).await.unwrap();
    let answer = connection.ask(method, path, headers, body).await.unwrap();
    let headers = answer.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value)))
        .collect();
    let body = String::from_utf8_lossy(&answer.body);
    (answer.status, format!("{}\n{body}", headers.concat()))
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_present_a_pass_and_the_application_never_has_it() {
    for front in Front::all().await {
        println!("{}", front.name());
        front.put(&testing()).await;
        let cookie = format!("a=b; {COOKIE}={PASS}; c=d");
        for header in [("intermission-pass", PASS), ("cookie", &*cookie)] {
            let (status, answer) = ask(&front, "GET", "/seen", &[header], "").await;
            assert_eq!(status, 200, "{header:?}: {answer}");
            assert!(!answer.contains("imp_"), "{answer}");
            assert!(
                answer.contains("cache-control: private, no-store"),
                "{answer}"
            );
            assert_eq!(
                answer.contains("cookie: a=b; c=d"),
                header.0 == "cookie",
                "{answer}"
            );
        }
        let (status, _) = ask(
            &front,
            "GET",
            &format!("/seen?intermission-pass={PASS}"),
            &[],
            "",
        )
        .await;
        assert_eq!(status, 503);

        // A form, as curl sends it.
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let pass = format!("pass={PASS}&to=/form");
        let (status, answer) = ask(&front, "POST", PLACE, &form, &pass).await;
        assert_eq!(status, 303, "{answer}");
        assert!(
            answer.contains("location: /form\n") && answer.contains(&format!("{COOKIE}={PASS}; "))
        );
        assert!(answer.contains("cache-control: no-store"), "{answer}");
        let long = format!("pass={PASS}&{}", "x".repeat(100_000));
        for body in ["pass=imp_x", &long] {
            let (status, answer) = ask(&front, "POST", PLACE, &form, body).await;
            assert_eq!(status, 403, "{answer}");
            assert!(
                !answer.contains("set-cookie") && !answer.contains("imp_"),
                "{answer}"
            );
        }
        assert_eq!(front.forms.load(Ordering::SeqCst), 0);

        // Where no pass counts, the page is refused as every other.
        front.put(&with("enabled", json!(false))).await;
        let (status, answer) = ask(&front, "GET", PLACE, &[], "").await;
        assert_eq!(status, 503, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_reads_what_the_node_sees_of_it() {
    const PLACE: &str = "/.well-known/intermission/me";
    for front in Front::all().await {
        println!("{}", front.name());
        let mut state = with("cidrs", json!(["203.0.113.0/24"]));
        front.put(&state).await;
        assert_eq!(ask(&front, "GET", PLACE, &[], "").await.0, 503);
        state["show_me"] = true.into();
        front.put(&state).await;
        let accepts_json = ("accept", "application/json");
        for (client, has_address, rule) in [
            ("203.0.113.9", true, "allowlisted"),
            ("198.51.100.9", false, "refused"),
        ] {
            let headers = [("x-forwarded-for", client), accepts_json];
            let (status, answer) = ask(&front, "GET", PLACE, &headers, "").await;
            assert_eq!(status, 200, "{answer}");
            assert!(answer.contains("cache-control: no-store"), "{answer}");
            let (_, body) = answer.split_once("\n\n").unwrap();
            let seen: Value = serde_json::from_str(body.trim()).unwrap();
            assert_eq!(
                (&seen["address"], &seen["source"]),
                (&json!(client), &json!("x-forwarded-for"))
            );
            assert_eq!(seen["allowlist"]["has_address"], has_address, "{seen}");
            assert_eq!(seen["rule"], rule, "{seen}");
        }
        let headers = [
            ("x-forwarded-for", "198.51.100.9"),
            ("intermission-pass", PASS),
        ];
        let (_, answer) = ask(&front, "GET", PLACE, &headers, "").await;
        assert!(
            answer.contains("rule for GET /: pass\n") && !answer.contains("imp_"),
            "{answer}"
        );
        front.open().await;
        let (_, answer) = ask(&front, "GET", PLACE, &[], "").await;
        assert!(answer.contains("the shop"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_answer_their_own_pages_as_the_vectors_say() {
    let mut failures = Vec::new();
    for front in Front::all().await {
        println!("{}", front.name());
        for vector in Corpus::load().unwrap().pages {
            let mut members = vector.document;
            for of_endpoint in ["version", "service", "revision"] {
                members.as_object_mut().unwrap().remove(of_endpoint);
            }
            front.put(&members).await;
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let (method, path) = (text(&vector.request.method), text(&vector.request.path));
            let headers: Vec<_> = vector
                .request
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), text(value)))
                .collect();
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let mut connection = Connection::open(front.address).await.unwrap();
            let answer = connection
                .ask(&method, &path, &headers, &vector.form)
                .await
                .unwrap();
            let found = vector.expect.compare(&answer);
            if !found.is_empty() {
                failures.push(report(&vector.name, &found));
            }
        }
    }
    finish(&failures);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_layer_and_envoy_answer_their_own_pages_alike() {
    const ME: &str = "/.well-known/intermission/me";
    /// Headers of the servers, not of the nodes.
    const OTHERS: [&str; 4] = ["connection: ", "date: ", "server: ", "transfer-encoding: "];
    let mut state = testing();
    state["show_me"] = true.into();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let pass = [
        ("intermission-pass", PASS),
        ("sec-fetch-site", "same-origin"),
    ];
    let other = [
        ("intermission-pass", PASS),
        ("origin", "https://other.example"),
    ];
    let fronts = Front::all().await;
    for front in &fronts {
        front.put(&state).await;
    }
    let [layer, envoy, native] = fronts;
    for (method, path, headers, body) in [
        ("GET", PLACE, &[("accept-language", "fr")][..], ""),
        ("HEAD", PLACE, &[], ""),
        (
            "GET",
            "/.well-known/intermission/pass?to=/seen",
            &[("accept", "application/json")],
            "",
        ),
        ("POST", PLACE, &form, "pass=imp_x"),
        ("POST", PLACE, &pass, ""),
        ("POST", PLACE, &other, ""),
        ("POST", PLACE, &[], ""),
        ("PUT", PLACE, &[("accept", "application/json")], ""),
        (
            "GET",
            ME,
            &[
                ("accept", "application/json"),
                ("x-forwarded-for", "198.51.100.9"),
            ],
            "",
        ),
        ("HEAD", ME, &[("x-forwarded-for", "198.51.100.9")], ""),
        (
            "GET",
            "/.well-known/intermission/me?path=/healthz",
            &pass,
            "",
        ),
        ("GET", "/.well-known/intermission/me?path=//%00", &[], ""),
        ("POST", ME, &[("accept", "application/json")], ""),
    ] {
        let own = async |front: &Front| {
            let (status, answer) = ask(front, method, path, headers, body).await;
            let is_own = |line: &&str| !OTHERS.iter().any(|other| line.starts_with(other));
            let mut lines: Vec<_> = answer.lines().filter(is_own).map(str::to_owned).collect();
            // Each refusal draws when the client may come back.
            lines.retain(|line| !line.starts_with("retry-after: "));
            lines.sort();
            (status, lines)
        };
        let expected = own(&layer).await;
        for front in [&envoy, &native] {
            let name = front.name();
            assert_eq!(
                own(front).await,
                expected,
                "{name} {method} {path} {headers:?}"
            );
        }
    }
}
