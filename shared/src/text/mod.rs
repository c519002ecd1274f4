//! Texts: parse errors, splitting, characters, and masks for messages and logs.

mod cut;
mod letter_case;
mod masked;
mod parse_error;
mod text_type;
mod token;
mod visible;

pub(crate) use cut::cut;
pub(crate) use letter_case::lower;
pub use masked::{PASS_PREFIX, TOKEN_PREFIX, without_credentials, without_tokens};
pub use parse_error::ParseError;
pub(crate) use text_type::text_type;
pub(crate) use token::is_token;
pub use visible::{Visible, is_unseen};
