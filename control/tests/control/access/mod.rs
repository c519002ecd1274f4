//! Who may ask control for what, and over which connections.

pub(crate) mod authority;
mod bound;
mod guard;
mod roles;
mod tls;
mod tokens;
