//! The notice: the texts and the appearance of refusals, in each language.

mod color;
mod contact;
mod language_tag;
mod localized;
mod logo;
mod lookup;
mod model;
mod origin;
mod palette;
mod phrases;

pub use color::Color;
pub use contact::Contact;
pub use language_tag::LanguageTag;
pub(crate) use localized::LocalizedNotice;
pub use logo::Logo;
pub(crate) use lookup::look_up;
pub use model::{Look, Notice, Translation};
pub use origin::Origin;
pub use palette::{Colors, Palette};
pub(crate) use palette::{DARK, LIGHT};
pub(crate) use phrases::ENGLISH;
pub(super) use phrases::Phrases;
