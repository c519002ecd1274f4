use serde_json::{Value, json};

use crate::harness::{Control, Home};
use crate::http::Ask;

/// Asks for this and that.
fn ask(control: &Control) {
    control.add("shop");
    control.get("/v1/services/shop/history?before=7");
    control.state("shop");
    control.ask(Ask::new("GET", "/v1/tokens"));
    control.get("/nowhere");
}

/// The lines of the log that tell of requests.
fn lines(home: &Home) -> Vec<String> {
    let log = home.log();
    let lines = log.lines().filter(|line| line.contains("answered"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_request_is_told_of_with_who_and_what_and_without_its_secrets() {
    let home = Home::new();
    let control = home.start();
    ask(&control);
    let lines = lines(&home);
    let [added, history, unknown] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    for told in [
        " INFO ",
        "method=POST route=\"/v1/services\" path=\"/v1/services\" status=201 seconds=0.",
        " bytes=",
        " token=\"operator\" role=\"operator\" peer=127.0.0.1",
    ] {
        assert!(added.contains(told), "{added}");
    }
    let template =
        "route=\"/v1/services/{name}/history\" path=\"/v1/services/shop/history\" status=200";
    assert!(history.contains(template), "{history}");
    assert!(
        unknown.contains("method=GET path=\"/nowhere\" status=404"),
        "{unknown}"
    );
    let log = home.log();
    assert!(
        !log.contains("before=") && !log.contains(&control.token),
        "{log}"
    );
    // A refusal is told of by whoever refuses.
    assert_eq!(log.matches("path=\"/v1/tokens\"").count(), 1, "{log}");
}

#[test]
fn polls_are_told_of_when_that_is_asked_for() {
    let home = Home::new();
    let control = home.start_on(
        "127.0.0.1:0",
        &[
            "--log",
            "warn,intermission::access=debug",
            "--log-format",
            "json",
        ],
    );
    ask(&control);
    let lines: Vec<Value> = lines(&home)
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            [
                &line["level"],
                &line["path"],
                &line["status"],
                &line["token"],
            ]
        })
        .collect();
    let (services, state, operator) = ("/v1/services", "/v1/services/shop/state", "operator");
    assert_eq!(
        json!(told),
        json!([
            ["INFO", services, 201, operator],
            ["INFO", "/v1/services/shop/history", 200, operator],
            ["DEBUG", state, 200, operator],
            ["DEBUG", "/v1/tokens", 401, null],
            ["INFO", "/nowhere", 404, operator],
        ])
    );
    assert!(
        !home.log().contains("started"),
        "warn hides what is at info"
    );
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    let home = Home::new();
    let run = home.binary().args(["serve", "--log", "loud"]).output();
    let said = crate::harness::Run::from(run.unwrap()).failed(2);
    assert!(
        said.contains("\"loud\" does not begin with one of error, warn"),
        "{said}"
    );
}
