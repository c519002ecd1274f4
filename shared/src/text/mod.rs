//! Texts: splitting, case, and how messages and logs show them.

mod cut;
mod letter_case;
mod masked;
mod parse_error;
mod quoted;

pub(crate) use cut::cut;
pub(crate) use letter_case::lower;
pub use masked::{TOKEN_PREFIX, without_credentials, without_tokens};
pub use parse_error::ParseError;
pub use quoted::{Listed, Quoted, Visible, is_unseen};
