use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use intermission_testkit::control::{Control, Home, Run};
use serde_json::json;

#[test]
fn bad_values_change_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &[&str]| home.run(&control, line);
    assert_eq!(
        run(&["allowlist", "add", "shop", "127.0.0.1", "10.0.0.1/8"]).failed(7),
        "intermission: Invalid input; nothing was changed: /cidrs/1: \"10.0.0.1/8\" has bits beyond its prefix; did you mean 10.0.0.0/8?\n"
    );
    for line in [
        &["enter", "shop", "--until", "02:00"][..],
        &["enter", "shop", "--until", "2020-01-01T00:00:00Z"],
        &["enter", "shop", "--retry-after", "0"],
        &["enter", "shop", "--message", "\u{1b}[2J"],
        &["enter", "shop", "--reason", "a\nb"],
        &["service", "add", "Shop"],
        &["explain", "shop", "--ip", "localhost", "--path", "/"],
        &[
            "explain", "shop", "--ip", "::1", "--path", "/", "--header", "nonsense",
        ],
        &["explain", "shop", "--ip", "::1", "--path", "api"],
        &["explain", "shop", "--ip", "::1", "--path", "/a b"],
        &["explain", "shop", "--ip", "::1", "--path", "*"],
        &[
            "explain", "shop", "--ip", "::1", "--path", "/", "--method", "GET /",
        ],
        &[
            "explain", "shop", "--ip", "::1", "--path", "/", "--host", "a b",
        ],
        &[
            "explain", "shop", "--ip", "::1", "--path", "/", "--host", "",
        ],
        &["enter", "shop", "--wait", "--timeout", "2d"],
        &["enter", "shop", "--until", "9999-12-31T23:59:59Z"],
        &[
            "token",
            "create",
            "edge",
            "--role",
            "node",
            "--max-polls",
            "0",
        ],
    ] {
        run(line).failed(7);
    }
    for line in [
        &["enter"][..],
        &["enter", "shop", "--all"],
        &["preview", "shop", "poem"],
        &["status", "--server", "127.0.0.1:7700"],
        &["nonsense"],
        &["service", "remove", ""],
    ] {
        run(line).failed(2);
    }
    assert_eq!(control.history("shop").len(), 1);
}

#[test]
fn a_failed_read_does_not_say_that_nothing_was_changed() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |token: &str, line: &[&str]| {
        let server = format!("http://{}", control.address);
        let mut command = home.binary();
        let command = command.env("INTERMISSION_SERVER", server).args(line);
        Run::from(command.env("INTERMISSION_TOKEN", token).output().unwrap())
    };
    let unknown = run("", &["history", "nope"]).failed(5);
    assert_eq!(
        unknown,
        "intermission: Unknown service: there is no service \"nope\"; there are: shop\n"
    );
    let unknown = format!("imo_{}", "A".repeat(43));
    let stale = run(&unknown, &["status"]).failed(4);
    assert!(
        stale.starts_with("intermission: A valid token is needed: there is none"),
        "{stale}"
    );
    assert!(
        stale.ends_with("; the token that was sent is that of INTERMISSION_TOKEN\n"),
        "{stale}"
    );
    let viewer = control.token(&json!({ "name": "wall", "role": "viewer" }));
    let lacking = run(&viewer, &["history", "shop"]).failed(4);
    assert!(
        lacking.starts_with("intermission: Not with this token: this needs"),
        "{lacking}"
    );
    let changing = run(&unknown, &["exit", "shop"]).failed(4);
    assert!(
        changing.contains("needed; nothing was changed: "),
        "{changing}"
    );
}

