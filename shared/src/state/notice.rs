//! The notice: what operators say to refused clients.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Serialize, Serializer};

use crate::state::color::Colors;
use crate::state::contact::Contact;
use crate::state::language_tag::LanguageTag;
use crate::state::logo::Logo;
use crate::state::mode::Mode;
use crate::state::origin::Origin;
use crate::state::phrases::{ALL, ENGLISH, Phrases};
use crate::state::timestamp::Timestamp;

/// What operators say to refused clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// When the service is expected back.
    pub until: Option<Timestamp>,
    /// Seconds after which a client may ask again, where `until` does not tell.
    pub retry_after: u32,
    /// Most seconds in `Retry-After` because of `until`.
    pub retry_after_max: u32,
    /// The origins whose scripts may read the notice.
    pub cors_origins: Vec<Origin>,
    /// The language of what follows.
    pub language: LanguageTag,
    /// The notice for clients that ask for no other language.
    #[serde(flatten)]
    pub look: Look,
    /// The notice in other languages.
    #[serde(serialize_with = "serialize_languages")]
    pub languages: Vec<Translation>,
}

impl Default for Notice {
    fn default() -> Self {
        Self {
            until: None,
            retry_after: 300,
            retry_after_max: 3600,
            cors_origins: Vec::from([Origin::Any]),
            language: LanguageTag::english(),
            look: Look::default(),
            languages: Vec::new(),
        }
    }
}

/// A notice in one language; what is missing is built in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Look {
    /// The heading of the page.
    pub title: Option<String>,
    /// The text of the page, the problem document and the gRPC status.
    pub message: Option<String>,
    /// Whom a visitor may ask.
    pub contact: Option<Contact>,
    /// A picture above the heading.
    pub logo: Option<Logo>,
    /// The colours of the page.
    pub colors: Option<Colors>,
    /// A whole document in place of the page.
    pub html: Option<String>,
    /// What `html` may do in a browser, as `Content-Security-Policy` says it; without this it runs no script.
    pub content_security_policy: Option<Box<str>>,
}

/// A notice in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Translation {
    /// The language; each occurs once.
    #[serde(skip)]
    pub language: LanguageTag,
    /// Its texts and appearance; contact, logo, colours and document are the notice's own where they are missing here.
    #[serde(flatten)]
    pub look: Look,
}

/// A map from tag to look.
fn serialize_languages<S: Serializer>(
    languages: &[Translation],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        languages
            .iter()
            .map(|translation| (&translation.language, translation)),
    )
}

/// A notice in one language, without gaps.
#[derive(Debug)]
pub(crate) struct Told<'n> {
    pub(crate) language: LanguageTag,
    /// The page's labels, which may be in another language than the texts.
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
    /// The title in the notice's own language, in a maintenance of this kind.
    #[must_use]
    pub fn title(&self, mode: Mode) -> &str {
        self.tell(&self.language, &self.look, mode).title
    }

    /// The message in the notice's own language, in a maintenance of this kind.
    #[must_use]
    pub fn message(&self, mode: Mode) -> &str {
        self.tell(&self.language, &self.look, mode).message
    }

    /// The notice in each of its languages, its own first: in those that it names, and in those that are
    /// built in, unless it has words or a document of its own, which is not translated into these.
    pub(crate) fn told(&self, mode: Mode) -> Vec<Told<'_>> {
        let own = [(&self.language, &self.look)];
        let named = self.languages.iter().map(|one| (&one.language, &one.look));
        let mut told: Vec<_> = own
            .into_iter()
            .chain(named)
            .map(|(language, look)| self.tell(language, look, mode))
            .collect();
        let Look {
            title,
            message,
            html,
            ..
        } = &self.look;
        if title.is_none() && message.is_none() && html.is_none() {
            for phrases in ALL {
                let known = |one: &Told<'_>| one.language.as_str() == phrases.tag;
                if let Ok(language) = phrases.tag.parse()
                    && !told.iter().any(known)
                {
                    told.push(self.tell(&language, &self.look, mode));
                }
            }
        }
        told
    }

    fn tell<'n>(&'n self, language: &LanguageTag, look: &'n Look, mode: Mode) -> Told<'n> {
        let phrases = Phrases::of(language).unwrap_or(ENGLISH);
        let words = phrases.words(mode);
        let own = &self.look;
        Told {
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
