use std::fs;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::access::authority::{Authority, end_in, files};
use intermission_testkit::control::{Ask, Control, Home, Run};
use intermission_testkit::free_address;

const PATIENCE: Duration = Duration::from_secs(30);

fn start(home: &Home, listen: &str, options: &[String]) -> Control {
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    home.start_on(listen, &options)
}

/// Runs the command as this home's user, against `server`.
fn run(home: &Home, server: &str, line: &[&str]) -> Run {
    let mut command = home.binary();
    command.args(line).args(["--server", server]);
    Run::from(command.output().unwrap())
}

/// That a start with these options fails; gives back what it says.
#[track_caller]
fn refused(home: &Home, code: i32, options: &[&str]) -> String {
    let mut command = home.binary();
    let output = command.arg("serve").args(options).output();
    Run::from(output.unwrap()).failed(code)
}

fn port(control: &Control) -> &str {
    control.address.rsplit(':').next().unwrap()
}

/// Waits until `met`, asking again and again.
#[track_caller]
fn until(mut met: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !met() {
        assert!(begun.elapsed() < PATIENCE, "it never comes");
        std::thread::yield_now();
    }
}

#[test]
fn the_command_speaks_tls_with_a_control_whose_ca_it_trusts() {
    let home = Home::new();
    let authority = Authority::new("ours");
    let ca = authority.file(&home);
    let control = start(
        &home,
        &free_address().to_string(),
        &authority.certify(&home, &["localhost"]),
    );
    let server = format!("https://localhost:{}", port(&control));
    run(
        &home,
        &server,
        &["service", "add", "shop", "--ca-file", &ca],
    )
    .done();
    let mut by_env = home.binary();
    by_env
        .env("INTERMISSION_CA_FILE", &ca)
        .env("INTERMISSION_SERVER", &server)
        .args(["enter", "shop"]);
    Run::from(by_env.output().unwrap()).done();

    assert_eq!(
        run(&home, &server, &["exit", "shop"]).failed(3),
        format!(
            "intermission: no control at {server}: io: invalid peer certificate: UnknownIssuer; name the file of its CA \
             with --ca-file\n"
        )
    );
    let other = Home::new();
    let others = Authority::new("ours").file(&other);
    run(&home, &server, &["exit", "shop", "--ca-file", &others]).failed(3);
    let by_address = format!("https://{}", control.address);
    let said = run(&home, &by_address, &["exit", "shop", "--ca-file", &ca]).failed(3);
    assert!(
        said.ends_with("; ask it by a name that its certificate has\n"),
        "{said}"
    );
    let in_clear = format!("http://{}", control.address);
    let said = run(&home, &in_clear, &["exit", "shop"]).failed(3);
    assert!(
        said.ends_with("; if it speaks TLS, name it by https:\n"),
        "{said}"
    );
    until(|| {
        home.log()
            .contains("a client and control do not agree on TLS")
    });
    for (file, reason) in [
        ("/nonexistent", "No such file or directory (os error 2)"),
        (
            files(&home)[1].to_str().unwrap(),
            "holds no certificate in PEM; name the file of the CA that signed control's",
        ),
    ] {
        assert_eq!(
            run(&home, &server, &["exit", "shop", "--ca-file", file]).failed(1),
            format!("intermission: {file}: {reason}\n")
        );
    }
    let status = run(&home, &server, &["status", "--ca-file", &ca]).done();
    assert!(
        status.contains("IN MAINTENANCE"),
        "nothing of that was done: {status}"
    );
}

#[test]
fn a_renewed_certificate_is_taken_over_and_a_broken_one_is_not() {
    let home = Home::new();
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let control = start(
        &home,
        &free_address().to_string(),
        &old.certify(&home, &["localhost"]),
    );
    let health = Ask::new("GET", "/healthz");
    let answers = |authority: &Authority| {
        let answer = authority.ask(&control.address, "localhost", &health);
        answer.is_ok_and(|answer| answer.status == 200)
    };
    assert!(answers(&old) && !answers(&new));

    // The certificate is there before its key, as they are copied one by one.
    let [_, key] = files(&home);
    let former = fs::read(&key).unwrap();
    new.certify(&home, &["localhost"]);
    let later = fs::read(&key).unwrap();
    fs::write(&key, former).unwrap();
    until(|| {
        home.log()
            .contains("the new certificate cannot be used; the last one goes on")
    });
    assert!(answers(&old) && !answers(&new));

    fs::write(&key, later).unwrap();
    until(|| answers(&new));
    assert!(!answers(&old));
    assert!(home.log().contains("took over a new certificate"));
}

#[test]
fn a_silent_client_holds_up_no_other() {
    let home = Home::new();
    let authority = Authority::new("ours");
    let control = start(
        &home,
        &free_address().to_string(),
        &authority.certify(&home, &["localhost"]),
    );
    let silent: Vec<_> = (0..8)
        .map(|_| TcpStream::connect(&control.address).unwrap())
        .collect();
    let begun = Instant::now();
    let health = Ask::new("GET", "/healthz");
    let answer = authority.ask(&control.address, "localhost", &health);
    assert_eq!(answer.unwrap().status, 200);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "it waited for {silent:?}"
    );
}

