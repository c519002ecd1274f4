use intermission_testkit::control::{Ask, Control, Home};
use serde_json::{Value, json};

#[test]
fn the_command_changes_the_state_and_prints_what_is_in_force() {
    let home = Home::new();
    let control = home.start();
    let run = |line: &str| home.run(&control, &line.split(' ').collect::<Vec<_>>());
    assert!(
        run("service add shop")
            .done()
            .starts_with("shop: added, open")
    );
    assert!(run("service add shop").done().contains("nothing changed"));
    assert!(run("service add pay").done().contains("pay: added"));
    assert_eq!(run("service list").done(), "pay\nshop\n");

    let entered = run("enter shop --reason deploy --writes-only --retry-after 60").done();
    assert!(
        entered.starts_with("shop: in maintenance, writes are refused (revision 2)\n"),
        "{entered}"
    );
    for line in [
        "by operator: deploy",
        "the whole service",
        "off: no client passes (no entry kept)",
        "clients ask again after 60 s",
        "no node has spoken yet: nothing enforces this",
        "name a tester: intermission allowlist add shop CIDR",
        "intermission exit shop",
    ] {
        assert!(entered.contains(line), "{line} is not in {entered}");
    }
    let all = run("enter shop").done();
    assert!(
        all.starts_with("shop: in maintenance, everything is refused (revision 3)\n"),
        "{all}"
    );
    assert!(
        all.contains(
            "writes were refused only; everything is refused now (say --writes-only to stay"
        ),
        "{all}"
    );
    let again = run("enter shop --reason again").done();
    assert!(
        again.contains("nothing changed, so the reason is not kept"),
        "{again}"
    );
    let empty = ["enter", "shop", "--message", ""];
    let silent = home.run(&control, &empty).done();
    assert!(
        silent.contains("visitors read the title, and no text"),
        "{silent}"
    );
    assert!(
        again.starts_with("shop: nothing changed: in maintenance, everything"),
        "{again}"
    );

    let status = run("status").done();
    assert_eq!(status.lines().count(), 2);
    assert!(
        status.contains("pay   open") && status.contains("shop  IN MAINTENANCE"),
        "{status}"
    );
    assert!(!status.contains('\u{1b}'), "colours are for terminals");
    for (no_color, is_colored) in [("", true), ("1", false)] {
        let variables = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", no_color)];
        let status = home.begin_with(&control, &["status"], &variables);
        assert_eq!(status.ends().done().contains('\u{1b}'), is_colored);
    }
    assert!(
        run("status shop")
            .done()
            .contains("visitors   Down for maintenance: ")
    );

    let exited = run("exit --all --reason done").done();
    assert!(exited.contains("shop: open (revision 5)"), "{exited}");
    assert!(
        exited.contains("pay: nothing changed: open (revision 1)"),
        "{exited}"
    );
    let history = run("history shop").done();
    assert_eq!(
        history
            .lines()
            .filter(|line| line.contains(" by operator"))
            .count(),
        5
    );
    assert!(history.contains("enter by operator: deploy"), "{history}");
    assert!(history.contains("exit by operator: done"), "{history}");
    assert!(history.contains("maintenance off -> writes"), "{history}");
}

#[test]
fn scope_by_host_is_said_to_depend_on_the_app() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let etag = control.state("shop").etag();
    control.patch(
        "shop",
        &etag,
        &json!({ "scope": { "hosts": ["shop.example"] } }),
    );
    let entered = home.run(&control, &["enter", "shop"]).done();
    assert!(
        entered
            .starts_with("shop: in maintenance, everything in its scope is refused (revision 3)\n"),
        "{entered}"
    );
    assert!(
        entered.contains("scope      only hosts shop.example; the rest is open\n"),
        "{entered}"
    );
    assert!(
        home.run(&control, &["status"])
            .done()
            .contains("IN MAINTENANCE  allowlist off  scope narrowed  revision 3")
    );
    assert!(
        entered.contains("binds only as far as the app's own routing"),
        "{entered}"
    );
}

#[test]
fn the_token_is_found_where_it_is() {
    let home = Home::new();
    let control = home.start();
    let port = control.address.rsplit(':').next().unwrap();
    let server = format!("http://localhost:{port}");
    home.run(&control, &["service", "add", "shop", "--server", &server])
        .done();

    // Another user has no link, and says what to do.
    let other = Home::new();
    for line in [
        &["enter", "shop"][..],
        &["status"],
        &["explain", "shop", "--ip", "::1", "--path", "/"],
    ] {
        assert_eq!(
            other.run(&control, line).failed(4),
            format!(
                "intermission: there is no token for http://{}: the control there is not this user's; give --token-file \
                 FILE, or set INTERMISSION_TOKEN\n",
                control.address
            )
        );
    }
    let file = home.data().join("operator.token");
    other
        .run(
            &control,
            &["enter", "shop", "--token-file", file.to_str().unwrap()],
        )
        .done();
    let by_env = other
        .binary()
        .env("INTERMISSION_TOKEN", &control.token)
        .args(["exit", "shop", "--server", &server])
        .output();
    assert!(by_env.unwrap().status.success());
    let address = control.address.clone();
    drop(control);
    let said = other.run_at(&address, &["status"]).failed(3);
    assert!(
        said.contains(&format!("no control at http://{address}: ")),
        "{said}"
    );
}

#[test]
fn the_status_of_all_services_takes_two_requests_however_many_there_are() {
    let home = Home::new();
    let control = home.start();
    for service in ["books", "pay", "shop"] {
        control.add(service);
    }
    let token = control.token(&json!({ "name": "nodes", "role": "node" }));
    let mut poll = Ask::new("GET", "/v1/services/pay/state").bearer(&token);
    poll = poll.header(
        "intermission-node",
        "\"n1\";boot=\"b1\";seq=1;kind=tower;wait=30",
    );
    assert_eq!(control.ask(poll).status, 200);
    let asked_before = asked(&control);
    let status = home.run(&control, &["status", "--output", "json"]).json();
    assert_eq!(asked(&control) - asked_before, 2);
    let services = status["services"].as_array().unwrap();
    let nodes = services.iter().map(|service| {
        let fleet = &service["fleet"];
        assert_eq!(fleet["service"], service["service"]);
        (
            service["service"].as_str().unwrap(),
            fleet["nodes"].as_array().unwrap().len(),
        )
    });
    let nodes: Vec<_> = nodes.collect();
    assert_eq!(nodes, [("books", 0), ("pay", 1), ("shop", 0)]);
    for service in services {
        let name = service["service"].as_str().unwrap();
        let alone = home
            .run(&control, &["status", name, "--output", "json"])
            .json();
        let without_ages = |status: &Value| {
            let mut status = status.clone();
            status["fleet"]["nodes"] = json!([]);
            status
        };
        assert_eq!(without_ages(&alone["services"][0]), without_ages(service));
    }
}

/// How many requests for what is there have come, besides those for the metrics.
fn asked(control: &Control) -> u64 {
    let metrics = String::from_utf8(control.get("/metrics").body).unwrap();
    let counts = metrics.lines().filter_map(|line| {
        let (labels, count) = line.split_once("} ")?;
        let is_asked = labels.starts_with("intermission_control_requests_total{method=\"GET\"");
        (is_asked && !labels.contains("/metrics")).then(|| count.parse::<u64>().unwrap())
    });
    counts.sum()
}
