//! Testers with a pass, whom a real control lets in and keeps out by the real command: through axum, tonic and Envoy, with browsers
//! and programs. The clients in other languages are in `tests/clients/`.
#![cfg(test)]

mod admitted;
mod clients;
mod nodes;
mod secrets;
