//! What of control reads bytes from strangers, for the targets in `fuzz/`: no public interface.

use intermission_core::{FieldError, Report, State};

use crate::change::{Change, Patch};
use crate::fleet::read_report;
use crate::labels::Labels;
pub use crate::server::fuzzing::{Control, bearer, wait};
use crate::values::etag::{Condition, tag_of};

/// Reads the header of a node.
///
/// # Errors
///
/// Where it cannot be read.
pub fn report(line: &[u8]) -> Result<Report, String> {
    read_report(line).map_err(|error| error.to_string())
}

/// Applies the body of a `PATCH` to a state.
///
/// # Errors
///
/// Where it is refused: the JSON pointer to the place, and the reason.
pub fn patch(before: &State, body: &[u8]) -> Result<State, FieldError> {
    let apply = |body| {
        Change::Patch(Patch::parse(body)?).apply(
            before,
            &Labels::default(),
            jiff::Timestamp::UNIX_EPOCH,
        )
    };
    apply(body)
}

/// Whether the lines of `If-Match` or `If-None-Match` name the tag of a document, compared weakly and strongly;
/// `None` where there is no line.
#[must_use]
pub fn condition(lines: &[&[u8]], document: &State) -> Option<(bool, bool)> {
    let tag = tag_of(document, &document.to_json());
    let condition = Condition::read(lines.iter().copied())?;
    Some((
        condition.names(tag.as_str()),
        condition.names_exactly(tag.as_str()),
    ))
}
