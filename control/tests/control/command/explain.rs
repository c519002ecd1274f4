use std::io::{Read, Write};
use std::net::TcpStream;

use intermission_testkit::control::Home;
use serde_json::json;

#[test]
fn explain_prints_the_rule_and_the_whole_answer() {
    let home = Home::new();
    let control = home.start();
    let run = |line: &[&str]| home.run(&control, line);
    run(&["service", "add", "shop"]).done();
    run(&["allowlist", "add", "shop", "203.0.113.0/24"]).done();
    let ask = |more: &[&str]| {
        let line = [&["explain", "shop", "--path", "/a"], more].concat();
        run(&line).done()
    };
    assert!(ask(&["--ip", "192.0.2.1"]).contains("rule       open"));
    run(&["enter", "shop", "--allowlist", "--message", "Back soon"]).done();
    let tester = ask(&["--ip", "::ffff:203.0.113.9"]);
    assert!(tester.contains("rule       allowlisted"), "{tester}");
    assert!(tester.contains("203.0.113.0/24 is on it"), "{tester}");
    let page = ask(&["--ip", "192.0.2.1", "--header", "Accept: text/html"]);
    assert!(page.contains("is refused as page"), "{page}");
    assert!(
        page.contains("HTTP 503") && page.contains("cache-control: no-store"),
        "{page}"
    );
    let api = ask(&[
        "--ip",
        "192.0.2.1",
        "--header",
        "Accept: application/json",
        "--output",
        "json",
    ]);
    let api: serde_json::Value = serde_json::from_str(&api).unwrap();
    assert_eq!(api["rule"], "refused");
    assert_eq!(api["kind"], "api");
    assert_eq!(api["answer"]["status"], 503);
    assert!(
        api["answer"]["body"]
            .as_str()
            .unwrap()
            .contains("Back soon")
    );
    let grpc = ask(&[
        "--ip",
        "192.0.2.1",
        "--method",
        "POST",
        "--header",
        "Content-Type: application/grpc",
    ]);
    assert!(grpc.contains("grpc-status: 14"), "{grpc}");
    assert!(
        api["why"]
            .as_str()
            .unwrap()
            .contains("the client is not in the one entry of the allowlist")
    );
    let exempt = run(&["explain", "shop", "--ip", "192.0.2.1", "--path", "/healthz"]).done();
    assert!(exempt.contains("rule       exempt"), "{exempt}");

    let etag = control.state("shop").etag();
    let probers = json!([{ "cidr": "35.191.0.0/16", "paths": ["/a"] }]);
    let patch = json!({ "exempt": { "probers": probers } });
    assert_eq!(control.patch("shop", &etag, &patch).status, 200);
    let probe = ask(&["--ip", "35.191.0.1"]);
    assert!(probe.contains("rule       probe"), "{probe}");
    let visitor = ask(&["--ip", "35.191.0.1", "--header", "Via: 1.1 google"]);
    assert!(visitor.contains("rule       refused"), "{visitor}");
}

#[test]
fn preview_shows_the_notice_while_open() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let etag = control.state("shop").etag();
    let texts = json!({ "notice": { "title": "Closed", "languages": { "ja": { "title": "停止中", "message": "後で" } } } });
    assert_eq!(control.patch("shop", &etag, &texts).status, 200);
    let page = home.run(&control, &["preview", "shop", "page"]);
    assert!(page.err.starts_with("HTTP 503\n"), "{}", page.err);
    let page = page.done();
    assert!(
        page.starts_with("<!doctype html>") && page.contains("Closed"),
        "{page}"
    );
    let page = home
        .run(
            &control,
            &["preview", "shop", "page", "--language", "ja-JP"],
        )
        .done();
    assert!(page.contains("停止中"), "{page}");
    let api = home.run(&control, &["preview", "shop", "api"]).done();
    let api: serde_json::Value = serde_json::from_str(&api).unwrap();
    assert_eq!(api["title"], "Closed");
    let grpc = home.run(&control, &["preview", "shop", "grpc"]);
    assert!(grpc.err.contains("grpc-status: 14"), "{}", grpc.err);
    assert_eq!(grpc.done(), "");
    let read_only = home
        .run(
            &control,
            &[
                "preview",
                "shop",
                "page",
                "--writes-only",
                "--language",
                "de",
            ],
        )
        .done();
    assert!(!read_only.contains("data-pause"), "{read_only}");
    assert_eq!(control.state("shop").json()["maintenance"], "off");
}

