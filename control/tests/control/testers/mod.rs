//! Who passes: entries of the allowlist with names and ends, and passes.

mod ends;
mod entries;
mod passes;
mod refused;
mod rollback;
mod upgrade;
mod words;
