//! Who may ask control for what, and over which connections.

mod authority;
mod guard;
mod roles;
mod tls;
mod tokens;
