use serde_json::{Value, json};

use super::*;
use crate::change::testing::{NOW, enter, now, patch, rollback, state};
use intermission_core::{Field, PassDigest};

#[test]
fn each_change_makes_the_state_it_names() {
    let past = json!("2026-11-01T00:00:00Z");
    let future = json!("2026-11-23T02:00:00Z");
    for (name, before, change, expected) in [
        (
            "a new beginning turns the allowlist off and forgets the last end",
            state("off", true, past.clone()),
            enter(&json!({})),
            state("all", false, Value::Null),
        ),
        (
            "a new beginning with the allowlist on",
            state("off", false, Value::Null),
            enter(&json!({"allowlist": true})),
            state("all", true, Value::Null),
        ),
        (
            "a new beginning for writes only",
            state("off", true, Value::Null),
            enter(&json!({"mode": "writes", "until": future})),
            state("writes", false, future.clone()),
        ),
        (
            "a repetition touches nothing it does not name",
            state("all", true, future.clone()),
            enter(&json!({})),
            state("all", true, future.clone()),
        ),
        (
            "a repetition keeps even an end that has passed",
            state("all", true, past.clone()),
            enter(&json!({})),
            state("all", true, past.clone()),
        ),
        (
            "a rollback takes everything back",
            state("off", false, Value::Null),
            rollback(state("all", true, future.clone()), Width::Usual),
            state("all", true, future.clone()),
        ),
        (
            "a rollback forgets an end that is past by now",
            state("off", false, Value::Null),
            rollback(state("all", true, past.clone()), Width::Usual),
            state("all", true, Value::Null),
        ),
        (
            "from writes to all is no new beginning",
            state("writes", true, future.clone()),
            enter(&json!({})),
            state("all", true, future.clone()),
        ),
        (
            "from all to writes is no new beginning",
            state("all", true, future.clone()),
            enter(&json!({"mode": "writes"})),
            state("writes", true, future.clone()),
        ),
        (
            "a repetition may turn the allowlist off by name",
            state("all", true, Value::Null),
            enter(&json!({"allowlist": false})),
            state("all", false, Value::Null),
        ),
        (
            "exit leaves allowlist and notice",
            state("all", true, future.clone()),
            Change::Exit,
            state("off", true, future.clone()),
        ),
        (
            "exit from off",
            state("off", false, past.clone()),
            Change::Exit,
            state("off", false, past.clone()),
        ),
        (
            "allowlist enable",
            state("all", false, Value::Null),
            Change::EnableAllowlist,
            state("all", true, Value::Null),
        ),
        (
            "allowlist disable keeps the entries",
            state("all", true, Value::Null),
            Change::DisableAllowlist,
            state("all", false, Value::Null),
        ),
        (
            "a patch that says what is in force",
            state("all", true, past.clone()),
            patch(&json!({"maintenance": "all", "notice": {"until": past}})).unwrap(),
            state("all", true, past),
        ),
    ] {
        assert_eq!(
            change.apply(&before, &Labels::default(), now()),
            Ok(expected),
            "{name}"
        );
    }
}

#[test]
fn enter_sets_what_it_names() {
    let change = enter(&json!({"message": "moving", "retry_after": 60}));
    let after = change
        .apply(&state("off", false, Value::Null), &Labels::default(), now())
        .unwrap();
    assert_eq!(after.notice.look.message.as_deref(), Some("moving"));
    assert_eq!(after.notice.retry_after, 60);
}

#[test]
fn what_enter_cannot_mean_is_refused_where_it_stands() {
    for (body, pointer, reason) in [
        (
            json!({"until": NOW}),
            "/until",
            "2026-11-22T23:00:00Z is past; it is 2026-11-22T23:00:00Z now",
        ),
        (
            json!({"retry_after": 0}),
            "/retry_after",
            "0 is not a whole number from 1 to 604800",
        ),
        (
            json!({"message": "a\u{7}"}),
            "/message",
            "contains the control character U+0007; leave it out",
        ),
    ] {
        let refused =
            enter(&body).apply(&state("off", false, Value::Null), &Labels::default(), now());
        assert_eq!(refused, Err(FieldError::new(pointer, reason)));
    }
    let off = Enter::read(&Field::root(&json!({"mode": "off"}))).unwrap_err();
    assert_eq!(
        off,
        FieldError::new(
            "/mode",
            "\"off\" is neither \"writes\" nor \"all\"; to open the service, exit"
        )
    );
}

