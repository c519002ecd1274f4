use alloc::borrow::Cow;
use alloc::string::String;

/// The beginning of every token of control, by which scanners find tokens in logs and repositories.
pub const TOKEN_PREFIX: &str = "imo_";

/// The beginning of a pass, by which scanners for leaked secrets find it. 43 characters of base64url follow.
pub const PASS_PREFIX: &str = "imp_";

/// The shortest secret of a token or of a pass; a shorter text after the prefix is none.
const SHORTEST: usize = 20;

/// A text for a log or a terminal, with `imo_…` instead of each token of control, and `imp_…` instead of each pass.
#[must_use]
pub fn without_tokens(text: &str) -> Cow<'_, str> {
    let mut rest = text;
    let mut masked = String::new();
    let begins = |part: &[u8]| {
        [TOKEN_PREFIX, PASS_PREFIX]
            .map(str::as_bytes)
            .contains(&part)
    };
    while let Some(place) = rest.as_bytes().windows(TOKEN_PREFIX.len()).position(begins) {
        let (before, token) = rest.split_at(place + TOKEN_PREFIX.len());
        let end = token.find(|c| !is_of_token(c)).unwrap_or(token.len());
        let (secret, behind) = token.split_at(end);
        masked.push_str(before);
        masked.push_str(if secret.len() < SHORTEST {
            secret
        } else {
            "…"
        });
        rest = behind;
    }
    if masked.is_empty() {
        return text.into();
    }
    masked.push_str(rest);
    masked.into()
}

/// A URL for a log or a terminal, with `…` instead of user information (RFC 3986, section 3.2.1), query and fragment, which may
/// be credentials.
#[must_use]
pub fn without_credentials(url: &str) -> String {
    let (url, fragment) = match url.split_once('#') {
        Some((url, _)) => (url, "#…"),
        None => (url, ""),
    };
    let (url, query) = match url.split_once('?') {
        Some((url, _)) => (url, "?…"),
        None => (url, ""),
    };
    let (scheme, rest) = url.split_at(url.find("//").map_or(0, |place| place + 2));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (user, host) = match authority.rsplit_once('@') {
        Some((_, host)) => ("…@", host),
        None => ("", authority),
    };
    [scheme, user, host, path, query, fragment].concat()
}

/// The alphabet of base64url (RFC 4648, section 5).
fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "imo_0123456789abcdefghijklmnopqrstuvwxyzABCDEF-";
    const PASS: &str = "imp_0123456789abcdefghijklmnopqrstuvwxyzABCDEF-";

    #[test]
    fn every_token_and_every_pass_is_masked() {
        for (before, after) in [
            ("", ""),
            ("/token: \"", "\\n\" is wrong"),
            ("imo_", ""),
            ("ü", "ü"),
        ] {
            for secret in [TOKEN, PASS] {
                let text = [before, secret, after].concat();
                let masked = without_tokens(&text);
                assert!(!masked.contains("0123456789"), "{masked}");
                assert!(masked.ends_with(after), "{masked}");
            }
        }
        let link = ["https://a/.well-known/intermission/pass#", PASS].concat();
        assert_eq!(
            without_tokens(&link),
            "https://a/.well-known/intermission/pass#imp_…"
        );
        let twice = [TOKEN, " and ", TOKEN].concat();
        assert_eq!(without_tokens(&twice), "imo_… and imo_…");
    }

    #[test]
    fn a_url_is_shown_without_possible_credentials() {
        for (url, shown) in [
            ("https://me:secret@a/state@1", "https://…@a/state@1"),
            ("https://a:7700/state?sig=secret", "https://a:7700/state?…"),
            ("me:secret@a", "…@a"),
            ("http://me@[::1", "http://…@[::1"),
            ("https://a/pass?to=b#imp_secret", "https://a/pass?…#…"),
            ("https://me:secret@a#b", "https://…@a#…"),
            ("https://a/state", "https://a/state"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }

    #[test]
    fn other_texts_are_unchanged() {
        for text in [
            "",
            "imo_",
            "imo_shop is a name",
            "a token of imo_…",
            "imp_lied",
        ] {
            assert_eq!(without_tokens(text), text);
        }
    }
}
