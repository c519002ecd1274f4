use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;

use intermission_testkit::control::{Ask, Control, Home, Run};
use serde_json::{Value, json};

/// Runs the command with this token in its environment.
pub(super) fn run_as(home: &Home, control: &Control, token: &str, line: &str) -> Run {
    let mut command = home.binary();
    command
        .env("INTERMISSION_TOKEN", token)
        .env("INTERMISSION_SERVER", format!("http://{}", control.address))
        .args(line.split(' '));
    Run::from(command.output().unwrap())
}

#[test]
fn a_token_is_printed_alone_and_once() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &str| home.run(&control, &line.split(' ').collect::<Vec<_>>());
    let made = run(
        "token create edge --role node --service shop --nodes edge-* --max-polls 50 --max-members 20",
    );
    assert_eq!(
        made.err,
        "edge: a token for nodes  services shop  nodes edge-*  at most 50 polls, 20 members\n  \
         next       keep it, as it is not shown again; end it: intermission token revoke edge\n"
    );
    let token = made.done();
    let token = token.strip_suffix('\n').unwrap();
    assert_eq!(token.len(), 47);
    let poll = Ask::new("GET", "/v1/services/shop/state").bearer(token);
    assert_eq!(control.ask(poll).status, 200);

    let made = run("token create ci --role operator --output json").json();
    assert_eq!(made["name"], "ci");
    assert!(made["token"].as_str().unwrap().starts_with("imo_"));
    let list = run("token list --output json");
    assert!(!list.out.contains("imo_"));
    let list = list.json();
    let names = list["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|token| token["name"].clone());
    assert_eq!(names.collect::<Value>(), json!(["ci", "edge", "operator"]));
    assert_eq!(list["tokens"][1]["created"]["by"], "operator");
    assert_eq!(list["tokens"][2]["created"]["by"], "control");
    assert_eq!(list["tokens"][1]["max_polls"], 50);
    assert_eq!(list["tokens"][1]["max_members"], 20);
    let human = run("token list").done();
    assert_eq!(human.lines().count(), 3);
    assert!(
        human.contains(" by operator  services shop  nodes edge-*  at most 50 polls, 20 members\n"),
        "{human}"
    );
}

#[test]
fn history_and_log_name_the_token() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let ci = control.token(&json!({ "name": "ci@example.com", "role": "operator" }));
    run_as(&home, &control, &ci, "enter shop --reason deploy").done();
    let status = run_as(&home, &control, &ci, "status shop").done();
    assert!(status.contains("by ci@example.com: deploy"), "{status}");
    assert_eq!(control.history("shop")[1]["actor"], "ci@example.com");
    run_as(&home, &control, &ci, "token create edge --role node").done();
    home.run(&control, &["token", "revoke", "edge"]).done();
    let log = home.log();
    for (line, by) in [
        ("a token was made", "ci@example.com"),
        ("a token was revoked", "operator"),
    ] {
        let logged = format!("{line} token=\"edge\" role=node by=\"{by}\"");
        assert!(log.contains(&logged), "{logged} is not in {log}");
    }
}

#[test]
fn a_revoked_token_is_refused_at_once_and_stays_revoked() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let ci = control.token(&json!({ "name": "ci", "role": "operator" }));
    run_as(&home, &control, &ci, "enter shop").done();
    let revoked = home.run(&control, &["token", "revoke", "ci"]).done();
    assert_eq!(
        revoked,
        "ci: revoked; polls of it that are held may yet end by themselves, within a minute\n"
    );
    let refused = |control: &Control| {
        let enter = Ask::new("POST", "/v1/services/shop/exit").bearer(&ci);
        control.ask(enter).problem(401, "token");
        let read = Ask::new("GET", "/v1/services").bearer(&ci);
        control.ask(read).problem(401, "token");
    };
    refused(&control);
    assert!(
        home.log()
            .contains("refused: the token was revoked token=\"ci\" role=operator")
    );
    let again = home.run(&control, &["token", "revoke", "ci"]).done();
    assert!(
        again.starts_with("ci: nothing changed: it was revoked by operator at "),
        "{again}"
    );
    let list = home.run(&control, &["token", "list"]).done();
    assert!(
        list.lines()
            .any(|line| line.starts_with("ci ") && line.contains("REVOKED")),
        "{list}"
    );

    control.stop();
    let control = home.start();
    refused(&control);
    assert_eq!(control.state("shop").json()["revision"], 2);
    // Its name stays its own.
    let taken = home
        .run(&control, &["token", "create", "ci", "--role", "node"])
        .failed(16);
    assert!(taken.contains("no name is given again"), "{taken}");
    control
        .post("/v1/tokens", &json!({ "name": "ci", "role": "operator" }))
        .problem(409, "token-taken");
}

