//! Values of JSON, each of which knows its place in the document.

mod error;
mod field;

pub use error::FieldError;
pub use field::Field;
