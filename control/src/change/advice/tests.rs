use intermission_core::Field;
use serde_json::{Value, json};

use super::*;
use crate::change::own_address::own_address;
use crate::change::patch::Patch;
use crate::change::testing::{enter, now, patch, rollback, state};
use crate::change::width::Width;

#[test]
fn advice_is_given_where_a_change_may_surprise() {
    let mut open = state("off", true, Value::Null);
    let said = advice(&Change::EnableAllowlist, &open, &Labels::default(), &open);
    assert_eq!(
        said,
        [
            "shop is open, and enter starts with the allowlist off; to let testers in from the beginning: \
          intermission enter shop --allowlist"
        ]
    );
    assert_eq!(
        advice(&Change::Exit, &open, &Labels::default(), &open),
        [""; 0]
    );
    open.allowlist.cidrs.clear();
    assert_eq!(
        advice(
            &enter(&json!({"allowlist": true})),
            &open,
            &Labels::default(),
            &open
        )
        .len(),
        1
    );
    let scoped = patch(&json!({"scope": {"hosts": ["shop.example"]}})).unwrap();
    let scoped = scoped
        .apply(&state("all", false, Value::Null), &Labels::default(), now())
        .unwrap();
    assert_eq!(
        advice(&enter(&json!({})), &scoped, &Labels::default(), &scoped),
        ["the scope by host binds only as far as the app's own routing by host does"]
    );
}

#[test]
fn an_operator_whom_the_allowlist_refuses_is_warned() {
    let closed = state("all", true, Value::Null);
    let ip = |text: &str| Some(text.parse().unwrap());
    let said = "your own address 192.0.2.7 is not on the allowlist, you will be refused; to get in: intermission \
                allowlist add shop 192.0.2.7";
    for change in [
        Change::EnableAllowlist,
        enter(&json!({})),
        enter(&json!({"allowlist": true})),
    ] {
        for caller in ["192.0.2.7", "::ffff:192.0.2.7"] {
            let warned = own_address(&change, &closed, ip(caller));
            assert_eq!(warned.as_deref(), Some(said));
        }
    }
    let mut empty = closed.clone();
    empty.allowlist.cidrs.clear();
    for (name, change, after, caller) in [
        (
            "listed",
            Change::EnableAllowlist,
            &closed,
            ip("203.0.113.9"),
        ),
        (
            "loopback tells nothing",
            Change::EnableAllowlist,
            &closed,
            ip("127.0.0.1"),
        ),
        (
            "loopback tells nothing",
            Change::EnableAllowlist,
            &closed,
            ip("::1"),
        ),
        ("unknown", Change::EnableAllowlist, &closed, None),
        (
            "no client passes, for which there is another warning",
            Change::EnableAllowlist,
            &empty,
            ip("192.0.2.7"),
        ),
        (
            "another change",
            Change::DisableAllowlist,
            &closed,
            ip("192.0.2.7"),
        ),
        (
            "the allowlist is off",
            enter(&json!({})),
            &state("all", false, Value::Null),
            ip("192.0.2.7"),
        ),
        (
            "everybody passes",
            Change::EnableAllowlist,
            &state("off", true, Value::Null),
            ip("192.0.2.7"),
        ),
    ] {
        assert_eq!(own_address(&change, after, caller), None, "{name}");
    }
}

#[test]
fn an_enter_that_refuses_more_than_before_warns() {
    let (writes, all) = (
        state("writes", false, Value::Null),
        state("all", false, Value::Null),
    );
    let advice = |before: &State, after: &State| {
        advice(&enter(&json!({})), before, &Labels::default(), after)
    };
    let warned = advice(&writes, &all);
    assert!(
        warned[0].starts_with("writes were refused only; everything is refused now"),
        "{warned:?}"
    );
    assert_eq!(advice(&all, &all), [""; 0]);
    assert_eq!(advice(&writes, &writes), [""; 0]);
}

#[test]
fn a_patch_that_drops_default_probe_paths_warns() {
    let before = state("off", false, Value::Null);
    let warned = |paths: Value| {
        let patch = patch(&json!({ "exempt": { "paths": paths } })).unwrap();
        let after = patch.apply(&before, &Labels::default(), now()).unwrap();
        advice(&patch, &before, &Labels::default(), &after)
    };
    let lost = warned(json!(["/livez", "/readyz", "/status"]));
    assert!(
        lost[0].starts_with("exempt has lost /healthz, /robots.txt"),
        "{lost:?}"
    );
    assert_eq!(warned(Value::Null), [""; 0]);
}

#[test]
fn colors_that_are_hard_to_read_warn() {
    let before = state("off", false, Value::Null);
    let poor = json!({ "light": { "text": "#fff" } });
    let notice = |notice: &Value| {
        let body = json!({ "notice": notice });
        Change::Notice(Patch::of_notice(&Field::root(&body)).unwrap())
    };
    let warned = |change: &Change, before: &State| {
        let after = change.apply(before, &Labels::default(), now()).unwrap();
        let warned = advice(change, before, &Labels::default(), &after);
        assert!(
            warned
                .iter()
                .all(|warned| warned.starts_with("hard to read in the light palette")),
            "{warned:?}"
        );
        (after, warned.len())
    };
    let (poor_state, count) = warned(&notice(&json!({ "colors": poor })), &before);
    assert_eq!(count, 1);
    let own_document = json!({ "html": "<p>" });
    let (hidden, count) = warned(&notice(&own_document), &poor_state);
    assert_eq!(count, 0);
    let french = json!({ "languages": { "fr": { "colors": poor } } });
    for (name, change, before, expected) in [
        ("again", notice(&json!({ "colors": poor })), &poor_state, 1),
        (
            "by a patch",
            patch(&json!({ "notice": { "colors": poor } })).unwrap(),
            &before,
            1,
        ),
        ("in a language", notice(&french), &before, 1),
        (
            "without the document in their place",
            notice(&json!({ "html": null })),
            &hidden,
            1,
        ),
        (
            "by a rollback",
            rollback(poor_state.clone(), Width::Usual),
            &before,
            1,
        ),
        (
            "back to the built-in ones",
            notice(&json!({ "colors": null })),
            &poor_state,
            0,
        ),
        (
            "another part of the notice",
            notice(&json!({ "title": "a" })),
            &poor_state,
            0,
        ),
        (
            "another patch",
            patch(&json!({ "scope": { "paths": ["/a"] } })).unwrap(),
            &poor_state,
            0,
        ),
        ("a new beginning", enter(&json!({})), &poor_state, 0),
    ] {
        assert_eq!(warned(&change, before).1, expected, "{name}");
    }
}
