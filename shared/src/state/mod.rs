//! The state of a service: its parts, and its document.

mod color;
mod contact;
mod document;
mod error;
mod exempt;
mod language_tag;
mod logo;
mod mode;
mod model;
mod notice;
mod origin;
mod phrases;
mod service;
mod timestamp;

pub use color::{Color, Colors, Palette};
pub(crate) use color::{DARK, LIGHT};
pub use contact::Contact;
pub use error::DocumentError;
pub use exempt::{Exempt, Prober};
pub use language_tag::LanguageTag;
pub(crate) use language_tag::look_up;
pub use logo::Logo;
pub use mode::Mode;
pub use model::{Allowlist, Area, State};
pub(crate) use notice::Told;
pub use notice::{Look, Notice, Translation};
pub use origin::Origin;
pub(crate) use phrases::ENGLISH;
pub use service::ServiceName;
pub use timestamp::Timestamp;
