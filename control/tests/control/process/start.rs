use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use intermission_testkit::control::{Ask, Home, Run};
use serde_json::json;

#[test]
fn a_second_process_on_the_same_folder_is_refused_by_name() {
    let home = Home::new();
    let control = home.start();
    let data = home.data();
    let second = home
        .binary()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    let said = Run::from(second).failed(1);
    let line = format!(
        "intermission: the data folder {} is in use by process {}; stop it, or name another folder with --data\n",
        data.display(),
        control.process.id()
    );
    assert_eq!(said, line);
}

#[test]
fn a_taken_port_is_named() {
    let home = Home::new();
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let run = home
        .binary()
        .args(["serve", "--listen", &address])
        .output()
        .unwrap();
    let said = Run::from(run).failed(1);
    assert!(said.ends_with(&format!(
        "intermission: {address} is taken by another process; stop it, or name another address with --listen\n"
    )));
}

#[test]
fn a_restart_keeps_everything() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    control.post("/v1/services/shop/enter", &json!({ "reason": "deploy" }));
    control.post("/v1/services/shop/allowlist/enable", &json!({}));
    let list = control.get("/v1/services").body;
    let state = control.state("shop");
    let token = control.token.clone();
    assert_eq!(control.stop(), Some(0));
    let control = home.start();
    assert_eq!(control.token, token);
    assert_eq!(control.get("/v1/services").body, list);
    assert_eq!(control.state("shop").body, state.body);
    assert_eq!(control.state("shop").header("etag"), state.header("etag"));
    assert_eq!(control.history("shop").len(), 3);
    assert_eq!(
        control.post("/v1/services/shop/exit", &json!({})).status,
        200
    );
}

#[test]
fn files_are_for_their_owner_alone() {
    let home = Home::new();
    let control = home.start();
    let mode = |path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(home.data()), 0o700);
    assert_eq!(mode(home.data().join("operator.token")), 0o600);
    let servers = home.path().join("intermission/servers");
    assert_eq!(mode(servers.clone()), 0o700);
    let link = servers.join(format!("{}.token", control.address));
    let target = home.data().canonicalize().unwrap().join("operator.token");
    assert_eq!(fs::read_link(link).unwrap(), target);
    assert_eq!(
        fs::read_dir(servers).unwrap().count(),
        1,
        "nothing is left lying about"
    );
}

#[test]
fn the_token_file_is_the_truth() {
    let home = Home::new();
    let file = home.data().join("operator.token");
    let mut control = home.start();
    let first = control.token.clone();
    control.stop();

    fs::remove_file(&file).unwrap();
    let mut control = home.start();
    let second = control.token.clone();
    assert_ne!(first, second, "a deleted token is replaced");
    let old = Ask::new("POST", "/v1/changes").header("authorization", format!("Bearer {first}"));
    control.ask(old).problem(401, "token");
    control.add("shop");
    control.stop();

    // One that others may read is closed to them again, with a warning.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let mut control = home.start();
    assert_eq!(control.token, second);
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    assert!(home.log().contains("others could read the operator token"));
    control.stop();

    fs::write(&file, "password\n").unwrap();
    let run = home
        .binary()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(home.data())
        .output();
    let said = Run::from(run.unwrap()).failed(1);
    assert!(
        said.contains("does not hold an operator token; delete it, and a new one is made"),
        "{said}"
    );
}

#[test]
fn the_default_folder_is_the_users_state() {
    let home = Home::new();
    let listen = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listen.local_addr().unwrap().to_string();
    // The port is taken, so that it stops after it has opened its store.
    let run = home
        .binary()
        .args(["serve", "--listen", &address])
        .output()
        .unwrap();
    Run::from(run).failed(1);
    assert!(home.path().join("intermission/intermission.db").exists());
}
