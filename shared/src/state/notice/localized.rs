use alloc::vec::Vec;

use crate::state::mode::Mode;
use crate::state::notice::contact::Contact;
use crate::state::notice::language_tag::LanguageTag;
use crate::state::notice::logo::Logo;
use crate::state::notice::model::{Look, Notice};
use crate::state::notice::palette::Colors;
use crate::state::notice::phrases::{ALL, ENGLISH, Phrases};

/// A notice in one language, without gaps.
#[derive(Debug)]
pub(crate) struct LocalizedNotice<'n> {
    pub(crate) language: LanguageTag,
    /// The labels of the page, which may be in another language than the texts.
    pub(crate) phrases: &'static Phrases,
    pub(crate) title: &'n str,
    pub(crate) message: &'n str,
    pub(crate) contact: Option<&'n Contact>,
    pub(crate) logo: Option<&'n Logo>,
    pub(crate) colors: Option<&'n Colors>,
    pub(crate) html: Option<&'n str>,
    pub(crate) content_security_policy: Option<&'n str>,
}

impl Notice {
    /// The title in the notice's own language, in maintenance of this mode.
    #[must_use]
    pub fn title(&self, mode: Mode) -> &str {
        self.localized(&self.language, &self.look, mode).title
    }

    /// The message in the notice's own language, in maintenance of this mode.
    #[must_use]
    pub fn message(&self, mode: Mode) -> &str {
        self.localized(&self.language, &self.look, mode).message
    }

    /// The notice in each of its languages, its own first: the languages that it names, and the built-in ones unless the
    /// notice has a title, a message or a document of its own, of which there is no translation.
    pub(crate) fn in_all_languages(&self, mode: Mode) -> Vec<LocalizedNotice<'_>> {
        let own = [(&self.language, &self.look)];
        let named = self.languages.iter().map(|one| (&one.language, &one.look));
        let mut notices: Vec<_> = own
            .into_iter()
            .chain(named)
            .map(|(language, look)| self.localized(language, look, mode))
            .collect();
        let Look {
            title,
            message,
            html,
            ..
        } = &self.look;
        if title.is_none() && message.is_none() && html.is_none() {
            for phrases in ALL {
                let is_known = |one: &LocalizedNotice<'_>| one.language.as_str() == phrases.tag;
                if let Ok(language) = phrases.tag.parse()
                    && !notices.iter().any(is_known)
                {
                    notices.push(self.localized(&language, &self.look, mode));
                }
            }
        }
        notices
    }

    fn localized<'n>(
        &'n self,
        language: &LanguageTag,
        look: &'n Look,
        mode: Mode,
    ) -> LocalizedNotice<'n> {
        let phrases = Phrases::of(language).unwrap_or(ENGLISH);
        let words = phrases.words(mode);
        let own = &self.look;
        LocalizedNotice {
            language: language.clone(),
            phrases,
            title: look.title.as_deref().unwrap_or(words.title),
            message: look.message.as_deref().unwrap_or(words.message),
            contact: look.contact.as_ref().or(own.contact.as_ref()),
            logo: look.logo.as_ref().or(own.logo.as_ref()),
            colors: look.colors.as_ref().or(own.colors.as_ref()),
            html: look.html.as_deref().or(own.html.as_deref()),
            content_security_policy: (look.content_security_policy.as_deref())
                .or(own.content_security_policy.as_deref()),
        }
    }
}
