//! The state of a service, its parts, and the reader of its document.

mod allowlist;
mod area;
mod document;
mod error;
mod exempt;
mod mode;
mod model;
mod notice;
mod pass;
mod reads;
mod service;
mod tag;
mod timestamp;

pub use allowlist::Allowlist;
pub use area::Area;
pub use error::DocumentError;
pub use exempt::{Exempt, Prober};
pub use mode::Mode;
pub use model::State;
pub use notice::{
    Color, Colors, Contact, LanguageTag, Logo, Look, Notice, Origin, Palette, Translation,
};
pub(crate) use notice::{DARK, ENGLISH, LIGHT, LocalizedNotice, look_up};
pub use pass::{Pass, PassDigest};
pub use reads::Reads;
pub use service::ServiceName;
pub use tag::StateTag;
pub use timestamp::Timestamp;
