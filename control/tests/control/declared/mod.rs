//! States as files: `apply` and `export`.

mod apply;
mod export;
mod file;
mod refused;
