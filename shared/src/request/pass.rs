//! The pass that a request presents.

use alloc::vec::Vec;

use crate::request::header_filter::HeaderFilter;
use crate::request::headers::Single;
use crate::text::PASS_PREFIX;

/// The header by which programs present a pass; gRPC clients send it as metadata.
pub const PASS_HEADER: &str = "intermission-pass";
/// The cookie by which browsers present a pass. A browser sets a cookie of this prefix only over TLS, for one host and for all
/// its paths (RFC 6265bis, section 4.1.3.2).
pub const PASS_COOKIE: &str = "__Host-intermission-pass";

/// The path of the page that takes passes. Nodes answer it during maintenance, while the allowlist is enabled and has a pass.
pub const PASS_PATH: &str = "/.well-known/intermission/pass";

/// The path at which nodes answer during maintenance what they see of a client, if the state says so.
pub const ME_PATH: &str = "/.well-known/intermission/me";

/// The length of a pass: 32 random bytes in base64url without padding (RFC 4648, section 5) after the prefix.
const LENGTH: usize = PASS_PREFIX.len() + 43;

/// The headers that can present a pass.
pub(crate) const PASS_HEADERS: HeaderFilter =
    HeaderFilter::of(PASS_HEADER).and(HeaderFilter::of("cookie"));

/// The passes that a request presents.
#[derive(Debug, Default)]
pub(crate) struct Presented<'h>(Single<'h>);

impl<'h> Presented<'h> {
    pub(crate) fn see_header(&mut self, value: &'h [u8]) {
        self.0.see(value);
    }

    pub(crate) fn see_cookies(&mut self, line: &'h [u8]) {
        if may_have_pass(line) {
            let pairs = line.split(|byte| *byte == b';');
            pairs.filter_map(pass_of).for_each(|pass| self.0.see(pass));
        }
    }

    /// The pass, if the request presents exactly one, by its header or by its cookie, and it has the form of a pass.
    pub(crate) fn single(&self) -> Option<&'h [u8]> {
        self.0.value.filter(|text| is_pass(text))
    }
}

/// Whether the name of the cookie of a pass occurs in this line.
///
/// Cookies are long, and most lines have none of a pass, so most bytes are skipped (Horspool, "Practical fast searching in
/// strings", 1980).
fn may_have_pass(line: &[u8]) -> bool {
    const STEPS: [u8; 256] = steps(PASS_COOKIE.as_bytes());
    let mut rest = line;
    while let Some(window) = rest.first_chunk::<{ PASS_COOKIE.len() }>() {
        if window == PASS_COOKIE.as_bytes() {
            return true;
        }
        let last = window.last().map_or(0, |byte| usize::from(*byte));
        let step = STEPS.get(last).map_or(1, |step| usize::from(*step));
        rest = rest.get(step..).unwrap_or_default();
    }
    false
}

/// For each byte, the distance from its last place in `text` to the end, by which a search may go on where a window ends in
/// this byte.
const fn steps(text: &[u8]) -> [u8; 256] {
    let mut steps = [text.len() as u8; 256];
    let mut rest = text;
    while let [byte, after @ ..] = rest
        && !after.is_empty()
    {
        if let (_, [step, ..]) = steps.split_at_mut(*byte as usize) {
            *step = after.len() as u8;
        }
        rest = after;
    }
    steps
}

/// The value of a cookie-pair (RFC 6265, section 4.2.1), if its name is that of the pass.
fn pass_of(pair: &[u8]) -> Option<&[u8]> {
    let value = pair.trim_ascii().strip_prefix(PASS_COOKIE.as_bytes())?;
    value.strip_prefix(b"=")
}

/// The `Cookie` header of a request that a node passes on during maintenance: all lines in one, without the pass. `None` where
/// no line has a pass, so that they stay as they are. The header goes where nothing is left of it.
pub fn cookies_without_pass<'l, L: Iterator<Item = &'l [u8]>>(
    lines: impl Fn() -> L,
) -> Option<Vec<u8>> {
    let pairs = || lines().flat_map(|line| line.split(|byte| *byte == b';'));
    if !lines().any(may_have_pass) || !pairs().any(|pair| pass_of(pair).is_some()) {
        return None;
    }
    let others = pairs().map(<[u8]>::trim_ascii);
    let others = others.filter(|pair| !pair.is_empty() && pass_of(pair).is_none());
    // HTTP/2 may send each cookie in a line of its own, which are joined like this (RFC 9113, section 8.2.3).
    Some(others.collect::<Vec<_>>().join(b"; ".as_slice()))
}

