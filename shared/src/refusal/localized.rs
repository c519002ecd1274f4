use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::refusal::answer::{Answer, HeaderLine};
use crate::refusal::maintenance::Maintenance;
use crate::refusal::{grpc, page, problem};
use crate::state::LocalizedNotice;

/// Every request header on which the answer to a refused request depends.
const VARY: &str = "Accept, Accept-Language, Connect-Protocol-Version, Content-Type, HX-Current-URL, HX-Request, \
                    Origin, Sec-Fetch-Mode, Upgrade, X-Requested-With";

/// Keeps Envoy and Istio from retrying the request at other nodes (Envoy documentation, "x-envoy-ratelimited").
const NOT_AGAIN: HeaderLine = ("x-envoy-ratelimited", Cow::Borrowed("true"));

/// The answers in one language.
#[derive(Clone, Debug)]
pub(crate) struct Localized {
    pub(crate) page: Answer,
    pub(crate) problem: Answer,
    pub(crate) connect: Answer,
    pub(crate) grpc: Answer,
}

/// Renders the answers of one policy, language by language.
pub(crate) struct Renderer<'r> {
    maintenance: &'r Maintenance,
    common: &'r [HeaderLine],
    spread: &'r [u64],
    /// The operator's own documents, each once.
    documents: Vec<(&'r str, Arc<[u8]>)>,
    bytes: usize,
}

impl<'r> Renderer<'r> {
    pub(crate) fn new(
        maintenance: &'r Maintenance,
        common: &'r [HeaderLine],
        spread: &'r [u64],
    ) -> Self {
        Self {
            maintenance,
            common,
            spread,
            documents: Vec::new(),
            bytes: 0,
        }
    }

    /// About how many bytes of memory all answers so far take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn render(&mut self, notice: &LocalizedNotice<'r>) -> Localized {
        let Self {
            maintenance,
            common,
            spread,
            ..
        } = *self;
        let vary = || ("vary", VARY.into());
        let document = |content_type: &'static str, body: Arc<[u8]>, more: &[HeaderLine]| {
            let own = [
                ("content-type", content_type.into()),
                (
                    "content-language",
                    String::from(notice.language.as_str()).into(),
                ),
                ("x-content-type-options", "nosniff".into()),
                NOT_AGAIN,
                vary(),
            ];
            Answer::new(503, [common, &own, more].concat(), body)
        };
        let grpc = [
            ("content-type", "application/grpc".into()),
            ("grpc-status", grpc::STATUS.into()),
            ("grpc-message", grpc::message(notice).into()),
            ("grpc-retry-pushback-ms", "-1".into()),
            NOT_AGAIN,
            vary(),
        ];
        let page = page::render(notice, maintenance);
        let html = match page.html {
            Cow::Borrowed(own) => self.shared(own),
            Cow::Owned(html) => html.into_bytes().into(),
        };
        let localized = Localized {
            page: document(
                "text/html; charset=utf-8",
                html,
                &[("content-security-policy", page.policy.into())],
            ),
            problem: document(
                "application/problem+json",
                problem::problem(notice, maintenance).into(),
                &[],
            ),
            connect: document(
                "application/json",
                problem::connect_error(notice).into(),
                &[],
            ),
            grpc: Answer::new(200, [common, &grpc].concat(), Arc::default()).with_details(
                spread
                    .iter()
                    .map(|seconds| grpc::status_details(notice, *seconds).into_bytes().into())
                    .collect(),
            ),
        };
        let own = localized.all().map(Answer::own_bytes);
        self.bytes = own.into_iter().fold(self.bytes, usize::saturating_add);
        localized
    }

    /// The body of an operator's own document, shared by all languages that have it.
    fn shared(&mut self, html: &'r str) -> Arc<[u8]> {
        let known = self.documents.iter().find(|(known, _)| *known == html);
        if let Some((_, body)) = known {
            return Arc::clone(body);
        }
        let body = Arc::<[u8]>::from(html.as_bytes());
        self.documents.push((html, Arc::clone(&body)));
        self.bytes = self.bytes.saturating_add(html.len());
        body
    }
}

impl Localized {
    pub(crate) fn all(&self) -> [&Answer; 4] {
        let Self {
            page,
            problem,
            connect,
            grpc,
        } = self;
        [page, problem, connect, grpc]
    }

    pub(crate) fn all_mut(&mut self) -> [&mut Answer; 4] {
        let Self {
            page,
            problem,
            connect,
            grpc,
        } = self;
        [page, problem, connect, grpc]
    }
}

#[cfg(test)]
mod tests;
