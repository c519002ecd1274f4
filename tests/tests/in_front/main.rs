//! Proxies before a service, with the configurations of `examples/in-front/` that `docs/in-front.md` explains: what a visitor
//! gets through them while the service is closed, and what a configuration that the document warns of does instead.
#![cfg(test)]

mod haproxy;
mod nginx;
mod proxy;
mod shop;
mod varnish;