#[test]
fn every_failure_has_an_exit_code_of_its_own() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    for line in [
        &["enter", "shp"][..],
        &["exit", "shop", "shp"],
        &["allowlist", "add", "shp", "::1"],
        &["allowlist", "show", "shp"],
        &["status", "shp"],
        &["history", "../shop"],
        &["preview", "shp", "page"],
    ] {
        let said = home.run(&control, line).failed(5);
        assert!(said.ends_with("there are: shop\n"), "{said}");
    }
    let json = home
        .run(&control, &["enter", "shp", "--output", "json"])
        .failed(5);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["exit"], 5);
    assert_eq!(json["problem"]["services"], json!(["shop"]));

    let wrong = home.path().join("wrong.token");
    fs::write(&wrong, format!("imo_{}", "A".repeat(43))).unwrap();
    let wrong = wrong.to_str().unwrap();
    home.run(&control, &["enter", "shop", "--token-file", wrong])
        .failed(4);
    home.run(&control, &["enter", "shop", "--token-file", "/nonexistent"])
        .failed(4);
    let beyond = home.run(
        &control,
        &["enter", "shop", "--server", "http://192.0.2.1:7700"],
    );
    assert!(beyond.failed(4).contains("the token is not sent in clear"));
    assert_eq!(control.history("shop").len(), 1);

    let address = control.address.clone();
    control.kill();
    for line in [&["enter", "shop"][..], &["status"]] {
        let said = home.run(&control, line).failed(3);
        assert!(
            said.starts_with(&format!("intermission: no control at http://{address}: ")),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1);
    }
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let line = format!("status --server http://{} | true", control.address);
    let mut shell = home.binary_after(&format!("\"$0\" {line}; exit"));
    let output = shell.output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_redirect_carries_no_token_away() {
    let home = Home::new();
    let [impostor, thief] = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let address = impostor.local_addr().unwrap().to_string();
    let location = format!("http://{}/v1/services", thief.local_addr().unwrap());
    let redirecting = thread::spawn(move || {
        for status in [
            "301 Moved Permanently",
            "307 Temporary Redirect",
            "308 Permanent Redirect",
        ] {
            let (mut connection, _) = impostor.accept().unwrap();
            let mut request = [0; 4096];
            let length = connection.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            assert!(request.contains("Bearer imo_"), "{request}");
            let head = format!(
                "HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            connection.write_all(head.as_bytes()).unwrap();
        }
    });
    for line in [&["status"][..], &["enter", "--all"], &["history", "shop"]] {
        let mut command = home.binary();
        command
            .env("INTERMISSION_TOKEN", format!("imo_{}", "A".repeat(43)))
            .args(line)
            .args(["--server", &format!("http://{address}")]);
        let said = Run::from(command.output().unwrap()).failed(1);
        assert!(
            said.contains("is not a control that this command knows: HTTP 30"),
            "{said}"
        );
    }
    redirecting.join().unwrap();
    thief.set_nonblocking(true).unwrap();
    assert_eq!(thief.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

/// What a proxy does with a request.
#[derive(Clone, Copy)]
enum Fate {
    /// The request arrives, and the answer is lost.
    Lost,
    /// There is no control behind it.
    Absent,
    Passed,
}

/// A proxy before control for as many requests as there are fates; the receiver has the requests.
fn proxy(control: &Control, fates: &'static [Fate]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let upstream = control.address.clone();
    let (send, asked) = channel();
    thread::spawn(move || {
        for fate in fates {
            let (mut client, _) = listener.accept().unwrap();
            let request = read_request(&mut client);
            let request = request.replacen("\r\n", "\r\nconnection: close\r\n", 1);
            let mut answer = Vec::new();
            if let Fate::Absent = fate {
                answer.extend_from_slice(
                    b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 4\r\n\r\noops",
                );
            } else {
                let mut to = TcpStream::connect(&upstream).unwrap();
                to.write_all(request.as_bytes()).unwrap();
                to.read_to_end(&mut answer).unwrap();
            }
            send.send(request).unwrap();
            if !matches!(fate, Fate::Lost) {
                client.write_all(&answer).unwrap();
            }
        }
    });
    (address, asked)
}

/// Runs the command through a proxy.
fn run_through(home: &Home, control: &Control, proxy: &str, line: &[&str]) -> Run {
    let mut command = home.binary();
    let command = command
        .env("INTERMISSION_TOKEN", &control.token)
        .args(["--server", &format!("http://{proxy}")])
        .args(line);
    Run::from(command.output().unwrap())
}

#[test]
fn a_change_whose_answer_is_lost_is_asked_again_with_its_key() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let (proxy, asked) = proxy(
        &control,
        &[Fate::Absent, Fate::Lost, Fate::Absent, Fate::Passed],
    );
    let said = run_through(&home, &control, &proxy, &["enter", "shop"]).done();
    assert!(said.contains("everything is refused"), "{said}");
    let key = |request: String| {
        let mut lines = request.lines();
        let key = lines.find_map(|line| line.strip_prefix("idempotency-key: "));
        key.unwrap().to_owned()
    };
    let keys: Vec<_> = asked.iter().map(key).collect();
    assert_eq!(keys.len(), 4);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_eq!(control.history("shop").len(), 2);
}

#[test]
fn a_change_without_an_answer_may_have_been_made() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    // After the first request the proxy is gone.
    let (proxy, _asked) = proxy(&control, &[Fate::Lost]);
    let said = run_through(&home, &control, &proxy, &["enter", "shop"]).failed(3);
    assert!(
        said.ends_with(
            "; the change may have been made or not: see intermission status, or give the command again\n"
        ),
        "{said}"
    );
    assert_eq!(control.history("shop").len(), 2);
}

#[test]
fn a_question_survives_a_proxy_that_has_no_control_for_a_moment() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let (address, _asked) = proxy(&control, &[Fate::Absent, Fate::Passed]);
    let said = run_through(&home, &control, &address, &["service", "list"]).done();
    assert_eq!(said, "shop\n");
    let (address, _asked) = proxy(&control, &[Fate::Absent; 40]);
    let said = run_through(&home, &control, &address, &["service", "list"]).failed(3);
    let expected = format!(
        "intermission: no control at http://{address}: HTTP 502 Bad Gateway by what is before it\n"
    );
    assert_eq!(said, expected);
}

#[test]
fn a_wait_that_is_given_up_says_that_the_change_is_made() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let token = control.token(&json!({ "name": "alice", "role": "operator" }));
    let file = home.path().join("alice.token");
    fs::write(&file, token).unwrap();
    let file = file.to_str().unwrap();
    let line = [
        "enter",
        "shop",
        "--wait",
        "--expect",
        "1",
        "--token-file",
        file,
    ];
    let waiting = home.begin(&control, &line);
    control.until(|| control.state("shop").json()["maintenance"] == "all");
    control.post("/v1/tokens/alice/revoke", &json!({}));
    let run = waiting.ends();
    assert_eq!(run.code, Some(4), "{}", run.err);
    assert!(
        run.out
            .contains("shop: in maintenance, everything is refused"),
        "{}",
        run.out
    );
    assert!(
        run.err
            .contains("control has the change, but the wait is given up"),
        "{}",
        run.err
    );
}

/// The head and the body of a request.
pub(super) fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut more = [0; 4096];
        let count = stream.read(&mut more).unwrap();
        bytes.extend_from_slice(&more[..count]);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let length = lines.find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text;
        }
    }
}
