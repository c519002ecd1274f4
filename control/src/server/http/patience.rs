use std::time::Duration;

use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderName};

pub(crate) const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The longest that a poll is held, whatever it asks for.
const LONGEST: Duration = Duration::from_secs(60);

/// How long a client waits for an answer that it does not get at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// It asks another replica soon, and may have no state until it has an answer.
    Short,
    /// It has a state and asks to be held, so that it waits for seconds.
    Long,
}

impl Patience {
    /// That of the client of a request.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self::new(headers.contains_key(IF_NONE_MATCH), wait(headers))
    }

    /// That of a client that perhaps has a state, and asks to be held for so long.
    pub(super) fn new(has_state: bool, wait: Option<Duration>) -> Self {
        match wait {
            Some(_) if has_state => Self::Long,
            _ => Self::Short,
        }
    }
}

/// For how long the poll asks to be held; the first `wait` counts.
pub(crate) fn wait(headers: &HeaderMap) -> Option<Duration> {
    let lines = headers.get_all(PREFER).iter();
    let preferences = lines.filter_map(|line| line.to_str().ok());
    let mut preferences = preferences.flat_map(|line| line.split(','));
    let seconds = preferences.find_map(|preference| {
        let preference = preference.split(';').next().unwrap_or_default();
        let (name, value) = preference.split_once('=')?;
        let wait = name.trim().eq_ignore_ascii_case("wait");
        wait.then(|| value.trim().trim_matches('"'))
    })?;
    // More than fits is more than is held anyway.
    let digits = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| seconds.parse().unwrap_or(u64::MAX))?;
    let wait = Duration::from_secs(seconds).min(LONGEST);
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_client_that_has_a_state_and_asks_to_be_held_has_patience() {
        let (known, held) = ((IF_NONE_MATCH, "\"a\""), (PREFER, "wait=10"));
        for (headers, patience) in [
            (vec![known.clone(), held.clone()], Patience::Long),
            (vec![known.clone()], Patience::Short),
            (vec![held], Patience::Short),
            (vec![known, (PREFER, "wait=0")], Patience::Short),
        ] {
            let headers = headers.into_iter();
            let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
            assert_eq!(Patience::of(&headers.collect()), patience);
        }
    }

    #[test]
    fn wait_is_read_as_a_preference() {
        for (lines, seconds) in [
            (&["wait=10"][..], Some(10)),
            (&["Wait = 10"], Some(10)),
            (&["wait=\"10\""], Some(10)),
            (&["respond-async, wait=10;x=y"], Some(10)),
            (&["respond-async", "wait=10"], Some(10)),
            (&["wait=5, wait=10"], Some(5)),
            (&["wait=3600"], Some(60)),
            (&["wait=99999999999999999999999"], Some(60)),
            (&["wait=0"], None),
            (&["wait"], None),
            (&["wait="], None),
            (&["wait=-1"], None),
            (&["wait=1.5"], None),
            (&["waiting=10"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(PREFER, HeaderValue::from_static(line));
            }
            assert_eq!(
                wait(&headers),
                seconds.map(Duration::from_secs),
                "{lines:?}"
            );
        }
    }
}
