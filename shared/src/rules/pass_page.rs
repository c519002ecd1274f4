//! The page that takes passes, as a policy answers it.

use crate::pass::{Form, PassAnswer, accept, is_of_own_site, leave};
use crate::request::{Headers, PASS_HEADER, PASS_PATH, RequestView, is_pass};
use crate::rules::policy::Policy;

impl Policy {
    /// Whether a node answers the request itself, before any rule, with the page that takes passes: in maintenance, while the
    /// allowlist is enabled and has a pass. To GET and HEAD it answers [`pass_page`](Self::pass_page); of a POST it reads
    /// the body first, for [`take_pass`](Self::take_pass).
    #[inline]
    #[must_use]
    pub fn takes_passes(&self, method: &[u8], path: &[u8]) -> bool {
        !self.is_open() && self.passes.is_some() && is_for_page(method, path)
    }

    /// The page that takes passes.
    pub fn pass_page<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> PassAnswer {
        match &self.passes {
            Some(passes) => passes.pages.show(request),
            None => leave("/".into()),
        }
    }

    /// The answer to the form of the page, of which at most [`LONGEST_PASS_FORM`](crate::LONGEST_PASS_FORM) bytes are valid.
    /// It sets the cookie if the form has a pass that is known, and comes from the page itself. The script of the page sends
    /// the pass by [`PASS_HEADER`](crate::PASS_HEADER), and no form.
    pub fn take_pass<H: Headers + ?Sized>(
        &self,
        request: &RequestView<'_, H>,
        form: &[u8],
    ) -> PassAnswer {
        let Some(passes) = &self.passes else {
            // The page was there when the form was sent.
            return leave("/".into());
        };
        let headers = request.headers;
        let form = if headers.has(PASS_HEADER) {
            headers.single(PASS_HEADER).and_then(Form::of_pass)
        } else {
            Form::read(form)
        };
        let form = form.filter(|form| is_pass(form.pass.as_bytes()) && is_of_own_site(request));
        let taken = form.and_then(|form| {
            let kept = passes.kept(form.pass.as_bytes())?;
            Some(accept(&form.pass, kept, form.to))
        });
        taken.unwrap_or_else(|| passes.pages.refuse(request))
    }
}

// Apart, since few services have a pass.
#[inline(never)]
fn is_for_page(method: &[u8], path: &[u8]) -> bool {
    crate::text::cut(path, b'?').0 == PASS_PATH.as_bytes()
        && matches!(method, b"GET" | b"HEAD" | b"POST")
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;
    use crate::state::{Mode, Pass, PassDigest, ServiceName, State, Timestamp};

    const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";

    fn policy(until: Option<i64>) -> Policy {
        let mut state = State::initial(ServiceName::unknown(), Mode::All);
        state.allowlist.enabled = true;
        let until = until.map(Timestamp::from_second);
        let pass = Pass::new(PassDigest::of(PASS.as_bytes()), until);
        state.allowlist.passes.push(pass);
        Policy::compile(&state, Timestamp::from_second(1000))
    }

    fn header<'a>(answer: &'a PassAnswer, name: &str) -> Option<&'a str> {
        let mut headers = answer.headers.iter();
        headers
            .find(|(known, _)| *known == name)
            .map(|(_, value)| &**value)
    }

    fn taken(policy: &Policy, lines: &[(&str, &str)], form: &str) -> PassAnswer {
        policy.take_pass(&RequestView::new(b"POST", b"/", lines), form.as_bytes())
    }

    #[test]
    fn the_page_is_there_while_a_pass_counts() {
        let there = |policy: &Policy, method: &str, path: &str| {
            policy.takes_passes(method.as_bytes(), path.as_bytes())
        };
        let open = policy(None);
        for method in ["GET", "HEAD", "POST"] {
            assert!(
                there(&open, method, PASS_PATH)
                    && there(&open, method, &[PASS_PATH, "?to=/a"].concat())
            );
        }
        for (method, path) in [
            ("PUT", PASS_PATH),
            ("GET", "/"),
            ("GET", &[PASS_PATH, "/"].concat()),
        ] {
            assert!(!there(&open, method, path), "{method} {path}");
        }
        assert!(there(&policy(Some(1001)), "GET", PASS_PATH));
        assert!(!there(&policy(Some(1000)), "GET", PASS_PATH));
        let state = State::initial(ServiceName::unknown(), Mode::All);
        let without = Policy::compile(&state, Timestamp::from_second(0));
        assert!(!there(&without, "GET", PASS_PATH));
        assert_eq!(taken(&without, &[], &["pass=", PASS].concat()).status, 303);
    }

    #[test]
    fn a_known_pass_becomes_a_cookie_until_its_end_and_for_half_a_day_at_most() {
        let form = ["to=/admin&pass=", PASS].concat();
        for (until, seconds) in [(None, 43_200), (Some(1060), 60), (Some(1_000_000), 43_200)] {
            let answer = taken(&policy(until), &[], &form);
            assert_eq!(answer.status, 303);
            assert_eq!(header(&answer, "location"), Some("/admin"));
            let cookie = alloc::format!(
                "__Host-intermission-pass={PASS}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"
            );
            assert_eq!(header(&answer, "set-cookie"), Some(&*cookie));
            assert_eq!(header(&answer, "cache-control"), Some("no-store"));
        }
    }

    #[test]
    fn the_script_of_the_page_sends_a_pass_by_the_header() {
        let lines = [
            ("intermission-pass", PASS),
            ("sec-fetch-site", "same-origin"),
        ];
        let answer = taken(&policy(None), &lines, "");
        assert_eq!(
            (answer.status, header(&answer, "location")),
            (303, Some("/"))
        );
        assert!(header(&answer, "set-cookie").is_some());
    }

    #[test]
    fn another_text_is_refused_and_never_repeated() {
        let policy = policy(None);
        let other = PASS.replace('a', "b");
        for form in [
            "",
            "pass=",
            "pass=imp_x",
            &["pass=", &other].concat(),
            &["x=", PASS].concat(),
        ] {
            let answer = taken(&policy, &[], form);
            assert_eq!(
                (answer.status, header(&answer, "set-cookie")),
                (403, None),
                "{form}"
            );
            assert!(
                answer
                    .body
                    .contains("<p role=\"alert\">This pass is not known here")
                    && !answer.body.contains("imp_")
            );
        }
        let twice = [("intermission-pass", PASS), ("intermission-pass", PASS)];
        assert_eq!(
            taken(&policy, &twice, &["pass=", PASS].concat()).status,
            403
        );
        let cross = [("sec-fetch-site", "cross-site")];
        assert_eq!(
            taken(&policy, &cross, &["pass=", PASS].concat()).status,
            403
        );
    }

    #[test]
    fn the_page_is_in_the_language_of_the_client() {
        let lines = [("accept-language", "de-AT, en;q=0.5")];
        let shown = |method: &[u8]| {
            policy(None).pass_page(&RequestView::new(method, b"/", lines.as_slice()))
        };
        let page = shown(b"GET");
        assert_eq!(
            (page.status, header(&page, "content-language")),
            (200, Some("de"))
        );
        assert!(
            page.body.contains("<h1>Zugang mit Code</h1>")
                && page.body.contains("<p role=\"alert\" hidden>")
        );
        assert_eq!(shown(b"HEAD").body, String::new());
        assert_eq!(header(&page, "referrer-policy"), Some("no-referrer"));
    }
}
