//! What a node answers itself, by a policy.

use crate::own::{Form, ListAndClient, Me, OwnAnswer, accept, asked, is_of_own_site, leave};
use crate::refusal::{Kind, Signs, calls_grpc};
use crate::request::{Headers, ME_PATH, PASS_HEADER, PASS_PATH, RequestView, is_pass};
use crate::rules::lists::Passes;
use crate::rules::policy::Policy;
use crate::text::cut;

impl Policy {
    /// Whether a node answers the request itself, before any rule, with [`own_answer`](Self::own_answer). In maintenance:
    ///
    /// - GET, HEAD and POST for [`PASS_PATH`], while the allowlist is enabled and has a pass;
    /// - GET and HEAD for [`ME_PATH`], if the state has `show_me`.
    ///
    /// A call of gRPC is none of them: Envoy makes a status of every answer to it.
    #[inline]
    #[must_use]
    pub fn answers_itself<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> bool {
        self.has_own_pages()
            && self.page(request.method, request.path).is_some()
            && !calls_grpc(request.headers)
    }

    /// Whether there is a request that a node answers itself, so that there is a need to look at the path.
    #[inline]
    #[must_use]
    pub fn has_own_pages(&self) -> bool {
        !self.is_open() && (self.passes.is_some() || self.shows_me)
    }

    // Apart, since few services have such a page.
    #[inline(never)]
    fn page(&self, method: &[u8], path: &[u8]) -> Option<Page> {
        let path = cut(path, b'?').0;
        let reads = matches!(method, b"GET" | b"HEAD");
        if path == PASS_PATH.as_bytes() && self.passes.is_some() && (reads || method == b"POST") {
            Some(Page::Pass)
        } else if path == ME_PATH.as_bytes() && self.shows_me && reads {
            Some(Page::Me)
        } else {
            None
        }
    }

    /// The node's own answer to a request for which [`answers_itself`](Self::answers_itself) holds.
    ///
    /// `source` names where the node takes the client's address from. `form` is the body of a POST, of which at most
    /// [`LONGEST_PASS_FORM`](crate::LONGEST_PASS_FORM) bytes are valid. A form or the header
    /// [`PASS_HEADER`](crate::PASS_HEADER), which the script of the page sends, becomes a cookie if it has a known pass and
    /// comes from the page itself.
    pub fn own_answer<H: Headers + ?Sized>(
        &self,
        request: &RequestView<'_, H>,
        source: &str,
        form: &[u8],
    ) -> OwnAnswer {
        match (self.page(request.method, request.path), &self.passes) {
            (Some(Page::Me), _) => self.me(request, source),
            (Some(Page::Pass), Some(passes)) if request.method == b"POST" => {
                take_pass(passes, request, form)
            }
            (Some(Page::Pass), Some(passes)) => passes.pages.show(request),
            // The page was there when the request came.
            _ => leave("/".into()),
        }
    }

    fn me<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>, source: &str) -> OwnAnswer {
        let path = asked(cut(request.path, b'?').1.unwrap_or_default());
        let rule = path.as_ref().ok().and_then(|path| {
            let asked = RequestView {
                method: b"GET",
                path: path.as_bytes(),
                ..*request
            };
            let is_own = self.page(asked.method, asked.path).is_some();
            (!is_own).then(|| self.decide(&asked).verdict.rule())
        });
        let list = self.allowlist.as_ref();
        let passes = self.passes.as_ref();
        let me = Me {
            address: request.client,
            source,
            allowlist: ListAndClient {
                enabled: self.allowlist_enabled,
                has_address: list
                    .zip(request.client)
                    .is_some_and(|(list, client)| list.contains(client)),
                has_pass: passes
                    .is_some_and(|passes| passes.admit(&Signs::with_pass(request.headers))),
            },
            rule,
            path: path.as_deref().ok(),
            error: path.as_ref().err().copied(),
            revision: self.revision(),
        };
        me.answer(self.kind(request, None) == Kind::Api)
    }
}

/// A page of the node's own.
#[derive(Clone, Copy, Debug)]
enum Page {
    Pass,
    Me,
}

fn take_pass<H: Headers + ?Sized>(
    passes: &Passes,
    request: &RequestView<'_, H>,
    form: &[u8],
) -> OwnAnswer {
    let headers = request.headers;
    let form = if headers.has(PASS_HEADER) {
        Form::of_pass(headers.single(PASS_HEADER).unwrap_or_default())
    } else {
        Form::read(form)
    };
    let pass = form.pass.as_bytes();
    let is_taken = is_pass(pass) && is_of_own_site(request);
    match is_taken.then(|| passes.kept(pass)).flatten() {
        Some(kept) => accept(&form.pass, kept, form.to),
        None => passes.pages.refuse(request, &form.to),
    }
}

#[cfg(test)]
mod tests;
