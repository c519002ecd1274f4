use std::rc::Rc;

use intermission_core::{State, StateTag};

/// A state and its tag.
pub(crate) type TaggedState = (Rc<State>, StateTag);
