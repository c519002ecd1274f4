use alloc::string::String;

use crate::own::target::target;
use crate::path::is_plain;
use crate::request::PASS_PATH;
use crate::text::cut;

/// The target to which `text` may send a browser: a plain path of the service itself, with or without a query. `None` if it
/// names another site, or the page that takes passes, or may do so for some browser.
pub(super) fn place(text: &[u8]) -> Option<String> {
    let (path, query) = cut(text, b'?');
    let is_odd = |byte: &u8| byte.is_ascii_control() || *byte == b'#';
    let is_query = !query.unwrap_or_default().iter().any(is_odd);
    let is_place = is_plain(path) && path != PASS_PATH.as_bytes() && is_query;
    is_place.then(|| target(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_path_and_its_query_are_a_place() {
        for (text, expected) in [
            ("/", "/"),
            ("/admin", "/admin"),
            ("/a b?", "/a%20b?"),
            ("/seen?a=b&c=%20d", "/seen?a=b&c=%20d"),
            ("/a?//evil.example", "/a?//evil.example"),
            ("/a?\"<\u{e4}>\"", "/a?%22%3C%C3%A4%3E%22"),
        ] {
            assert_eq!(place(text.as_bytes()).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(place(b"/a?\xff").as_deref(), Some("/a?%FF"));
    }

    #[test]
    fn no_browser_is_sent_to_another_site() {
        for text in [
            "",
            "evil",
            "?a=b",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "\t//evil.example",
            " //evil.example",
            // Without their dot segments these begin with two slashes.
            "/.//evil.example",
            "/a/..//evil.example",
            "/%2e//evil.example",
            "/%2f/evil.example",
            "/%5cevil.example",
            "https://evil.example/",
            "https:/evil.example/",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "/a\r\nset-cookie: x",
            "/a?b\r\nset-cookie: x",
            "/a?b#c",
            "/a#//evil.example",
            "/.well-known/intermission/pass",
            "/.well-known/intermission/pass?to=/",
        ] {
            assert_eq!(place(text.as_bytes()), None, "{text}");
        }
    }
}
