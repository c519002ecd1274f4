use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Serialize, Serializer};

use crate::state::notice::contact::Contact;
use crate::state::notice::language_tag::LanguageTag;
use crate::state::notice::logo::Logo;
use crate::state::notice::origin::Origin;
use crate::state::notice::palette::Colors;
use crate::state::timestamp::Timestamp;

/// The texts and the appearance of refusals, as operators set them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Notice {
    /// The time at which the service is expected back.
    pub until: Option<Timestamp>,
    /// The `Retry-After` of refusals in seconds, unless `until` is in the future.
    pub retry_after: u32,
    /// The most seconds of the time to `until` that `Retry-After` gives.
    pub retry_after_max: u32,
    /// The origins whose scripts may read the notice.
    pub cors_origins: Vec<Origin>,
    /// The language of the texts in `look`.
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

/// The notice in one language; missing texts are built in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Look {
    /// The heading of the page.
    pub title: Option<String>,
    /// The text of the page, the problem document and the gRPC status.
    pub message: Option<String>,
    /// A link to the operators.
    pub contact: Option<Contact>,
    /// An image above the heading.
    pub logo: Option<Logo>,
    /// The colours of the page.
    pub colors: Option<Colors>,
    /// An HTML document that replaces the page.
    pub html: Option<String>,
    /// The `Content-Security-Policy` of `html`; the default forbids scripts.
    pub content_security_policy: Option<Box<str>>,
}

/// The notice in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Translation {
    /// The language; each occurs once.
    #[serde(skip)]
    pub language: LanguageTag,
    /// The texts and the appearance. A missing contact, logo, document or set of colours is that of the notice.
    #[serde(flatten)]
    pub look: Look,
}

impl Translation {
    /// The notice in `language`.
    #[must_use]
    pub fn new(language: LanguageTag, look: Look) -> Self {
        Self { language, look }
    }
}

/// Writes a map from tag to look.
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
