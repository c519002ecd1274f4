use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::own::answer::OwnAnswer;
use crate::own::pass_form::Form;
use crate::refusal::{Document, Escaped, Languages};
use crate::request::{Headers, PASS_COOKIE, PASS_PATH, RequestView};
use crate::state::{ENGLISH, LocalizedNotice, Mode, Notice};
use crate::text::cut;

/// The policy of the page, which posts to its own site.
const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";
const SCRIPT: &str = include_str!("pass.js");
const STYLE: &str = include_str!("pass.css");

/// The page in each language of the notice.
#[derive(Clone, Debug)]
pub(crate) struct PassPages {
    pages: Vec<Page>,
    languages: Languages,
}

/// The page in one language.
#[derive(Clone, Debug)]
struct Page {
    language: String,
    content_security_policy: String,
    /// The document around the attribute that hides that a pass was not accepted, and the target that follows the page.
    parts: [String; 3],
}

impl PassPages {
    pub(crate) fn render(notice: &Notice, mode: Mode) -> Self {
        let notices = notice.in_all_languages(mode);
        let languages = notices.iter().map(|notice| notice.language.clone());
        Self {
            languages: languages.collect(),
            pages: notices.iter().map(Page::render).collect(),
        }
    }

    /// The page, which leads to the target that `?to=` names.
    pub(crate) fn show<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> OwnAnswer {
        let query = cut(request.path, b'?').1.unwrap_or_default();
        self.answer(200, request, " hidden", &Form::read(query).to)
    }

    /// The page, which says that the pass was not accepted.
    pub(crate) fn refuse<H: Headers + ?Sized>(
        &self,
        request: &RequestView<'_, H>,
        to: &str,
    ) -> OwnAnswer {
        self.answer(403, request, "", to)
    }

    fn answer<H: Headers + ?Sized>(
        &self,
        status: u16,
        request: &RequestView<'_, H>,
        hidden: &str,
        to: &str,
    ) -> OwnAnswer {
        let wanted = self.languages.wanted(request.headers).unwrap_or_default();
        // There is one at least, the notice's own.
        let Some(page) = self.pages.get(wanted).or_else(|| self.pages.first()) else {
            return OwnAnswer::new(status, String::new());
        };
        let [start, middle, end] = &page.parts;
        let body = format!("{start}{hidden}{middle}{}{end}", Escaped(to));
        OwnAnswer::new(status, body)
            .with("content-type", "text/html; charset=utf-8")
            .with("content-language", page.language.clone())
            .with("vary", "Accept-Language")
            .with("x-robots-tag", "noindex")
            .with(
                "content-security-policy",
                page.content_security_policy.clone(),
            )
    }
}

/// The answer to a pass that was accepted: the browser keeps it for so many seconds, and goes `to` a target.
pub(crate) fn accept(pass: &str, seconds: u32, to: String) -> OwnAnswer {
    let cookie =
        format!("{PASS_COOKIE}={pass}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    leave(to).with("set-cookie", cookie)
}

/// The answer where there is nothing to accept any more: the browser goes `to` a target.
pub(crate) fn leave(to: String) -> OwnAnswer {
    OwnAnswer::new(303, String::new()).with("location", to)
}

impl Page {
    fn render(notice: &LocalizedNotice<'_>) -> Self {
        // A character that no text has.
        const MARK: &str = "\u{0}";
        let words = &notice.phrases.pass;
        let content = format!(
            include_str!("pass.html"),
            hidden = MARK,
            failed = words.failed,
            path = PASS_PATH,
            to = MARK,
            label = words.label,
            button = words.button,
        );
        // Where there are no phrases in the language of the notice, they are in English.
        let is_english = notice.phrases.tag == ENGLISH.tag;
        let document = Document {
            language: notice.phrases.tag,
            is_right_to_left: notice.language.is_right_to_left() && !is_english,
            title: words.title,
            content: &content,
            script: SCRIPT,
            data: "",
        };
        let page = document.render(notice, STYLE, POLICY);
        let mut parts = page.html.split(MARK).map(String::from);
        Self {
            language: notice.phrases.tag.into(),
            content_security_policy: page.policy,
            parts: [(); 3].map(|()| parts.next().unwrap_or_default()),
        }
    }
}