#[test]
fn visitors_read_what_the_notice_sets() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &[&str]| home.run(&control, &[&["notice", "shop"], line].concat());
    let logo = home.path().join("logo.svg");
    std::fs::write(&logo, "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    let said = run(&[
        "--title",
        "Back at two",
        "--contact",
        "tel:+81-3-1234-5678",
        "--logo",
        logo.to_str().unwrap(),
        "--color",
        "dark.accent=#ff8a9a",
        "--reason",
        "deploy 42",
    ])
    .done();
    assert!(said.contains("revision 2"), "{said}");
    run(&[
        "--language",
        "ja",
        "--title",
        "2時に再開します",
        "--message",
        "引っ越し中です。",
    ])
    .done();
    let page = |language| {
        let line = ["preview", "shop", "page", "--language", language];
        home.run(&control, &line).done()
    };
    let (english, japanese) = (page("en"), page("ja"));
    for part in [
        "Back at two",
        "+81-3-1234-5678",
        "data:image/svg+xml;base64,",
        "#ff8a9a",
    ] {
        assert!(english.contains(part), "{part}: {english}");
    }
    assert!(
        japanese.contains("2時に再開します") && japanese.contains("+81-3-1234-5678"),
        "{japanese}"
    );
    let history = home.run(&control, &["history", "shop"]).done();
    assert!(
        history.contains("notice") && history.contains("deploy 42"),
        "{history}"
    );

    run(&[
        "--title",
        "none",
        "--contact",
        "none",
        "--color",
        "none",
        "--logo",
        "none",
    ])
    .done();
    let english = page("en");
    assert!(
        english.contains("Down for maintenance") && !english.contains("+81"),
        "{english}"
    );
    let shown: serde_json::Value = serde_json::from_str(&run(&[]).done()).unwrap();
    assert_eq!(shown["languages"]["ja"]["title"], "2時に再開します");

    for (line, because) in [
        (
            &["--contact", "javascript:alert(1)"][..],
            "is not a contact",
        ),
        (&["--color", "accent=#fff"], "light.accent=#0066cc"),
        (&["--logo", "logo.txt"], "is no image"),
        (&["--html", "not-there.html"], "not-there.html"),
        (&["--language", "ja"], "goes with"),
        (
            &["--language", "it", "--title", "Chiuso"],
            "/notice/languages/it/message",
        ),
    ] {
        let refused = run(line);
        assert_eq!(refused.code, Some(7), "{line:?}: {}", refused.err);
        assert!(refused.err.contains(because), "{line:?}: {}", refused.err);
    }
}

#[test]
fn colors_that_are_hard_to_read_are_named_wherever_they_are_set_or_shown() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &[&str]| home.run(&control, line);
    let warning = |place: &str| {
        format!(
            "hard to read in the light palette{place}: links in accent #ffd400 on the built-in background #f7f8fa, \
             contrast 1.3:1 where WCAG 2.2 asks for 4.5:1; to have that: intermission notice shop{} --color \
             light.accent=#7f6a00",
            place.replace(", in", " --language")
        )
    };
    let note = format!("  note       {}\n", warning(""));
    let color = ["notice", "shop", "--color", "light.accent=#ffd400"];
    let set = run(&color).done();
    assert!(set.contains("(revision 2)") && set.contains(&note), "{set}");
    let again = run(&[&color[..], &["--output", "json"]].concat()).json();
    assert_eq!(again["changed"], false);
    assert_eq!(again["warnings"], json!([warning("")]));

    let shown = run(&["preview", "shop", "page"]);
    assert!(shown.err.ends_with(&format!("\n\n{note}")), "{}", shown.err);
    assert!(!shown.done().contains("hard to read"));
    let shown = run(&["preview", "shop", "page", "--output", "json"]).json();
    assert_eq!(
        (&shown["warnings"], &shown["status"]),
        (&json!([warning("")]), &json!(503))
    );
    let api = run(&["preview", "shop", "api"]);
    assert!(!api.err.contains("hard to read"), "{}", api.err);

    let etag = control.state("shop").etag();
    let french = json!({ "fr": { "colors": { "light": { "accent": "#ffd400" } } } });
    let patch = json!({ "notice": { "colors": null, "languages": french } });
    let patched = control.patch("shop", &etag, &patch).json();
    assert_eq!(patched["warnings"], json!([warning(", in fr")]));
    let body = json!({ "notice": { "colors": { "light": { "accent": "#ffd400" } } } });
    let posted = control.post("/v1/services/shop/notice", &body).json();
    assert_eq!(posted["warnings"], json!([warning(""), warning(", in fr")]));
    let back = control
        .post("/v1/services/shop/rollback", &json!({ "revision": 2 }))
        .json();
    assert_eq!(back["warnings"], json!([warning("")]));

    let output = warning("");
    let (_, remedy) = output.split_once("to have that: intermission ").unwrap();
    let remedied = run(&remedy.split(' ').collect::<Vec<_>>()).done();
    assert!(!remedied.contains("hard to read"), "{remedied}");
    let shown = run(&["preview", "shop", "page"]);
    assert!(!shown.err.contains("hard to read"), "{}", shown.err);
}

