//! The corpus against the layer on real sockets.
#![cfg(test)]

mod axum;
mod tonic;
