//! What refused clients get, rendered ahead.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::language::wanted;
use crate::request::ConnectCall;
use crate::state::Notice;
use crate::{
    Headers, Kind, LanguageTag, Origin, RequestView, Timestamp, cors, grpc, page, problem,
};

/// Every request header that decides which answer a refused request gets.
const VARY: &str = "Accept, Accept-Language, Connect-Protocol-Version, Content-Type, Origin, Sec-Fetch-Mode, \
                    Upgrade, X-Requested-With";

/// The language of a notice's own title and message.
const DEFAULT_LANGUAGE: &str = "en";

/// A rendered answer.
#[derive(Clone, Debug)]
pub struct Answer {
    index: usize,
    status: u16,
    headers: Vec<(&'static str, Box<[u8]>)>,
    body: Box<[u8]>,
    content_length: Box<[u8]>,
}

impl Answer {
    fn new(status: u16, headers: &[(&'static str, &str)], body: Vec<u8>) -> Self {
        Self {
            index: 0,
            status,
            headers: headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes().into()))
                .collect(),
            content_length: body.len().to_string().into_bytes().into(),
            body: body.into(),
        }
    }

    /// The place of the answer in [`Policy::answers`](crate::Policy::answers).
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The status code (RFC 9110, section 15).
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers that every reply with this answer has, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.headers.iter().map(|(name, value)| (*name, &**value))
    }

    /// The body of a reply to any method but `HEAD`.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// The answer to one request.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    answer: &'a Answer,
    cors: [(&'static str, Option<&'a [u8]>); 5],
    head: bool,
}

impl<'a> Reply<'a> {
    /// What is replied, apart from [`own_headers`](Self::own_headers).
    #[must_use]
    pub fn answer(&self) -> &'a Answer {
        self.answer
    }

    /// The status code (RFC 9110, section 15).
    #[must_use]
    pub fn status(&self) -> u16 {
        self.answer.status
    }

    /// All headers, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> {
        self.answer.headers().chain(self.own_headers())
    }

    /// The headers that this reply has beyond those of its answer.
    pub fn own_headers(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> + use<'a> {
        let length = self.head.then_some(&*self.answer.content_length);
        let own = [("content-length", length)].into_iter().chain(self.cors);
        own.filter_map(|(name, value)| Some((name, value?)))
    }

    /// Whether the body is left out, as in the answer to a `HEAD` (RFC 9110, section 9.3.2).
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.head
    }

    /// The body as it is sent.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        if self.head { &[] } else { &self.answer.body }
    }
}

/// All answers of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    preflight: Answer,
    default: Localized,
    translations: Vec<Localized>,
    /// The tags of the translations in their order, then that of the default.
    languages: Vec<LanguageTag>,
    cors_origins: Box<[Origin]>,
}

/// The answers in one language.
#[derive(Clone, Debug)]
struct Localized {
    page: Answer,
    problem: Answer,
    connect: Answer,
    grpc: Answer,
}

impl Answers {
    pub(crate) fn render(notice: &Notice, revision: u64, now: Timestamp) -> Self {
        let retry_after = retry_after(notice, now);
        let seconds = retry_after.to_string();
        let marker = format!("refused;revision={revision}");
        let common = [
            ("retry-after", seconds.as_str()),
            ("cache-control", "no-store"),
            ("intermission", &marker),
        ];
        let localized = |language, title, message| {
            let texts = Texts {
                language,
                title,
                message,
                until: notice.until,
                revision,
                retry_after,
            };
            Localized::render(&texts, notice.html.as_deref(), &common)
        };
        let translations = notice.languages.iter();
        let preflight = [
            ("access-control-max-age", "0"),
            (
                "vary",
                "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
            ),
        ];
        let mut answers = Self {
            preflight: Answer::new(204, &[&common[..], &preflight].concat(), Vec::new()),
            default: localized(DEFAULT_LANGUAGE, &notice.title, &notice.message),
            translations: translations
                .map(|texts| localized(texts.language.as_str(), &texts.title, &texts.message))
                .collect(),
            languages: notice
                .languages
                .iter()
                .map(|texts| texts.language.clone())
                .chain(DEFAULT_LANGUAGE.parse())
                .collect(),
            cors_origins: notice.cors_origins.clone().into(),
        };
        let translations = answers.translations.iter_mut().flat_map(Localized::all_mut);
        let all = [&mut answers.preflight]
            .into_iter()
            .chain(answers.default.all_mut())
            .chain(translations);
        for (index, answer) in all.enumerate() {
            answer.index = index;
        }
        answers
    }

