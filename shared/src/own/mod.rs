//! What a node answers itself during maintenance, beside refusals: the page that takes passes, and what it sees of a client.

mod answer;
mod asked;
mod form;
mod me;
mod pass_form;
mod pass_page;
mod place;
mod target;

pub use answer::OwnAnswer;
pub(crate) use asked::asked;
pub(crate) use me::{ListAndClient, Me};
pub use pass_form::LONGEST_PASS_FORM;
pub(crate) use pass_form::{Form, is_of_own_site};
pub(crate) use pass_page::{PassPages, accept, leave};
