use serde_json::json;

use crate::harness::Home;

#[test]
fn explain_tells_the_rule_and_the_whole_answer() {
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
}

#[test]
fn preview_shows_the_notice_while_open() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let etag = control.state("shop").header("etag").unwrap().to_owned();
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
