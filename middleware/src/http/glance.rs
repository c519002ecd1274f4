use http::{Method, Request};
use intermission_core::{ExemptBeginnings, METHOD_HEADERS, Names, PROTOCOL_HEADERS, Reason, State};

use crate::http::header_filter::names;
use crate::http::view::received_uri;

/// What [`Policy::foresee`](intermission_core::Policy::foresee) says of most requests, told from little of them: it would take
/// longer than all else that is done while the service is open.
#[derive(Debug)]
pub(crate) struct Glance {
    /// Whether some requests are out of scope.
    scoped: bool,
    exempt: ExemptBeginnings,
}

/// The headers by which a safe method may change something after all.
const CHANGING: Names = Names::all(&METHOD_HEADERS).and(Names::all(&PROTOCOL_HEADERS));

impl Glance {
    pub(crate) fn new(state: &State) -> Self {
        Self {
            scoped: !(state.scope.hosts.is_empty() && state.scope.paths.is_empty()),
            exempt: ExemptBeginnings::of(&state.exempt.paths)
                .and(ExemptBeginnings::of_probers(&state.exempt.probers)),
        }
    }

    /// What is foreseen, if a glance suffices.
    #[inline]
    pub(crate) fn foresee<B>(&self, request: &Request<B>) -> Option<Reason> {
        let path = received_uri(request).path();
        if self.scoped || self.exempt.may_cover(path.as_bytes()) {
            None
        } else if !matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        ) {
            Some(Reason::Open)
        } else {
            let names = names(request.headers());
            names.are_apart_from(CHANGING).then_some(Reason::ReadOnly)
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use intermission_core::{
        CLIENT_HEADERS, HOST_HEADERS, Mode, PATH_HEADERS, Peer, Policy, Prober, RequestView,
        ServiceName, Timestamp,
    };

    use super::*;
    use crate::http::view::{HeaderLines, view};

    /// How many requests it knows at a glance, of how many; what it knows is right.
    fn check(state: &State) -> (usize, usize) {
        let policy = Policy::compile(state, Timestamp::from_second(0));
        let glance = Glance::new(state);
        let methods = [
            "GET", "HEAD", "OPTIONS", "POST", "DELETE", "TRACE", "CONNECT", "get",
        ];
        let paths = [
            "/",
            "/?x",
            "/a",
            "/a?x",
            "/a/",
            "/a/b",
            "/ab",
            "/healthz",
            "/healthz?x",
            "/healthz/",
            "/health",
            "/livez",
            "/basket/items",
            "/robots.txt",
            "/.well-known/acme-challenge/x",
            "/grpc.health.v1.Health/Watch",
            "*",
            "http://shop.example/healthz",
            "http://shop.example",
        ];
        let weighty = [
            &METHOD_HEADERS[..],
            &PATH_HEADERS,
            &HOST_HEADERS,
            &CLIENT_HEADERS,
            &PROTOCOL_HEADERS,
        ];
        let weighty = weighty.concat();
        let spellings = weighty.iter().map(|name| name.replace('-', "_"));
        let names = weighty.iter().copied().chain(["accept", "x-other"]);
        let headers: Vec<_> = names.map(String::from).chain(spellings).collect();
        let (mut known, mut all) = (0, 0);
        for method in methods {
            for path in paths {
                for header in headers.iter().map(Some).chain([None]) {
                    let mut request = Request::builder()
                        .method(method)
                        .uri(path)
                        .body(())
                        .unwrap();
                    if let Some(name) = header {
                        let name = HeaderName::try_from(name).unwrap();
                        let value = HeaderValue::from_static("h2c");
                        request.headers_mut().insert(name, value);
                    }
                    let headers = HeaderLines::new(request.headers());
                    let foreseen = policy.foresee(&RequestView {
                        peer: Peer::Address([10, 0, 0, 1].into()),
                        ..view(&request, request.uri(), &headers)
                    });
                    if let Some(reason) = glance.foresee(&request) {
                        assert_eq!(reason, foreseen, "{method} {path} {header:?}");
                        known += 1;
                    }
                    all += 1;
                }
            }
        }
        (known, all)
    }

    #[test]
    fn what_is_known_at_a_glance_is_what_a_thorough_look_foresees() {
        let mut state = State::initial(ServiceName::unknown(), Mode::Off);
        let (known, all) = check(&state);
        assert!(known > all / 3, "{known} of {all}");
        for path in ["/a", "/a/", "/b/"] {
            state.exempt.paths = vec![path.parse().unwrap()];
            check(&state);
        }
        state.exempt.probers = vec![Prober {
            cidr: "10.0.0.0/8".parse().unwrap(),
            paths: vec!["/".parse().unwrap(), "/ab".parse().unwrap()],
        }];
        check(&state);
        state.scope.paths.push("/basket".parse().unwrap());
        assert_eq!(check(&state).0, 0);
    }
}
