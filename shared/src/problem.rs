//! The notice for programs: a problem document, or an error of the Connect protocol.

use alloc::string::ToString;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;

use crate::answer::Texts;
use crate::grpc;

/// The notice's problem type (RFC 9457, section 3.1.1).
const TYPE: &str = "urn:intermission:maintenance";

/// A problem document (RFC 9457), with the revision and the announced end as extensions.
pub(crate) fn problem(texts: &Texts<'_>) -> Vec<u8> {
    let mut problem = json!({
        "type": TYPE,
        "title": texts.title,
        "status": 503,
        "detail": texts.message,
        "revision": texts.revision,
    });
    if let (Some(until), Some(members)) = (texts.until, problem.as_object_mut()) {
        members.insert("until".into(), until.to_string().into());
    }
    problem.to_string().into_bytes()
}

/// An error of a unary call (Connect protocol reference, "Error end-stream" and "Unary responses").
pub(crate) fn connect_error(texts: &Texts<'_>) -> Vec<u8> {
    let error = json!({
        "code": "unavailable",
        "message": texts.message,
        "details": [{
            "type": "google.rpc.RetryInfo",
            "value": STANDARD_NO_PAD.encode(grpc::retry_info(texts)),
        }],
    });
    error.to_string().into_bytes()
}
