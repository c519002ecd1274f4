//! The form of the page that takes passes.

use alloc::string::String;

use crate::own::form::{decoded, value};
use crate::own::place::place;
use crate::request::{Headers, RequestView};

/// The longest form that the page that takes passes accepts, in bytes.
pub const LONGEST_PASS_FORM: usize = 1024;

/// What the form says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The pass in the field, which may also have a link with the pass; empty unless there is one such field.
    pub(crate) pass: String,
    /// The target that the browser goes to: `/` unless the form names a [place].
    pub(crate) to: String,
}

impl Form {
    /// What the script of the page sends.
    pub(crate) fn of_pass(pass: &[u8]) -> Self {
        Self {
            pass: String::from_utf8_lossy(pass).into(),
            to: "/".into(),
        }
    }

    /// Reads `application/x-www-form-urlencoded`, of which nothing counts if it is too long.
    pub(crate) fn read(form: &[u8]) -> Self {
        let is_short = form.len() <= LONGEST_PASS_FORM;
        let form = if is_short { form } else { b"" };
        let field = |name| decoded(value(form, name).ok().flatten().unwrap_or_default());
        let pass = field("pass");
        let pass = String::from_utf8_lossy(&pass);
        // In a link it is the fragment.
        let pass = pass.rsplit('#').next().unwrap_or_default();
        Self {
            pass: pass.trim().into(),
            to: place(&field("to")).unwrap_or_else(|| "/".into()),
        }
    }
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

    fn form(pass: &str, to: &str) -> Form {
        let (pass, to) = (pass.into(), to.into());
        Form { pass, to }
    }

    #[test]
    fn a_form_has_a_pass_and_a_place() {
        for (body, expected) in [
            ("pass=imp_x", form("imp_x", "/")),
            ("to=%2Fadmin&pass=imp_x", form("imp_x", "/admin")),
            ("to=/a?b%3Dc%26d&pass=x", form("x", "/a?b=c&d")),
            ("pass=+%0Aimp_x%0D%0A&other=1", form("imp_x", "/")),
            ("pass=imp%5Fx&to=/a+b", form("imp_x", "/a%20b")),
            ("pass=imp_x&to=//evil.example", form("imp_x", "/")),
            ("", form("", "/")),
            ("pass", form("", "/")),
            ("pass=a&pass=b&to=/a", form("", "/a")),
            ("to=/a&to=/b&pass=a", form("a", "/")),
        ] {
            assert_eq!(Form::read(body.as_bytes()), expected, "{body}");
        }
        let long = alloc::format!("pass={}", "x".repeat(LONGEST_PASS_FORM));
        assert_eq!(Form::read(long.as_bytes()), form("", "/"));
    }

    #[test]
    fn a_link_stands_for_its_pass() {
        for pass in [
            "https%3A%2F%2Fshop.example%2F.well-known%2Fintermission%2Fpass%3Fto%3D%2Fa%23imp_x",
            "+https://shop.example/.well-known/intermission/pass%23imp_x%0A",
            "shop.example/%23imp_x",
            "%23imp_x",
            "a%23b%23+imp_x",
        ] {
            let body = ["pass=", pass].concat();
            assert_eq!(Form::read(body.as_bytes()), form("imp_x", "/"), "{pass}");
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
