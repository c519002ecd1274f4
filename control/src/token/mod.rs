//! Tokens: who may ask control for what; and the secrets of passes.
//!
//! 1. A token is 256 random bits. Control keeps its hash, and what it is for: its [`Grant`].
//! 2. Its name is the actor of history. A name is given once, so that history tells
//!    one from another.
//! 3. A token that was revoked stays on record, and counts no more.

mod grant;
mod leak;
mod name;
mod node_names;
mod pass_secret;
mod role;
mod secret;

pub(crate) use self::grant::{CONTROL, Grant, Made, OPERATOR, TIMER};
pub(crate) use self::leak::refuse_secrets;
pub(crate) use self::name::TokenName;
pub(crate) use self::pass_secret::PassSecret;
pub(crate) use self::role::Role;
pub(crate) use self::secret::{Token, TokenHash};
