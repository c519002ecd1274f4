//! The config endpoint.
//!
//! Every request passes these, in this order, before anything else is looked at:
//!
//! 1. It names a `Host` that is control's own, else 421: a page that rebinds its own name to 127.0.0.1
//!    gets nothing.
//! 2. If it changes something, it comes from no other origin's page, else 403.
//! 3. It carries a token that counts, else 401, unless it is of the few that anybody may send. On loopback
//!    too, since every process of the machine and every page of its browsers can reach loopback.
//! 4. The token's role may ask so, else 403.
//!
//! No answer carries CORS headers. Errors are problem documents (RFC 9457).

mod app;
mod certificates;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod gate;
mod handlers;
mod host_names;
mod http;
mod listen;
mod log_limiter;
mod metrics;
mod replica;
mod routes;
mod run;
mod stop;
mod tasks;
mod token_file;

pub(crate) use self::listen::certificate::Certificate;
pub(crate) use self::run::{Options, run};
