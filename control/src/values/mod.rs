//! Values that every room reads: times, durations, entity tags, colours, the folders of a user, checked JSON, and names in a
//! text.

pub(crate) mod contrast;
pub(crate) mod distinct;
pub(crate) mod duration;
pub(crate) mod etag;
pub(crate) mod listed;
pub(crate) mod members;
pub(crate) mod now;
pub(crate) mod random;
pub(crate) mod state_home;
pub(crate) mod timestamp;
pub(crate) mod version;
