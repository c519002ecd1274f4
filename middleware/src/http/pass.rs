//! The pass of a request, which no node hands on in maintenance.

use http::header::COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue};
use intermission_core::{PASS_HEADER, cookies_without_pass};

const PASS: HeaderName = HeaderName::from_static(PASS_HEADER);

/// Takes passes out of the headers of an admitted request, so that the application and its logs never have them.
pub(crate) fn take_out(headers: &mut HeaderMap) {
    headers.remove(PASS);
    let cookies = || headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    let Some(left) = cookies_without_pass(cookies) else {
        return;
    };
    match HeaderValue::from_bytes(&left) {
        Ok(left) if !left.is_empty() => {
            headers.insert(COOKIE, left);
        }
        _ => {
            headers.remove(COOKIE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(lines: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
        let lines = lines.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        let mut headers: HeaderMap = lines.collect();
        take_out(&mut headers);
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let left = headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)));
        left.collect()
    }

    #[test]
    fn a_pass_is_taken_out_and_nothing_else_is_changed() {
        let others = [("cookie", "a=b"), ("accept", "*/*"), ("cookie", "c=d")];
        let same = others.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut kept = left(&others);
        kept.sort();
        let mut expected = same.to_vec();
        expected.sort();
        assert_eq!(kept, expected);
        for lines in [
            &[("intermission-pass", "imp_x"), ("intermission-pass", "y")][..],
            &[("cookie", "__Host-intermission-pass=imp_x")],
        ] {
            assert_eq!(left(lines), [], "{lines:?}");
        }
        let among = [
            ("cookie", "a=b"),
            ("cookie", "__Host-intermission-pass=x; c=d"),
        ];
        assert_eq!(left(&among), [("cookie".into(), "a=b; c=d".into())]);
    }
}
