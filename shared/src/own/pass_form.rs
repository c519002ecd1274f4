//! The form of the page that takes passes.

use alloc::string::String;

use crate::own::form::{decoded, value};
use crate::path::is_plain;
use crate::request::{Headers, PASS_PATH, RequestView};

/// The longest form that the page that takes passes accepts, in bytes.
pub const LONGEST_PASS_FORM: usize = 1024;

/// What the form says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// The text in the field, without the white space that comes with a copied text.
    pub(crate) pass: String,
    /// The path that the browser goes to: `/` unless the form names a plain path.
    pub(crate) to: String,
}

impl Form {
    /// What the script of the page sends.
    pub(crate) fn of_pass(pass: &[u8]) -> Option<Self> {
        let pass = core::str::from_utf8(pass).ok()?.into();
        Some(Self {
            pass,
            to: "/".into(),
        })
    }

    /// Reads `application/x-www-form-urlencoded`. `None` if the form is too long, or names several passes or paths.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let field = |name| {
            let value = value(body, name).ok()?.unwrap_or_default();
            Some(String::from_utf8_lossy(&decoded(value)).into_owned())
        };
        let is_short = body.len() <= LONGEST_PASS_FORM;
        let (pass, to) = is_short.then(|| field("pass").zip(field("to")))??;
        Some(Self {
            pass: pass.trim().into(),
            to: if is_place(&to) { to } else { "/".into() },
        })
    }
}

/// Whether a browser may be sent to this path: one of the service itself, and not the page again.
fn is_place(to: &str) -> bool {
    is_plain(to.as_bytes()) && to != PASS_PATH
}

/// Whether the form comes from the page itself, as far as the browser says so: by `Sec-Fetch-Site`, else by `Origin`. A
/// program sends neither.
pub(crate) fn is_of_own_site<H: Headers + ?Sized>(request: &RequestView<'_, H>) -> bool {
    let headers = request.headers;
    if headers.has("sec-fetch-site") {
        return headers.single("sec-fetch-site") == Some(b"same-origin");
    }
    if !headers.has("origin") {
        return true;
    }
    let host = request.authority.or_else(|| headers.single("host"));
    let origin = headers.single("origin").and_then(|origin| {
        let rest = origin.strip_prefix(b"https://");
        rest.or_else(|| origin.strip_prefix(b"http://"))
    });
    origin.is_some_and(|origin| host.is_some_and(|host| host.eq_ignore_ascii_case(origin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pass: &str, to: &str) -> Option<Form> {
        let (pass, to) = (pass.into(), to.into());
        Some(Form { pass, to })
    }

    #[test]
    fn a_form_has_a_pass_and_a_plain_path() {
        for (body, expected) in [
            ("pass=imp_x", form("imp_x", "/")),
            ("to=%2Fadmin&pass=imp_x", form("imp_x", "/admin")),
            ("pass=+%0Aimp_x%0D%0A&other=1", form("imp_x", "/")),
            ("pass=imp%5Fx&to=/a+b", form("imp_x", "/a b")),
            ("", form("", "/")),
            ("pass", form("", "/")),
            ("pass=a&pass=b", None),
            ("to=/a&to=/b&pass=a", None),
        ] {
            assert_eq!(Form::read(body.as_bytes()), expected, "{body}");
        }
        let long = alloc::format!("pass={}", "x".repeat(LONGEST_PASS_FORM));
        assert_eq!(Form::read(long.as_bytes()), None);
    }

    #[test]
    fn a_browser_is_sent_to_no_other_site() {
        for to in [
            "//evil.example",
            "https://evil.example/",
            "/\\evil.example",
            "/%5cevil.example",
            "/a/../..//evil.example",
            "evil",
            "/a\r\nset-cookie: x",
            "javascript:alert(1)",
            "",
            "/.well-known/intermission/pass",
        ] {
            let body = alloc::format!("pass=x&to={to}");
            assert_eq!(Form::read(body.as_bytes()), form("x", "/"), "{to}");
        }
    }

    #[test]
    fn a_form_of_another_site_is_recognised() {
        let is_own = |lines: &[(&str, &str)]| {
            let view = RequestView {
                authority: Some(b"shop.example:8443"),
                ..RequestView::new(b"POST", b"/", lines)
            };
            is_of_own_site(&view)
        };
        let own = ("origin", "https://Shop.example:8443");
        for lines in [
            &[][..],
            &[own],
            &[("sec-fetch-site", "same-origin")],
            // A browser sends this where the referrer policy forbids more.
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        ] {
            assert!(is_own(lines), "{lines:?}");
        }
        for lines in [
            &[("origin", "null")][..],
            &[("origin", "https://evil.example")],
            &[("origin", "https://shop.example:8443.evil.example")],
            &[("origin", "https://shop.example")],
            &[own, own],
            &[own, ("sec-fetch-site", "same-site")],
            &[own, ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-site", "same-origin"),
            ],
        ] {
            assert!(!is_own(lines), "{lines:?}");
        }
    }
}
