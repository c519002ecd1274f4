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

pub use color::{Color, Colors, Palette, ParseColorError};
pub(crate) use color::{DARK, LIGHT};
pub use contact::{Contact, ParseContactError};
pub use error::DocumentError;
pub use exempt::{Exempt, Prober};
pub(crate) use language_tag::look_up;
pub use language_tag::{LanguageTag, ParseLanguageError};
pub use logo::{Logo, ParseLogoError};
pub use mode::{Mode, ParseModeError};
pub use model::{Allowlist, Area, State};
pub(crate) use notice::Told;
pub use notice::{Look, Notice, Translation};
pub use origin::{Origin, ParseOriginError};
pub(crate) use phrases::ENGLISH;
pub use service::{ParseServiceNameError, ServiceName};
pub use timestamp::{ParseTimestampError, Timestamp};