#[test]
fn beyond_loopback_control_answers_to_its_own_names_alone() {
    let home = Home::new();
    let authority = Authority::new("ours");
    let mut options = authority.certify(&home, &["control.example"]).to_vec();
    options.extend(["--host".to_owned(), "control.example".to_owned()]);
    let control = start(&home, "0.0.0.0:0", &options);
    let address = format!("127.0.0.1:{}", port(&control));
    let ask = |ask: &Ask| authority.ask(&address, "control.example", ask).unwrap();
    for (host, status) in [
        ("control.example", 200),
        ("control.example:7700", 200),
        // The address that the connection has come to.
        ("127.0.0.1:1", 200),
        // Over loopback, by its names.
        ("127.0.0.2", 200),
        ("localhost", 200),
        ("192.0.2.1", 421),
        ("evil.example", 421),
        ("control.example.evil.example", 421),
    ] {
        let answer = ask(&Ask::new("GET", "/healthz").header("host", host));
        assert_eq!(answer.status, status, "{host}");
    }
    let foreign = ask(&Ask::new("GET", "/healthz").header("host", "control:7700"));
    assert_eq!(
        foreign.problem(421, "host")["detail"],
        "this control answers to the address that a connection has come to and to control.example only; where a port \
         mapping or a proxy asks for another name, start it with --host control"
    );
    for (origin, status) in [
        ("https://control.example", 200),
        ("http://control.example", 403),
        ("https://control.example:7700", 403),
        ("https://evil.example", 403),
    ] {
        let change = Ask::new("POST", "/v1/changes")
            .header("host", "control.example")
            .header("origin", origin)
            .json(&serde_json::json!({ "all": true, "action": "exit" }));
        let answer = ask(&control.authorized(change)).status;
        // There is no service to change.
        assert_eq!(answer, if status == 200 { 404 } else { status }, "{origin}");
    }
    assert!(
        !home.path().join("intermission/servers").exists(),
        "the command looks there for controls on loopback only"
    );
}

#[test]
fn beyond_loopback_in_clear_needs_a_flag() {
    let home = Home::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:7700"] {
        let said = refused(&home, 1, &["--listen", address]);
        assert!(
            said.ends_with(&format!(
                "intermission: {address} can be reached from other machines, and tokens would travel in clear; give \
                 --tls-cert FILE and --tls-key FILE, or --insecure-listen-in-clear if something else encrypts the way, or \
                 listen on 127.0.0.1\n"
            )),
            "{said}"
        );
    }
    let options = ["--insecure-listen-in-clear", "--host", "control.example"];
    let control = home.start_on("0.0.0.0:0", &options);
    let address = format!("127.0.0.1:{}", port(&control));
    let health = Ask::new("GET", "/healthz");
    assert_eq!(
        health
            .clone()
            .header("host", "control.example")
            .send(&address)
            .unwrap()
            .status,
        200
    );
    assert_eq!(
        health
            .header("host", "evil.example")
            .send(&address)
            .unwrap()
            .status,
        421
    );
    assert!(home.log().contains("tokens and states travel in clear"));
}

#[test]
fn a_certificate_that_cannot_be_used_is_named_by_its_file() {
    let home = Home::new();
    let authority = Authority::new("ours");
    let [_, chain, _, key] = authority.certify(&home, &["localhost"]);
    let other = Home::new();
    let [.., other_key] = authority.certify(&other, &["localhost"]);
    for (files, reason) in [
        (
            ["/nonexistent", &key],
            "/nonexistent: No such file or directory (os error 2)".to_owned(),
        ),
        (
            [&key, &key],
            format!(
                "{key} holds no certificate in PEM; name control's own with --tls-cert, and after it in the same file those \
                 that lead to its CA"
            ),
        ),
        (
            [&chain, &chain],
            format!(
                "{chain} holds no private key in PEM; name that of the certificate with --tls-key"
            ),
        ),
        (
            [&chain, &other_key],
            format!(
                "{chain} and {other_key} cannot be used together: keys may not be consistent: KeyMismatch"
            ),
        ),
    ] {
        let [chain, key] = files;
        let options = [
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            chain,
            "--tls-key",
            key,
        ];
        let said = refused(&home, 1, &options);
        assert!(
            said.ends_with(&format!("intermission: {reason}\n")),
            "{said}"
        );
    }
    refused(&home, 2, &["--tls-cert", &chain]);
    refused(
        &home,
        2,
        &[
            "--tls-cert",
            &chain,
            "--tls-key",
            &key,
            "--insecure-listen-in-clear",
        ],
    );
    let said = refused(&home, 2, &["--host", "https://control.example"]);
    assert!(
        said.contains("is not a host; write it in lower case, without scheme"),
        "{said}"
    );
}

#[test]
fn a_certificate_that_ends_soon_is_named_until_it_is_replaced() {
    let (home, authority) = (Home::new(), Authority::new("private"));
    let options = authority.certify_until(&home, &["127.0.0.1"], Some(10));
    let options = options.each_ref().map(String::as_str);
    let control = home.start_with(&options);
    let ends = |days| {
        let ask = control.authorized(Ask::new("GET", "/metrics"));
        let answer = authority.ask(&control.address, "127.0.0.1", &ask).unwrap();
        let (name, end) = ("certificate_expiration_timestamp_seconds", end_in(days));
        let line = format!(
            "intermission_control_{name}{{certificate=\"{}\"}} {end}\n",
            options[1]
        );
        String::from_utf8(answer.body).unwrap().contains(&line)
    };
    control.until(|| ends(10));
    control.until(|| home.log().contains("a certificate ends soon"));
    authority.certify_until(&home, &["127.0.0.1"], Some(400));
    control.until(|| ends(400));
    assert_eq!(
        home.log().matches("a certificate").count(),
        1,
        "{}",
        home.log()
    );
    authority.certify_until(&home, &["127.0.0.1"], Some(-1));
    control.until(|| home.log().contains("a certificate has ended"));
}