#[test]
fn the_operators_own_token_is_not_revoked_but_deleted() {
    let home = Home::new();
    let mut control = home.start();
    let said = home
        .run(&control, &["token", "revoke", "operator"])
        .failed(16);
    assert!(
        said.contains("delete the file operator.token in control's data folder"),
        "{said}"
    );
    control
        .post(
            "/v1/tokens",
            &json!({ "name": "operator", "role": "operator" }),
        )
        .problem(409, "token-taken");
    let first = control.token.clone();
    control.stop();
    fs::remove_file(home.data().join("operator.token")).unwrap();
    let control = home.start();
    control
        .ask(Ask::new("GET", "/v1/tokens").bearer(&first))
        .problem(401, "token");
    assert_eq!(
        control.get("/v1/tokens").json()["tokens"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn no_file_has_a_token_in_clear_but_the_operators() {
    let home = Home::new();
    let control = home.start();
    let others: Vec<_> = ["operator", "node", "viewer"]
        .map(|role| control.token(&json!({ "name": format!("a-{role}"), "role": role })))
        .into();
    let keyed = Ask::new("POST", "/v1/tokens").header("idempotency-key", "once");
    let keyed = control.authorized(keyed.json(&json!({ "name": "keyed", "role": "node" })));
    let keyed = control.ask(keyed).json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    for entry in fs::read_dir(home.data()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let holds = |token: &String| {
            bytes
                .windows(token.len())
                .any(|window| window == token.as_bytes())
        };
        assert!(
            !others.iter().chain([&keyed]).any(holds),
            "{}",
            path.display()
        );
        assert_eq!(
            holds(&control.token),
            path.ends_with("operator.token"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_store_refuses_to_widen_a_token_or_to_restore_it() {
    let home = Home::new();
    let mut control = home.start();
    control.token(&json!({ "name": "edge", "role": "node" }));
    home.run(&control, &["token", "revoke", "edge"]).done();
    control.stop();
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    for (sql, error) in [
        (
            "DELETE FROM grants",
            "the name of a token is never used again",
        ),
        (
            "UPDATE grants SET role = 'operator' WHERE name <> 'edge'",
            "the grant of a token never changes",
        ),
        (
            "UPDATE grants SET revoked_at = NULL WHERE name = 'edge'",
            "a revoked token stays revoked",
        ),
    ] {
        assert_eq!(store.execute(sql, []).unwrap_err().to_string(), error);
    }
}

#[test]
fn a_token_that_makes_no_sense_is_refused_where_it_is_wrong() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let cases = r#"
{ "role": "node" } → /name: is missing
{ "name": "a" } → /role: is missing
{ "name": "a", "role": "root" } → /role: "root" is none of operator, node, viewer
{ "name": "a", "role": "viewer", "nodes": "edge-*" } → /nodes: goes with role node only, not with viewer; leave it out
{ "name": "a", "role": "operator", "services": [] } → /services: names no service; leave it out for a token for all services
{ "name": "a", "role": "node", "services": [] } → /services: names no service; leave it out for a token for all services
{ "name": "a", "role": "node", "nodes": "*-edge" } → /nodes: "*-edge" is neither a node's name nor the beginning of names; write it like edge-7 or edge-*
{ "name": "control", "role": "node" } → /name: "control" is what history calls what control does by itself; choose another name
{ "name": "a", "role": "node", "service": "shop" } → /service: is not known; known here: name, role, services, nodes, max_polls, max_members, dry_run
"#;
    for case in cases.trim().lines() {
        let (body, detail) = case.split_once(" → ").unwrap();
        let body = serde_json::from_str(body).unwrap();
        let problem = control.post("/v1/tokens", &body).problem(422, "invalid");
        let (pointer, _) = detail.split_once(": ").unwrap();
        assert_eq!(problem["pointer"], pointer);
        assert_eq!(problem["detail"], detail);
    }
    let run = |line: &str| home.run(&control, &line.split(' ').collect::<Vec<_>>());
    let said = run("token create edge --role node --service shp").failed(5);
    assert!(said.ends_with("there are: shop\n"), "{said}");
    let said = run("token revoke edgy").failed(7);
    assert!(
        said.ends_with("there is no token \"edgy\"; there are: operator\n"),
        "{said}"
    );
    assert_eq!(
        control.get("/v1/tokens").json()["tokens"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// Another program's secret, which is no token of intermission.
const SECRET: &str = "-----BEGIN-OPENSSH-PRIVATE-KEY-b3BlbnNzaC1rZXktdjEAAAAA";

#[test]
fn only_what_is_a_token_is_sent() {
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let file = home.path().join("secret");
    let link = home
        .path()
        .join(format!("intermission/servers/{address}.token"));
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let run = |variables: &[(&str, &str)], line: &[&str]| {
        let mut command = home.binary();
        command
            .env("INTERMISSION_SERVER", format!("http://{address}"))
            .envs(variables.iter().copied())
            .args(line);
        Run::from(command.output().unwrap())
    };
    let option = ["status", "--token-file", file.to_str().unwrap()];
    for content in [
        SECRET.as_bytes(),
        b"",
        b"imo_tooshort",
        b"\xff\xfe",
        &[b'A'; 100_000],
    ] {
        fs::write(&file, content).unwrap();
        let text = std::str::from_utf8(&content[..content.len().min(9000)]).unwrap_or("?");
        for (run, source) in [
            (run(&[], &option), file.to_str().unwrap()),
            (run(&[], &["status"]), link.to_str().unwrap()),
            (
                run(&[("INTERMISSION_TOKEN", text)], &["exit", "shop"]),
                if text.is_empty() {
                    link.to_str().unwrap()
                } else {
                    "INTERMISSION_TOKEN"
                },
            ),
        ] {
            assert_eq!(
                run.failed(4),
                format!(
                    "intermission: {source} holds no token of intermission, so nothing was sent; intermission token \
                     create makes one\n"
                )
            );
        }
    }
    let heard = listener.accept().map(|_| ());
    assert_eq!(heard.unwrap_err().kind(), ErrorKind::WouldBlock);
}
