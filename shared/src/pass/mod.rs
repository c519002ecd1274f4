//! The page that takes passes: the way in for a browser.

mod answer;
mod form;
mod page;

pub use answer::PassAnswer;
pub use form::LONGEST_PASS_FORM;
pub(crate) use form::{Form, is_of_own_site};
pub(crate) use page::{PassPages, accept, leave};
