//! The data folder: what control opens, and who else may.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

use intermission_testkit::control::{Ask, Control, Home, Run};
use serde_json::json;

#[test]
fn a_store_that_cannot_be_trusted_is_refused() {
    let home = Home::new();
    let refused = || {
        let mut command = home.binary();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(home.data());
        Run::from(command.output().unwrap()).failed(1)
    };
    let file = home.data().join("intermission.db");
    let mut control = home.start();
    control.add("shop");
    control.post("/v1/services/shop/enter", &json!({}));
    control.stop();

    let store = rusqlite::Connection::open(&file).unwrap();
    for sql in [
        "DELETE FROM history",
        "UPDATE history SET reason = 'another'",
    ] {
        let error = store.execute(sql, []).unwrap_err();
        assert!(
            error.to_string().starts_with("history is append-only"),
            "{error}"
        );
    }
    let version: i64 = store
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    let newer = version + 1;
    store.pragma_update(None, "user_version", newer).unwrap();
    assert!(refused().ends_with(&format!(
        "intermission: the store has version {newer}, newer than the {version} of this program; upgrade intermission\n"
    )));
    store.pragma_update(None, "user_version", version).unwrap();
    store
        .execute("UPDATE services SET revision = 3", [])
        .unwrap();
    assert!(refused().contains(
        "the store contradicts itself about shop: its document has revision 2, its row 3"
    ));
    store
        .execute("UPDATE services SET revision = 2", [])
        .unwrap();
    let later = "UPDATE services SET document = replace(document, '\"all\"', '\"off\"')";
    store.execute(later, []).unwrap();
    assert!(refused().contains("the store contradicts itself about shop"));
    let sooner = "UPDATE services SET document = replace(document, '\"off\"', '\"none\"')";
    store.execute(sooner, []).unwrap();
    assert!(refused().contains("/maintenance: \"none\" is none of"));
    drop(store);

    fs::write(&file, "x".repeat(8192)).unwrap();
    assert!(refused().contains("the store: file is not a database"));
}

#[test]
fn a_store_of_the_first_version_is_taken_over() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    control.stop();
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    let later = [
        "answers", "members", "forgiven", "barriers", "events", "grants", "removed",
    ];
    for table in later {
        store.execute_batch(&format!("DROP TABLE {table}")).unwrap();
    }
    store
        .execute_batch(
            "DROP TRIGGER history_loses_documents_only;
             DROP TRIGGER history_is_removed_from_its_beginning;
             DROP TRIGGER labels_are_lost_with_their_document_only;
             ALTER TABLE history DROP COLUMN timer;
             ALTER TABLE history DROP COLUMN tag;
             ALTER TABLE history DROP COLUMN labels;
             ALTER TABLE services DROP COLUMN since;
             ALTER TABLE services DROP COLUMN documents_from;
             CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
                 BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
             CREATE TRIGGER history_is_never_deleted BEFORE DELETE ON history
                 BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;",
        )
        .unwrap();
    store.pragma_update(None, "user_version", 1).unwrap();
    drop(store);
    let control = home.start();
    let enter = Ask::new("POST", "/v1/services/shop/enter").header("idempotency-key", "a");
    let enter = control.authorized(enter);
    assert_eq!(control.ask(enter.clone()).json()["changed"], true);
    assert_eq!(control.ask(enter).json()["changed"], true);
    assert_eq!(control.history("shop").len(), 2);
}

#[test]
fn what_is_stored_is_for_its_own_user() {
    let home = Home::new();
    // Others may look into the folder, but not into what control keeps there.
    fs::create_dir(home.data()).unwrap();
    fs::set_permissions(home.data(), fs::Permissions::from_mode(0o755)).unwrap();
    let control = home.start_by(home.binary_after("umask 022"));
    control.add("shop");
    for file in ["intermission.db", "intermission.db-wal", "operator.token"] {
        let found = fs::metadata(home.data().join(file)).unwrap();
        assert_eq!(found.permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_data_folder_that_others_can_change_is_refused() {
    let home = Home::new();
    let data = home.data();
    let refused = || {
        let mut command = home.binary();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data);
        Run::from(command.output().unwrap()).failed(1)
    };
    let mode = |mode| fs::set_permissions(&data, fs::Permissions::from_mode(mode)).unwrap();
    fs::create_dir(&data).unwrap();
    for writable in [0o770, 0o702, 0o1777] {
        mode(writable);
        let said = refused();
        let shown = data.canonicalize().unwrap();
        let shown = shown.display();
        assert!(
            said.ends_with(&format!(
                "intermission: other users may write to the data folder {shown}; chmod go-w {shown}, or name a folder in \
                 it with --data, which control makes for itself\n"
            )),
            "{said}"
        );
    }
    mode(0o755);
    let target = home.path().join("target");
    for name in ["lock", "intermission.db"] {
        fs::write(&target, "kept").unwrap();
        symlink(&target, data.join(name)).unwrap();
        let said = refused();
        assert!(
            said.contains(&format!("/{name} is a link, which control does not follow")),
            "{said}"
        );
        assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
        fs::remove_file(data.join(name)).unwrap();
    }
    // A link to the folder itself is the operator's.
    let elsewhere = home.path().join("elsewhere");
    fs::rename(&data, &elsewhere).unwrap();
    symlink(&elsewhere, &data).unwrap();
    home.start().add("shop");
}

#[test]
fn a_data_folder_of_another_user_is_refused() {
    let home = Home::new();
    let own = fs::metadata(home.path()).unwrap().uid();
    // Root may give a folder away, and others find one of root's.
    let folder = if own == 0 {
        let given = home.path().join("given");
        fs::create_dir(&given).unwrap();
        chown(&given, Some(12_345), None).unwrap();
        given
    } else {
        "/usr".into()
    };
    let owner = fs::metadata(&folder).unwrap().uid();
    let mut command = home.binary();
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&folder);
    let said = Run::from(command.output().unwrap()).failed(1);
    assert!(
        said.contains(&format!(
            "belongs to user {owner}, and control runs as user {own}; start it as that user"
        )),
        "{said}"
    );
}

#[test]
fn a_star_in_a_path_that_is_stored_stays_and_a_new_one_is_refused() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let patch = |control: &Control, paths: &[&str]| {
        let etag = control.state("shop").etag();
        let patch = json!({ "exempt": { "paths": paths } });
        control.patch("shop", &etag, &patch)
    };
    assert_eq!(patch(&control, &["/t/x/hooks"]).status, 200);
    control.stop();
    // As a control has stored it that took such paths.
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    store
        .execute_batch(
            "DROP TRIGGER history_loses_documents_only;
             UPDATE services SET document = replace(document, '/x/', '/*/');
             UPDATE history SET after = replace(after, '/x/', '/*/'), tag = NULL;",
        )
        .unwrap();
    drop(store);

    let control = home.start();
    for switch in ["enter", "exit"] {
        let path = format!("/v1/services/shop/{switch}");
        assert_eq!(control.post(&path, &json!({})).json()["changed"], true);
    }
    assert_eq!(patch(&control, &["/t/*/hooks", "/more"]).status, 200);
    let problem = patch(&control, &["/t/*/hooks", "/u/*/hooks"]).problem(422, "invalid");
    assert_eq!(problem["pointer"], "/exempt/paths/1");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("has a *, which stands for nothing but itself"),
        "{detail}"
    );
    assert_eq!(patch(&control, &["/more"]).status, 200);
    let back = control.post("/v1/services/shop/rollback", &json!({ "revision": 2 }));
    assert_eq!(back.problem(422, "invalid")["pointer"], "/exempt/paths/0");
}
