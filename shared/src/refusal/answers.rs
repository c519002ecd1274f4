use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::refusal::answer::Answer;
use crate::refusal::cors;
use crate::refusal::kind::Kind;
use crate::refusal::languages::Languages;
use crate::refusal::localized::{Localized, Renderer};
use crate::refusal::maintenance::Maintenance;
use crate::refusal::reply::Reply;
use crate::refusal::retry;
use crate::request::{ConnectCall, Headers, RequestView};
use crate::state::{Origin, State, Timestamp};

/// The most bytes that a notice renders to, so that no document takes all the memory of a node by its number of languages.
const MOST_RENDERED: usize = 16 << 20;

/// All answers of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    preflight: Answer,
    /// The answers in the notice's own language.
    own: Localized,
    translations: Vec<Localized>,
    /// The notice's own language, then those of the translations in their order.
    languages: Languages,
    cors_origins: Box<[Origin]>,
    /// The values of `Retry-After`, of which each reply has one.
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
            takes_passes: state.allowlist.has_pass_at(now),
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
        let mut notices = notice.in_all_languages(state.maintenance);
        let mut renderer = Renderer::new(&maintenance, &common, &spread);
        let own = notices.remove(0);
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
        for localized in notices {
            // Clients of the other languages get the notice in its own language.
            if renderer.bytes() > MOST_RENDERED {
                break;
            }
            answers.translations.push(renderer.render(&localized));
            languages.push(localized.language);
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

    /// Every answer, in the order of the indices.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Answer> {
        let translations = self.translations.iter().flat_map(Localized::all);
        [&self.preflight]
            .into_iter()
            .chain(self.own.all())
            .chain(translations)
    }

    /// About how many bytes of memory the answers take; beyond [`MOST_RENDERED`], languages were left out.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The values of `Retry-After`, of which each reply has one.
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
        let translation = wanted.and_then(|index| self.translations.get(index.checked_sub(1)?));
        let localized = translation.unwrap_or(&self.own);
        let answer = match kind {
            Kind::Grpc => &localized.grpc,
            _ if request.is_preflight() => &self.preflight,
            Kind::Page => &localized.page,
            Kind::Api if request.connect_call() == Some(ConnectCall::Unary) => &localized.connect,
            Kind::Api => &localized.problem,
        };
        let draw = usize::try_from(draw).unwrap_or_default();
        let retry_index = draw.checked_rem(self.retry_after.len()).unwrap_or_default();
        Reply {
            answer,
            retry_index,
            retry_after: self.retry_after.get(retry_index).map(|value| &**value),
            details: answer.details.get(retry_index).map(|value| &**value),
            cors: cors::headers(&self.cors_origins, request),
            head: request.method == b"HEAD" && !answer.body.is_empty(),
            reloads: false,
        }
    }
}
