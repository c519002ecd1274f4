use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::own::answer::OwnAnswer;
use crate::refusal::{Dressed, Languages, hash};
use crate::request::{Headers, PASS_COOKIE, PASS_PATH, RequestView};
use crate::state::{ENGLISH, Mode, Notice};

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
    /// The document before and after the attribute that hides that a pass was not accepted.
    parts: [String; 2],
}

impl PassPages {
    pub(crate) fn render(notice: &Notice, mode: Mode) -> Self {
        let notices = notice.in_all_languages(mode);
        let languages = notices.iter().map(|notice| notice.language.clone());
        Self {
            languages: languages.collect(),
            pages: notices
                .iter()
                .map(|notice| Page::render(&Dressed::new(notice, STYLE)))
                .collect(),
        }
    }

    /// The page.
    pub(crate) fn show<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> OwnAnswer {
        self.answer(200, request, false)
    }

    /// The page, which says that the pass was not accepted.
    pub(crate) fn refuse<H: Headers + ?Sized>(&self, request: &RequestView<'_, H>) -> OwnAnswer {
        self.answer(403, request, true)
    }

    fn answer<H: Headers + ?Sized>(
        &self,
        status: u16,
        request: &RequestView<'_, H>,
        has_failed: bool,
    ) -> OwnAnswer {
        let wanted = self.languages.wanted(request.headers).unwrap_or_default();
        // There is one at least, the notice's own.
        let Some(page) = self.pages.get(wanted).or_else(|| self.pages.first()) else {
            return OwnAnswer::new(status, String::new());
        };
        let [before, after] = &page.parts;
        let hidden = if has_failed { "" } else { " hidden" };
        let body = [before, hidden, after].concat();
        OwnAnswer::new(status, body)
            .with("content-type", "text/html; charset=utf-8")
            .with("content-language", page.language.clone())
            .with("vary", "Accept-Language")
            .with(
                "content-security-policy",
                page.content_security_policy.clone(),
            )
    }
}

/// The answer to a pass that was accepted: the browser keeps it for so many seconds, and goes `to` a path.
pub(crate) fn accept(pass: &str, seconds: u32, to: String) -> OwnAnswer {
    let cookie =
        format!("{PASS_COOKIE}={pass}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    leave(to).with("set-cookie", cookie)
}

/// The answer where there is nothing to accept any more: the browser goes `to` a path.
pub(crate) fn leave(to: String) -> OwnAnswer {
    // A plain path may have spaces (RFC 3986, section 2.1).
    OwnAnswer::new(303, String::new()).with("location", to.replace(' ', "%20"))
}

impl Page {
    fn render(dressed: &Dressed<'_>) -> Self {
        // A character that no text has.
        const MARK: &str = "\u{0}";
        let (notice, words) = (dressed.notice, &dressed.notice.phrases.pass);
        // Where there are no phrases in the language of the notice, they are in English.
        let is_english = notice.phrases.tag == ENGLISH.tag;
        let is_right_to_left = notice.language.is_right_to_left() && !is_english;
        let direction = if is_right_to_left { "rtl" } else { "ltr" };
        let page = format!(
            include_str!("pass.html"),
            language = notice.phrases.tag,
            direction = direction,
            title = words.title,
            style = dressed.style,
            mark = dressed.mark(),
            hidden = MARK,
            failed = words.failed,
            path = PASS_PATH,
            label = words.label,
            button = words.button,
            script = SCRIPT,
        );
        let (before, after) = page.split_once(MARK).unwrap_or((&page, ""));
        Self {
            language: notice.phrases.tag.into(),
            content_security_policy: format!(
                "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
                 script-src '{}'; style-src '{}'",
                hash(SCRIPT),
                hash(&dressed.style)
            ),
            parts: [before.into(), after.into()],
        }
    }
}
