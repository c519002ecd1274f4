//! What happens to machines and processes while operators wait.

mod fault;
mod struck;

pub(crate) use fault::Fault;
pub(crate) use struck::Struck;
