//! Which language the lines of `Accept-Language` choose, compared with lookup (RFC 4647, section 3.4), one range after the other.
#![no_main]

use std::sync::LazyLock;

use intermission_core::{Answer, Kind, Policy, RequestView, State, Timestamp};

/// Beside these the page has languages of its own, which the document may not hide.
const LANGUAGES: [&str; 4] = ["sv-FI", "sv", "gsw-u-sd-chzh", "rm"];

static CLOSED: LazyLock<(Policy, Vec<String>)> = LazyLock::new(|| {
    let look = serde_json::json!({ "title": "x", "message": "y" });
    let languages: serde_json::Map<_, _> = LANGUAGES
        .map(|tag| (tag.to_owned(), look.clone()))
        .into_iter()
        .collect();
    let document = serde_json::json!({
        "version": 1, "service": "shop", "revision": 1, "maintenance": "all", "notice": { "languages": languages },
    });
    let state = State::parse(document.to_string().as_bytes()).expect("a valid document");
    let policy = Policy::compile(&state, Timestamp::UNIX_EPOCH);
    let language = |answer: &Answer| {
        let mut headers = answer.headers();
        headers.find_map(|(name, value)| (name == "content-language").then(|| value.to_string()))
    };
    let known = policy.answers().filter_map(language).collect();
    (policy, known)
});

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let headers: Vec<(&str, &[u8])> = lines
        .iter()
        .map(|line| ("accept-language", *line))
        .collect();
    let request = RequestView::new(b"GET", b"/", headers.as_slice());
    let (policy, known) = &*CLOSED;
    let reply = policy.reply(Kind::Page, &request, 0);
    let mut headers = reply.headers();
    let chosen = headers.find_map(|(name, value)| (name == "content-language").then_some(value));
    let chosen = chosen.map(|value| str::from_utf8(value).expect("a tag is ASCII"));
    assert_eq!(chosen, Some(wanted(&lines, known).unwrap_or("en")));
});

/// The language of the first range of the greatest weight that there is one for.
fn wanted<'k>(lines: &[&[u8]], known: &'k [String]) -> Option<&'k str> {
    let mut best = (0, None);
    for (range, weight) in intermission_fuzz::weighted(lines) {
        if let Some(tag) = look_up(&range, known)
            && weight > best.0
        {
            best = (weight, Some(tag));
        }
    }
    best.1
}

fn look_up<'k>(range: &str, known: &'k [String]) -> Option<&'k str> {
    let mut subtags: Vec<&str> = range.split('-').collect();
    while !subtags.is_empty() {
        let range = subtags.join("-").to_ascii_lowercase();
        let by_region = match range.as_str() {
            "zh-tw" | "zh-hk" | "zh-mo" => "zh-hant",
            "zh" | "zh-cn" | "zh-sg" => "zh-hans",
            _ => &range,
        };
        let find = |wanted: &str| known.iter().find(|tag| tag.eq_ignore_ascii_case(wanted));
        if let Some(tag) = find(&range).or_else(|| find(by_region)) {
            return Some(tag);
        }
        subtags.pop();
        if subtags.len() > 1 && subtags.last().is_some_and(|last| last.len() == 1) {
            subtags.pop();
        }
    }
    None
}
