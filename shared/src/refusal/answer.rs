//! What refused clients get, rendered ahead.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::refusal::Kind;
use crate::refusal::cors;
use crate::refusal::languages::Languages;
use crate::refusal::localized::{Localized, Renderer};
use crate::refusal::retry;
use crate::request::ConnectCall;
use crate::request::{Headers, RequestView};
use crate::state::{Mode, Origin, State, Timestamp};

/// The most that is rendered of a notice, in bytes: no document, however many languages it has, takes all the memory of
/// a node.
const MOST_RENDERED: usize = 16 << 20;

/// What every notice tells, in whatever language.
pub(crate) struct Maintenance {
    pub(crate) mode: Mode,
    pub(crate) revision: u64,
    pub(crate) until: Option<Timestamp>,
    /// When that lies ahead.
    pub(crate) announced: Option<Timestamp>,
    /// After how many seconds a client may ask again where no end is announced.
    pub(crate) retry_after: u32,
}

/// A header of an answer: most are the same in every policy.
pub(crate) type HeaderLine = (&'static str, Cow<'static, str>);

/// A rendered answer.
#[derive(Clone, Debug)]
pub struct Answer {
    index: usize,
    status: u16,
    headers: Vec<HeaderLine>,
    body: Arc<[u8]>,
    content_length: Box<[u8]>,
    /// `grpc-status-details-bin` for each time that a client may be asked to wait.
    details: Box<[Box<[u8]>]>,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: Vec<HeaderLine>, body: Arc<[u8]>) -> Self {
        Self {
            index: 0,
            status,
            headers,
            content_length: body.len().to_string().into_bytes().into(),
            body,
            details: Box::default(),
        }
    }

    pub(crate) fn with_details(self, details: Box<[Box<[u8]>]>) -> Self {
        Self { details, ..self }
    }

    /// How much memory it takes, about, apart from a body that others have too.
    pub(crate) fn own_bytes(&self) -> usize {
        let values = self.headers.iter().map(|(_, value)| value.len());
        let details = self.details.iter().map(|value| value.len());
        let body = match Arc::strong_count(&self.body) {
            1 => self.body.len(),
            _ => 0,
        };
        size_of_val(&*self.headers) + values.chain(details).sum::<usize>() + body
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

    /// The headers that every reply with this answer has alike, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &Cow<'static, str>)> {
        self.headers.iter().map(|(name, value)| (*name, value))
    }

    /// The body of a reply to any method but `HEAD`.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The same body, shared with the policy and with the other answers that have it.
    #[must_use]
    pub fn shared_body(&self) -> Arc<[u8]> {
        Arc::clone(&self.body)
    }

    /// `grpc-status-details-bin` for each [wait](Reply::wait), if the answer has it.
    pub fn details(&self) -> impl Iterator<Item = &[u8]> {
        self.details.iter().map(|value| &**value)
    }
}

/// The answer to one request.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    answer: &'a Answer,
    wait: usize,
    retry_after: Option<&'a [u8]>,
    details: Option<&'a [u8]>,
    cors: Option<cors::Lines<'a>>,
    head: bool,
    reloads: bool,
}

impl<'a> Reply<'a> {
    /// The most that a node reads of a refused request's body, so that the client gets the answer, in bytes.
    pub const LONGEST_READ: u64 = 32 << 20;

    /// What is replied, apart from what depends on the [wait](Self::wait) and [`own_headers`](Self::own_headers).
    #[must_use]
    pub fn answer(&self) -> &'a Answer {
        self.answer
    }

    /// How long the client is asked to wait: the place of its `Retry-After` in
    /// [`Policy::retry_after`](crate::Policy::retry_after), and of its `grpc-status-details-bin` in [`Answer::details`].
    #[must_use]
    pub fn wait(&self) -> usize {
        self.wait
    }

    /// The status code (RFC 9110, section 15).
    #[must_use]
    pub fn status(&self) -> u16 {
        self.answer.status
    }

    /// All headers, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> {
        let answers = self.answer.headers();
        let waiting = [
            ("retry-after", self.retry_after),
            ("grpc-status-details-bin", self.details),
        ];
        answers
            .map(|(name, value)| (name, value.as_bytes()))
            .chain(there(waiting))
            .chain(self.own_headers())
    }

    /// The headers that only this request's answer has.
    pub fn own_headers(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> + use<'a> {
        let length = self.head.then_some(&*self.answer.content_length);
        let refresh = self.reloads.then_some(b"true".as_slice());
        let cors = self.cors.into_iter().flat_map(there);
        there([("content-length", length), ("hx-refresh", refresh)]).chain(cors)
    }

    /// The same, by which htmx loads the page anew that asks.
    pub(crate) fn reloading(self) -> Self {
        Self {
            reloads: true,
            ..self
        }
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

/// The headers that have a value.
fn there<'a, const N: usize>(
    headers: [(&'static str, Option<&'a [u8]>); N],
) -> impl Iterator<Item = (&'static str, &'a [u8])> {
    let headers = headers.into_iter();
    headers.filter_map(|(name, value)| Some((name, value?)))
}