#[test]
fn a_browser_gets_the_notice_as_from_a_node() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let color = ["notice", "shop", "--color", "dark.text=#000"];
    home.run(&control, &color).done();
    let line = ["preview", "shop", "page", "--open"];
    let mut preview = home.begin_with(&control, &line, &[("BROWSER", "true")]);
    preview.says("until you press Ctrl-C");
    let (_, address) = preview.said().split_once("http://").unwrap();
    let (address, _) = address.split_once('/').unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    let request = "GET / HTTP/1.1\r\nhost: a\r\naccept-language: de\r\n\r\n";
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 \r\n"), "{answer}");
    for part in [
        "\r\ncontent-security-policy: default-src 'none'; ",
        "Wartungsarbeiten",
    ] {
        assert!(answer.contains(part), "{answer}");
    }
    preview.interrupt();
    let output = preview.ends().err;
    assert!(
        output.contains("hard to read in the dark palette"),
        "{output}"
    );
}

#[test]
fn explain_says_why_a_pass_does_not_count() {
    let home = Home::new();
    let control = home.start();
    let run = |line: &[&str]| home.run(&control, line);
    run(&["service", "add", "shop"]).done();
    run(&["enter", "shop", "--allowlist"]).done();
    let why = |headers: &[&str]| {
        let headers = headers.iter().flat_map(|header| ["--header", header]);
        let line = ["explain", "shop", "--path", "/", "--output", "json"];
        let explained = run(&line.into_iter().chain(headers).collect::<Vec<_>>()).json();
        explained["why"].as_str().unwrap().to_owned()
    };
    assert!(why(&[]).contains(", and the allowlist is empty; "));
    let pass = run(&["pass", "create", "shop", "ann", "--output", "json"]).json();
    let header = format!("Intermission-Pass: {}", pass["pass"].as_str().unwrap());
    let cookie = header.replace(
        "Intermission-Pass: ",
        "Cookie: a=b; __Host-intermission-pass=",
    );
    assert!(why(&[&header]).contains("the request has a pass"));
    assert!(why(&[&cookie]).contains("the request has a pass"));
    let last = why(&[]);
    let words = "the allowlist has no address, and the request has no pass; ";
    assert!(last.contains(words), "{last}");
    let last = why(&[&header, &cookie]);
    assert!(
        last.contains("several passes, of which none counts"),
        "{last}"
    );
    run(&["pass", "revoke", "shop", "ann"]).done();
    let last = why(&[&header]);
    let words =
        "the pass of the request is not on the allowlist: it is unknown, has ended, is revoked";
    assert!(last.contains(words), "{last}");
    run(&["allowlist", "add", "shop", "192.0.2.1"]).done();
    let last = why(&["Intermission-Pass: nothing"]);
    assert!(
        last.contains("not in the one entry of the allowlist, and the pass of the request is not"),
        "{last}"
    );
}