    /// Every answer, each at the place of its index.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Answer> {
        let translations = self.translations.iter().flat_map(Localized::all);
        [&self.preflight]
            .into_iter()
            .chain(self.default.all())
            .chain(translations)
    }

    pub(crate) fn reply<'a, H: Headers + ?Sized>(
        &'a self,
        kind: Kind,
        request: &RequestView<'a, H>,
    ) -> Reply<'a> {
        let translation =
            wanted(request.headers, &self.languages).and_then(|place| self.translations.get(place));
        let localized = translation.unwrap_or(&self.default);
        let answer = match kind {
            Kind::Grpc => &localized.grpc,
            _ if request.is_preflight() => &self.preflight,
            Kind::Page => &localized.page,
            Kind::Api if request.connect_call() == Some(ConnectCall::Unary) => &localized.connect,
            Kind::Api => &localized.problem,
        };
        Reply {
            answer,
            cors: cors::headers(&self.cors_origins, request),
            head: request.method == b"HEAD" && !answer.body.is_empty(),
        }
    }
}

impl Localized {
    fn render(texts: &Texts<'_>, html: Option<&str>, common: &[(&'static str, &str)]) -> Self {
        let vary = ("vary", VARY);
        let language = ("content-language", texts.language);
        let document = |content_type, body: Vec<u8>| {
            let own = [("content-type", content_type), language, vary];
            Answer::new(503, &[common, &own].concat(), body)
        };
        let grpc = [
            ("content-type", "application/grpc"),
            ("grpc-status", grpc::STATUS),
            ("grpc-message", &grpc::message(texts)),
            ("grpc-status-details-bin", &grpc::status_details(texts)),
            ("grpc-retry-pushback-ms", "-1"),
            vary,
        ];
        let page = html.map_or_else(|| page::render(texts), String::from);
        Self {
            page: document("text/html; charset=utf-8", page.into_bytes()),
            problem: document("application/problem+json", problem::problem(texts)),
            connect: document("application/json", problem::connect_error(texts)),
            grpc: Answer::new(200, &[common, &grpc].concat(), Vec::new()),
        }
    }

    fn all(&self) -> [&Answer; 4] {
        let Self {
            page,
            problem,
            connect,
            grpc,
        } = self;
        [page, problem, connect, grpc]
    }

    fn all_mut(&mut self) -> [&mut Answer; 4] {
        let Self {
            page,
            problem,
            connect,
            grpc,
        } = self;
        [page, problem, connect, grpc]
    }
}

/// What the forms of a notice in one language are made of.
pub(crate) struct Texts<'n> {
    pub(crate) language: &'n str,
    pub(crate) title: &'n str,
    pub(crate) message: &'n str,
    pub(crate) until: Option<Timestamp>,
    pub(crate) revision: u64,
    /// In seconds.
    pub(crate) retry_after: u64,
}

/// Seconds until a client may ask again: up to the announced end while it lies ahead, else as
/// configured.
fn retry_after(notice: &Notice, now: Timestamp) -> u64 {
    let ahead = notice.until.map(|until| until.seconds_since(now));
    let seconds = ahead.filter(|seconds| *seconds > 0);
    seconds.unwrap_or_else(|| notice.retry_after.into())
}
