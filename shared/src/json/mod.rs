//! Values of JSON with their pointers, and the error about one of them.

mod error;
mod field;
mod read;

pub use error::FieldError;
pub use field::Field;
