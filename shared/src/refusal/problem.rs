//! The notice for programs: a problem document, or an error of the Connect protocol.

use alloc::vec::Vec;

use serde::Serialize;

use crate::refusal::maintenance::Maintenance;
use crate::state::{LocalizedNotice, Timestamp};

/// A problem document (RFC 9457), with the revision and the announced end as extensions.
pub(crate) fn problem(notice: &LocalizedNotice<'_>, maintenance: &Maintenance) -> Vec<u8> {
    #[derive(Serialize)]
    struct Problem<'t> {
        r#type: &'static str,
        title: &'t str,
        status: u16,
        detail: &'t str,
        revision: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    }
    json(&Problem {
        r#type: "urn:intermission:maintenance",
        title: notice.title,
        status: 503,
        detail: notice.message,
        revision: maintenance.revision,
        until: maintenance.until,
    })
}

/// An error of a unary call (Connect protocol reference, "Unary-Response" and "Error codes").
pub(crate) fn connect_error(notice: &LocalizedNotice<'_>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Error<'t> {
        code: &'static str,
        message: &'t str,
    }
    json(&Error {
        code: "unavailable",
        message: notice.message,
    })
}

fn json(document: &impl Serialize) -> Vec<u8> {
    // Plain data under fixed names cannot fail.
    serde_json::to_vec(document).unwrap_or_default()
}
