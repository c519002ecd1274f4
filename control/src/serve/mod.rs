//! The config endpoint.
//!
//! Every request passes these, in this order, before anything else is looked at:
//!
//! 1. It names a loopback `Host`, else 421: a page that rebinds its own name to 127.0.0.1 gets
//!    nothing.
//! 2. If it changes something, it comes from no other origin's page, else 403.
//! 3. If it changes something, it carries an operator's token, else 401. On loopback too, since
//!    every process of the machine and every page of its browsers can reach loopback.
//!
//! No answer carries CORS headers. Errors are problem documents (RFC 9457).

mod answer;
mod app;
mod auth;
mod body;
mod changes;
mod guard;
mod history;
mod hold;
mod listen;
mod nodes;
mod order;
mod problem;
mod run;
mod services;
mod state;
mod timers;
mod token_file;

pub(crate) use self::run::run;
