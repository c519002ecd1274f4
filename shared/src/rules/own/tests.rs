use super::*;
use crate::state::{Mode, Pass, PassDigest, ServiceName, State, Timestamp};

const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";

fn policy(until: Option<i64>) -> Policy {
    let mut state = State::initial(ServiceName::unknown(), Mode::All);
    state.allowlist.enabled = true;
    let until = until.map(Timestamp::from_second);
    let pass = Pass::new(PassDigest::of(PASS.as_bytes()), until);
    state.allowlist.passes.push(pass);
    Policy::compile(&state, Timestamp::from_second(1000))
}

fn header<'a>(answer: &'a OwnAnswer, name: &str) -> Option<&'a str> {
    let mut headers = answer.headers.iter();
    headers
        .find(|(known, _)| *known == name)
        .map(|(_, value)| &**value)
}

fn taken(policy: &Policy, lines: &[(&str, &str)], form: &str) -> OwnAnswer {
    policy.own_answer(
        &RequestView::new(b"POST", PASS_PATH.as_bytes(), lines),
        "peer",
        form.as_bytes(),
    )
}

#[test]
fn the_page_is_there_while_a_pass_counts() {
    let there = |policy: &Policy, method: &str, path: &str| {
        let lines: &[(&str, &str)] = &[];
        let view = RequestView::new(method.as_bytes(), path.as_bytes(), lines);
        policy.answers_itself(&view)
    };
    let open = policy(None);
    for method in ["GET", "HEAD", "POST"] {
        assert!(
            there(&open, method, PASS_PATH)
                && there(&open, method, &[PASS_PATH, "?to=/a"].concat())
        );
    }
    for (method, path) in [
        ("PUT", PASS_PATH),
        ("GET", "/"),
        ("GET", &[PASS_PATH, "/"].concat()),
    ] {
        assert!(!there(&open, method, path), "{method} {path}");
    }
    assert!(there(&policy(Some(1001)), "GET", PASS_PATH));
    assert!(!there(&policy(Some(1000)), "GET", PASS_PATH));
    let state = State::initial(ServiceName::unknown(), Mode::All);
    let without = Policy::compile(&state, Timestamp::from_second(0));
    assert!(!there(&without, "GET", PASS_PATH));
    assert_eq!(taken(&without, &[], &["pass=", PASS].concat()).status, 303);
}

#[test]
fn a_known_pass_becomes_a_cookie_until_its_end_and_for_half_a_day_at_most() {
    let form = ["to=/admin&pass=", PASS].concat();
    for (until, seconds) in [(None, 43_200), (Some(1060), 60), (Some(1_000_000), 43_200)] {
        let answer = taken(&policy(until), &[], &form);
        assert_eq!(answer.status, 303);
        assert_eq!(header(&answer, "location"), Some("/admin"));
        let cookie = alloc::format!(
            "__Host-intermission-pass={PASS}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(header(&answer, "set-cookie"), Some(&*cookie));
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    }
}

#[test]
fn the_script_of_the_page_sends_a_pass_by_the_header() {
    let lines = [
        ("intermission-pass", PASS),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = taken(&policy(None), &lines, "");
    assert_eq!(
        (answer.status, header(&answer, "location")),
        (303, Some("/"))
    );
    assert!(header(&answer, "set-cookie").is_some());
}

#[test]
fn another_text_is_refused_and_never_repeated() {
    let policy = policy(None);
    let other = PASS.replace('a', "b");
    for form in [
        "",
        "pass=",
        "pass=imp_x",
        &["pass=", &other].concat(),
        &["x=", PASS].concat(),
    ] {
        let answer = taken(&policy, &[], form);
        assert_eq!(
            (answer.status, header(&answer, "set-cookie")),
            (403, None),
            "{form}"
        );
        assert!(
            answer
                .body
                .contains("<p role=\"alert\">This pass is not known here")
                && !answer.body.contains("imp_")
        );
    }
    let twice = [("intermission-pass", PASS), ("intermission-pass", PASS)];
    assert_eq!(
        taken(&policy, &twice, &["pass=", PASS].concat()).status,
        403
    );
    let cross = [("sec-fetch-site", "cross-site")];
    assert_eq!(
        taken(&policy, &cross, &["pass=", PASS].concat()).status,
        403
    );
}

#[test]
fn the_page_is_in_the_language_of_the_client() {
    let lines = [("accept-language", "de-AT, en;q=0.5")];
    let shown = |method: &[u8]| {
        policy(None).own_answer(
            &RequestView::new(method, PASS_PATH.as_bytes(), lines.as_slice()),
            "peer",
            b"",
        )
    };
    let page = shown(b"GET");
    assert_eq!(
        (page.status, header(&page, "content-language")),
        (200, Some("de"))
    );
    assert!(
        page.body.contains("<h1>Zugang mit Code</h1>")
            && page.body.contains("<p role=\"alert\" hidden>")
    );
    assert_eq!(shown(b"HEAD"), page);
    assert_eq!(header(&page, "referrer-policy"), Some("no-referrer"));
}

#[test]
fn a_client_reads_what_the_node_sees_of_it() {
    let mut state = State::initial(ServiceName::unknown(), Mode::All);
    state.revision = 17;
    state.allowlist.enabled = true;
    state
        .allowlist
        .cidrs
        .push("203.0.113.0/24".parse().unwrap());
    let hidden = Policy::compile(&state, Timestamp::UNIX_EPOCH);
    let there = |policy: &Policy, method: &str, content_type: &str| {
        let lines = [("content-type", content_type)];
        let path = ME_PATH.as_bytes();
        policy.answers_itself(&RequestView::new(method.as_bytes(), path, &lines[..]))
    };
    assert!(!there(&hidden, "GET", "text/plain"));
    state.show_me = true;
    let policy = Policy::compile(&state, Timestamp::UNIX_EPOCH);
    assert!(there(&policy, "HEAD", "application/grpc-web") && policy.asks_client());
    assert!(!there(&policy, "POST", "text/plain"));
    assert!(!there(&policy, "GET", "application/grpc"));
    let me = |path: &str, accept: &str, client: Option<&str>| {
        let headers = [("accept", accept)];
        let view = RequestView {
            client: client.map(|client| client.parse().unwrap()),
            ..RequestView::new(b"GET", path.as_bytes(), headers.as_slice())
        };
        policy.own_answer(&view, "x-forwarded-for", b"").body
    };
    assert_eq!(
        me(ME_PATH, "text/html", Some("203.0.113.9")),
        "address: 203.0.113.9\nfrom: x-forwarded-for\nallowlist: enabled, and the address is on it\n\
         rule for GET /: allowlisted\nrevision: 17\n"
    );
    assert_eq!(
        me(
            "/.well-known/intermission/me?path=/healthz",
            "application/json",
            None
        ),
        r#"{"address":null,"source":"x-forwarded-for","allowlist":{"enabled":true,"has_address":false,"has_pass":false},"rule":"exempt","path":"/healthz","revision":17}"#
    );
}
