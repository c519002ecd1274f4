//! Texts of a notice stay texts in every answer.

use intermission_core::{Kind, Policy, RequestView, State, Timestamp};
use percent_encoding::percent_decode;
use proptest::prelude::*;
use serde_json::{Value, json};

const FIELDS: [&str; 8] = [
    "title",
    "message",
    "contact",
    "logo",
    "content_security_policy",
    "language",
    "colors",
    "html",
];

/// A state with a text in a field of the notice, in the notice's own language and in another.
fn state(field: &str, text: &str) -> Result<State, String> {
    let value = match field {
        "colors" => json!({ "light": { "accent": text }, "dark": { "background": text } }),
        _ => json!(text),
    };
    let mut look = json!({ "title": "t", "message": "m" });
    look[field] = value;
    let mut notice = look.clone();
    if field != "language" {
        notice["languages"] = json!({ "ja": look });
    }
    let document = json!({
        "version": 1, "service": "shop", "revision": 17, "maintenance": "all", "notice": notice,
    });
    State::parse(document.to_string().as_bytes()).map_err(|error| error.to_string())
}

/// Status, headers and body for a client that wants this language.
fn answer(policy: &Policy, kind: Kind, language: &str) -> (Vec<(&'static str, String)>, String) {
    let content_type = if kind == Kind::Grpc {
        "application/grpc"
    } else {
        ""
    };
    let headers = [
        ("accept-language", language),
        ("content-type", content_type),
    ];
    let request = RequestView::new(b"GET", b"/", headers.as_slice());
    let reply = policy.reply(kind, &request, 0);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let headers = reply.headers().map(|(name, value)| (name, text(value)));
    (headers.collect(), text(reply.body()))
}

fn header<'h>(headers: &'h [(&str, String)], name: &str) -> &'h str {
    let mut values = headers.iter().filter(|(known, _)| *known == name);
    &values.next().unwrap().1
}

/// The text of the first element of this name, as a browser reads it.
fn element(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("<{name}>")).unwrap();
    let (text, _) = rest.split_once(&format!("</{name}>")).unwrap();
    assert!(!text.contains(['<', '>', '"', '\'']), "{text}");
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Everything that there is in the page but texts: its elements, with their attributes.
fn skeleton(html: &str) -> Vec<String> {
    let (_, body) = html.split_once("</style>").unwrap();
    let tags = body.split('<').skip(1);
    tags.map(|tag| tag.split_once('>').unwrap().0.to_owned())
        .collect()
}

/// Checks all answers of a state that took the text.
fn check(field: &str, text: &str) {
    let Ok(state) = state(field, text) else {
        return;
    };
    let policy = Policy::compile(&state, Timestamp::UNIX_EPOCH);
    let plain = Policy::compile(&self::state("title", "t").unwrap(), Timestamp::UNIX_EPOCH);
    for language in ["en", "ja"] {
        for kind in [Kind::Page, Kind::Api, Kind::Grpc] {
            let (headers, body) = answer(&policy, kind, language);
            for (name, value) in &headers {
                assert!(
                    value.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
                    "{name}: {value:?}"
                );
            }
            match kind {
                Kind::Api => {
                    let problem: Value = serde_json::from_str(&body).unwrap();
                    match field {
                        "title" => assert_eq!(problem["title"], text),
                        "message" => assert_eq!(problem["detail"], text),
                        _ => assert_eq!(problem["detail"], "m"),
                    }
                }
                Kind::Grpc if field == "message" => {
                    let message = header(&headers, "grpc-message");
                    assert!(message.len() <= 1024, "{}", message.len());
                    let message = percent_decode(message.as_bytes()).decode_utf8().unwrap();
                    assert!(text.starts_with(&*message), "{message}");
                }
                Kind::Grpc => {}
                Kind::Page if field == "html" => assert_eq!(body, text),
                Kind::Page => {
                    // Of what is read only the text has changed.
                    let (_, usual) = answer(&plain, kind, language);
                    let (is, was) = (skeleton(&body), skeleton(&usual));
                    match field {
                        "title" => assert_eq!(element(&body, "h1"), text),
                        "message" => assert_eq!(element(&body, "p"), text),
                        _ => {}
                    }
                    match field {
                        "title" | "message" | "colors" => assert_eq!(is, was),
                        _ => assert!(is.len() <= was.len() + 7, "{is:?}"),
                    }
                    assert_eq!(body.matches("<script").count(), 1);
                    assert!(!body.contains("=\"javascript:"));
                }
            }
            if kind == Kind::Page && field != "html" {
                let policy = header(&headers, "content-security-policy");
                assert!(policy.starts_with("default-src 'none'; "), "{policy}");
                assert!(!policy.contains("unsafe"), "{policy}");
            }
        }
    }
}

#[test]
fn texts_that_are_made_to_break_out_stay_texts() {
    let long = "長".repeat(10_000);
    let texts = [
        "</script><script>alert(1)</script>",
        "</title></style><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' style='x' x='",
        "a\r\nset-cookie: a=b\r\n\r\n<h1>",
        "\u{202e}gpj.exe",
        "\u{2066}\u{2067}\u{2069}",
        "\u{0}\u{7}\u{1b}[31m\u{7f}\u{85}",
        "{title} {{message}} %s %n %25 %",
        "&lt;b&gt; &#x3c;script&#x3e;",
        "<!-- --> ]]> <![CDATA[",
        "javascript:alert(1)",
        "https://x.example/\"><script>alert(1)</script>",
        "data:image/svg+xml;base64,PHN2Zz4=\" onerror=\"alert(1)",
        "#fff;}*{background:url(https://x.example)",
        "script-src *; \u{e9}",
        &long,
    ];
    for field in FIELDS {
        for text in texts {
            check(field, text);
        }
    }
    for (text, because) in [
        ("a\rb", "U+000D"),
        ("\u{202e}x", "U+202E"),
        ("\u{1b}[2J", "U+001B"),
        (&long, "more than"),
    ] {
        for field in ["title", "message"] {
            let error = state(field, text).unwrap_err();
            assert!(error.contains(because), "{error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_stays_a_text(text in any::<String>(), field in 0..FIELDS.len()) {
        check(FIELDS[field], &text);
    }

    #[test]
    fn any_printable_text_is_taken_as_a_message(text in "\\PC{0,200}") {
        let hidden = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        prop_assume!(!text.contains(hidden));
        prop_assert!(state("message", &text).is_ok(), "{text:?}");
        check("message", &text);
    }
}