/// All answers of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    preflight: Answer,
    /// In the notice's own language.
    own: Localized,
    translations: Vec<Localized>,
    /// The notice's own, then those of the translations in their order.
    languages: Languages,
    cors_origins: Box<[Origin]>,
    /// `Retry-After` for each time that a client may be asked to wait.
    retry_after: Box<[Box<[u8]>]>,
    bytes: usize,
}

impl Answers {
    pub(crate) fn render(state: &State, now: Timestamp) -> Self {
        let notice = &state.notice;
        let maintenance = Maintenance {
            mode: state.maintenance,
            revision: state.revision,
            until: notice.until,
            announced: notice.until.filter(|until| *until > now),
            retry_after: notice.retry_after,
        };
        let marker = format!("refused;revision={}", state.revision);
        let common = [
            ("cache-control", "no-store".into()),
            ("intermission", marker.into()),
        ];
        let preflight = [
            ("access-control-max-age", "0".into()),
            (
                "vary",
                "Origin, Access-Control-Request-Method, Access-Control-Request-Headers".into(),
            ),
        ];
        let spread = retry::spread(notice, now);
        let mut told = notice.told(state.maintenance);
        let mut renderer = Renderer::new(&maintenance, &common, &spread);
        let own = told.remove(0);
        let mut answers = Self {
            preflight: Answer::new(204, [&common[..], &preflight].concat(), Arc::default()),
            own: renderer.render(&own),
            translations: Vec::new(),
            languages: Languages::default(),
            bytes: 0,
            cors_origins: notice.cors_origins.clone().into(),
            retry_after: spread
                .iter()
                .map(|seconds| seconds.to_string().into_bytes().into())
                .collect(),
        };
        let mut languages = Vec::from([own.language]);
        for told in told {
            // The others get the notice in its own language.
            if renderer.bytes() > MOST_RENDERED {
                break;
            }
            answers.translations.push(renderer.render(&told));
            languages.push(told.language);
        }
        answers.bytes = renderer.bytes();
        answers.languages = languages.into_iter().collect();
        let translations = answers.translations.iter_mut().flat_map(Localized::all_mut);
        let all = [&mut answers.preflight]
            .into_iter()
            .chain(answers.own.all_mut())
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
            .chain(self.own.all())
            .chain(translations)
    }

    /// How much memory they take, about; beyond [`MOST_RENDERED`] languages were left out.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// `Retry-After` for each time that a client may be asked to wait.
    pub(crate) fn retry_after(&self) -> impl Iterator<Item = &[u8]> {
        self.retry_after.iter().map(|value| &**value)
    }

    pub(crate) fn reply<'a, H: Headers + ?Sized>(
        &'a self,
        kind: Kind,
        request: &RequestView<'a, H>,
        draw: u32,
    ) -> Reply<'a> {
        let wanted = self.languages.wanted(request.headers);
        let translation = wanted.and_then(|place| self.translations.get(place.checked_sub(1)?));
        let localized = translation.unwrap_or(&self.own);
        let answer = match kind {
            Kind::Grpc => &localized.grpc,
            _ if request.is_preflight() => &self.preflight,
            Kind::Page => &localized.page,
            Kind::Api if request.connect_call() == Some(ConnectCall::Unary) => &localized.connect,
            Kind::Api => &localized.problem,
        };
        let draw = usize::try_from(draw).unwrap_or_default();
        let wait = draw.checked_rem(self.retry_after.len()).unwrap_or_default();
        Reply {
            answer,
            wait,
            retry_after: self.retry_after.get(wait).map(|value| &**value),
            details: answer.details.get(wait).map(|value| &**value),
            cors: cors::headers(&self.cors_origins, request),
            head: request.method == b"HEAD" && !answer.body.is_empty(),
            reloads: false,
        }
    }
}