#[test]
fn a_patch_changes_fields_and_takes_them_back_to_their_defaults() {
    let before = state("off", false, Value::Null);
    let translated = json!({"notice": {"languages": {"ja": {"title": "a", "message": "b"}}}});
    let after = patch(&translated)
        .unwrap()
        .apply(&before, &Labels::default(), now())
        .unwrap();
    assert_eq!(after.notice.languages.len(), 1);
    let gone = json!({"notice": {"languages": {"ja": null, "fr": null}, "html": null}});
    assert_eq!(
        patch(&gone)
            .unwrap()
            .apply(&after, &Labels::default(), now()),
        Ok(before)
    );
}

#[test]
fn a_patch_that_would_not_do_what_it_says_is_refused_where_it_stands() {
    let before = state("all", true, json!("2026-11-01T00:00:00Z"));
    for (body, pointer) in [
        (json!({"maintainance": "off"}), "/maintainance"),
        (json!({"maintainance": null}), "/maintainance"),
        (json!({"notice": {"untill": "x"}}), "/notice/untill"),
        (
            json!({"notice": {"languages": {"ja": {"title": "a", "message": "b", "subtitle": "c"}}}}),
            "/notice/languages/ja/subtitle",
        ),
        (json!({"a/b~": 1}), "/a~1b~0"),
        (
            json!({"notice": {"until": "2026-11-02T00:00:00Z"}}),
            "/notice/until",
        ),
        (
            json!({"allowlist": {"cidrs": ["10.0.0.1/8"]}}),
            "/allowlist/cidrs/0",
        ),
        (json!({"maintenance": null}), "/maintenance"),
        (json!({"notice": 5}), "/notice"),
    ] {
        let refused = patch(&body)
            .unwrap()
            .apply(&before, &Labels::default(), now())
            .unwrap_err();
        assert_eq!(refused.pointer(), pointer, "{body}");
    }
    for field in ["version", "critical", "store", "service", "revision"] {
        let refused = patch(&json!({ field: 1, "maintenance": "off" })).unwrap_err();
        assert_eq!(refused.pointer(), format!("/{field}"));
    }
    assert!(Patch::parse(b"[]").is_err());
    assert!(Patch::parse(b"{").is_err());
}

#[test]
fn a_service_has_a_thousand_passes_and_no_more() {
    let pass = |number: usize| {
        let digest = PassDigest::of(number.to_string().as_bytes());
        Change::CreatePass(NewPass::new("ann".parse().unwrap(), digest, None))
    };
    let mut full = state("off", false, Value::Null);
    for number in 0..1000 {
        full = pass(number)
            .apply(&full, &Labels::default(), now())
            .unwrap();
    }
    assert_eq!(full.allowlist.passes.len(), 1000);
    let refused = pass(1000).apply(&full, &Labels::default(), now());
    assert_eq!(
        refused.unwrap_err().reason(),
        "there are 1000 passes, and a service has no more; revoke one"
    );
}

#[test]
fn a_pass_without_a_label_is_revoked_by_its_digest() {
    let digest = PassDigest::of(b"imp_");
    let before = state("off", false, Value::Null);
    let create = Change::CreatePass(NewPass::new("ann".parse().unwrap(), digest, None));
    let with = create.apply(&before, &Labels::default(), now()).unwrap();
    let revoke = Change::RevokePass(digest.to_string());
    let after = revoke.apply(&with, &Labels::default(), now());
    assert_eq!(after, Ok(before));
}
