use intermission_testkit::control::{Ask, Control, Home};
use serde_json::{Value, json};

/// Asks for several things.
fn ask(control: &Control) {
    control.add("shop");
    control.get("/v1/services/shop/history?before=7");
    control.state("shop");
    control.ask(Ask::new("GET", "/v1/tokens"));
    control.get("/nowhere");
}

/// The lines of the log that are about requests.
fn lines(home: &Home) -> Vec<String> {
    let log = home.log();
    let lines = log.lines().filter(|line| line.contains("answered"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_request_is_logged_with_its_token_and_path_and_without_secrets() {
    let home = Home::new();
    let control = home.start();
    ask(&control);
    let lines = lines(&home);
    let [added, history, unknown] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    for part in [
        " INFO ",
        "method=POST route=\"/v1/services\" path=\"/v1/services\" status=201 seconds=0.",
        " bytes=",
        " token=\"operator\" role=\"operator\" peer=127.0.0.1",
    ] {
        assert!(added.contains(part), "{added}");
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
    // A refusal is logged where it is made.
    assert_eq!(log.matches("path=\"/v1/tokens\"").count(), 1, "{log}");
}

#[test]
fn polls_are_logged_if_that_is_asked_for() {
    let home = Home::new();
    let control = home.start_with(&[
        "--log",
        "warn,intermission::access=debug",
        "--log-format",
        "json",
    ]);
    ask(&control);
    let lines: Vec<Value> = lines(&home)
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let seen: Vec<_> = lines
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
        json!(seen),
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
    let said = intermission_testkit::control::Run::from(run.unwrap()).failed(2);
    assert!(
        said.contains("\"loud\" does not begin with one of error, warn"),
        "{said}"
    );
}

#[test]
fn clients_without_a_valid_token_do_not_fill_the_log() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let long = "x".repeat(8000);
    let revoked = control.token(&json!({ "name": "old", "role": "viewer" }));
    control.post("/v1/tokens/old/revoke", &json!({}));
    let before = home.log().len();
    for _ in 0..100 {
        let path = format!("/v1/{long}");
        control.ask(Ask::new("GET", &path)).problem(401, "token");
        control
            .ask(Ask::new("GET", &path).bearer(&revoked))
            .problem(401, "token");
        let foreign = Ask::new("GET", &path).header("host", &long);
        control.ask(foreign).problem(421, "host");
        let page = Ask::new("POST", &path).header("origin", &long);
        control.ask(page).problem(403, "origin");
        assert_eq!(control.ask(Ask::new("GET", "/readyz")).status, 200);
    }
    let refused = || {
        let log = home.log();
        let lines = log[before..]
            .lines()
            .filter(|line| line.contains("refused: "));
        let counts = lines.map(|line| {
            let counted = line.rsplit_once(", and ")?.1.strip_suffix(" more")?;
            counted.parse().ok()
        });
        counts.map(|counted| counted.unwrap_or(1)).sum::<usize>()
    };
    // The number of those that have no line of their own is in a later line.
    control.until(|| refused() >= 400);
    let log = home.log();
    let written = &log[before..];
    assert_eq!(refused(), 400, "{written}");
    assert!(
        !written.contains(&"x".repeat(210)) && written.contains('…'),
        "{written}"
    );
    assert!(written.lines().count() < 100, "{written}");

    let long = format!("/{long}");
    control.get(&long).problem(404, "unknown-path");
    assert!(
        !home.log().contains(&"x".repeat(210)),
        "a path with a valid token is cut as well"
    );
}
