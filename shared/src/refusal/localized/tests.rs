use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::*;
use crate::refusal::answers::Answers;
use crate::request::ANSWER_HEADERS;
use crate::rules::Policy;
use crate::state::{State, Timestamp};

/// The policy of a state in maintenance whose notice has these members and so many languages, each with the members that
/// `look` gives; and the number of bytes that it renders to.
fn compiled(notice: &str, languages: usize, look: impl Fn(usize) -> String) -> (Policy, usize) {
    let tag = |place: usize| {
        let letter =
            |shift: u32| char::from(b'a' + u8::try_from(place / 26_usize.pow(shift) % 26).unwrap());
        format!("q{}{}{}", letter(2), letter(1), letter(0))
    };
    let languages: Vec<_> = (0..languages)
        .map(|place| format!("\"{}\":{{{}}}", tag(place), look(place)))
        .collect();
    let document = format!(
        r#"{{"version":1,"service":"shop","revision":3,"maintenance":"all","notice":{{{notice},"languages":{{{}}}}}}}"#,
        languages.join(",")
    );
    let state = State::parse(document.as_bytes()).unwrap();
    let now = Timestamp::from_second(0);
    (
        Policy::compile(&state, now),
        Answers::render(&state, now).bytes(),
    )
}

#[test]
fn vary_names_every_header_on_which_an_answer_depends() {
    let named: Vec<_> = VARY.split(", ").map(str::to_ascii_lowercase).collect();
    assert_eq!(named, ANSWER_HEADERS);
}

#[test]
fn all_languages_share_one_copy_of_an_own_document() {
    let html = "x".repeat(512 << 10);
    let (policy, bytes) = compiled(&format!("\"html\":\"{html}\""), 200, |_| {
        r#""title":"","message":"""#.into()
    });
    let pages: Vec<_> = policy
        .answers()
        .filter(|answer| answer.body().len() == html.len())
        .map(Answer::shared_body)
        .collect();
    assert_eq!(pages.len(), 201);
    assert!(pages.iter().all(|page| Arc::ptr_eq(page, &pages[0])));
    assert!(bytes < 4 << 20, "{bytes}");
}

#[test]
fn a_notice_that_is_too_large_is_rendered_in_part_with_its_own_language() {
    let logo = format!("data:image/png;base64,{}", "A".repeat(32_000));
    let (policy, bytes) = compiled(&format!("\"logo\":\"{logo}\""), 15_000, |_| {
        r#""title":"t","message":"""#.into()
    });
    assert!((16 << 20..17 << 20).contains(&bytes), "{bytes}");
    assert!(policy.answers().count() < 4 * 2000);
    assert!(policy.answers().count() > 4 * 150);
}