/// Whether the text has the form of a pass.
pub(crate) fn is_pass(text: &[u8]) -> bool {
    let secret = text.strip_prefix(PASS_PREFIX.as_bytes());
    text.len() == LENGTH
        && secret.is_some_and(|secret| {
            let known = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
            secret.iter().all(known)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Signs;

    const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
    const OTHER: &str = "imp_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    fn found(lines: &[(&str, &str)]) -> Option<alloc::string::String> {
        let found = Signs::with_pass(lines).pass()?;
        Some(core::str::from_utf8(found).unwrap().into())
    }

    #[test]
    fn a_pass_is_found_in_its_header_and_in_its_cookie() {
        let cookie = alloc::format!("a=b; __Host-intermission-pass={PASS};c=d");
        for line in [("Intermission-Pass", PASS), ("Cookie", &cookie)] {
            assert_eq!(found(&[("accept", "*/*"), line]).as_deref(), Some(PASS));
        }
        let crumbs = [("cookie", "a=b"), ("cookie", &*cookie)];
        assert_eq!(found(&crumbs).as_deref(), Some(PASS));
    }

    #[test]
    fn a_pass_is_taken_out_of_the_cookies_and_no_other_cookie_is() {
        let pass = alloc::format!("__Host-intermission-pass={PASS}");
        let left = |lines: &[&str]| {
            let left = cookies_without_pass(|| lines.iter().map(|line| line.as_bytes()))?;
            Some(alloc::string::String::from_utf8(left).unwrap())
        };
        let among = alloc::format!("a=b; {pass};c=\"d\"");
        assert_eq!(left(&[&among]).as_deref(), Some("a=b; c=\"d\""));
        assert_eq!(left(&["a=b", &pass, "c=d"]).as_deref(), Some("a=b; c=d"));
        assert_eq!(left(&[&pass]).as_deref(), Some(""));
        assert_eq!(left(&["__Host-intermission-pass="]).as_deref(), Some(""));
        for lines in [
            &["a=b; c=d"][..],
            &["__Host-intermission-passes=x"],
            &[""],
            &[],
        ] {
            assert_eq!(left(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn the_name_of_the_cookie_is_found_at_every_place() {
        let others =
            "; theme=dark; __Host-intermission-pas; session=__Host-intermission-pas; __Host-";
        for before in 0..others.len() {
            for after in [0, 1, others.len()] {
                let line = [&others[..before], PASS_COOKIE, &others[..after]].concat();
                assert!(may_have_pass(line.as_bytes()), "{line}");
            }
            assert!(!may_have_pass(&others.as_bytes()[..before]));
        }
        // The name after each of its own beginnings and ends.
        for cut in 0..PASS_COOKIE.len() {
            let (start, end) = PASS_COOKIE.split_at(cut);
            for line in [
                [start, PASS_COOKIE].concat(),
                [end, PASS_COOKIE, start].concat(),
            ] {
                assert!(may_have_pass(line.as_bytes()), "{line}");
            }
            let almost = PASS_COOKIE.replacen(&PASS_COOKIE[cut..=cut], "=", 1);
            assert!(!may_have_pass(almost.as_bytes()), "{almost}");
        }
    }

    #[test]
    fn several_passes_are_none() {
        let header = ("intermission-pass", PASS);
        let cookie = |pass| alloc::format!("__Host-intermission-pass={pass}");
        let (same, other) = (cookie(PASS), cookie(OTHER));
        let twice = alloc::format!("{same}; {other}");
        let joined = alloc::format!("{PASS},{PASS}");
        for lines in [
            &[header, header][..],
            &[header, ("intermission-pass", OTHER)],
            &[header, ("intermission-pass", "")],
            &[header, ("cookie", &*same)],
            &[("cookie", &*same), ("cookie", &*other)],
            &[("cookie", &*twice)],
            &[("intermission-pass", &*joined)],
        ] {
            assert_eq!(found(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn a_text_of_another_form_or_in_another_place_is_no_pass() {
        let quoted = alloc::format!("__Host-intermission-pass=\"{PASS}\"");
        let lower = alloc::format!("__host-intermission-pass={PASS}");
        let longer = alloc::format!("{PASS}x");
        let bearer = alloc::format!("Bearer {PASS}");
        for line in [
            ("intermission_pass", PASS),
            ("authorization", &*bearer),
            ("cookie", PASS),
            ("cookie", &*quoted),
            ("cookie", &*lower),
            ("intermission-pass", ""),
            ("intermission-pass", &PASS[1..]),
            ("intermission-pass", &*longer),
            (
                "intermission-pass",
                "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-+",
            ),
        ] {
            assert_eq!(found(&[line]), None, "{line:?}");
        }
    }
}
