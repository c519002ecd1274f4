//! The notice for programs: a problem document, or an error of the Connect protocol.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Serialize;

use crate::Timestamp;
use crate::answer::Texts;
use crate::grpc;

/// A problem document (RFC 9457), with the revision and the announced end as extensions.
pub(crate) fn problem(texts: &Texts<'_>) -> Vec<u8> {
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
        title: texts.title,
        status: 503,
        detail: texts.message,
        revision: texts.revision,
        until: texts.until,
    })
}

/// An error of a unary call (Connect protocol reference, "Unary-Response" and "Error codes").
pub(crate) fn connect_error(texts: &Texts<'_>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Error<'t> {
        code: &'static str,
        message: &'t str,
        details: [Detail; 1],
    }
    #[derive(Serialize)]
    struct Detail {
        r#type: &'static str,
        value: String,
    }
    let retry = Detail {
        r#type: "google.rpc.RetryInfo",
        value: STANDARD_NO_PAD.encode(grpc::retry_info(texts)),
    };
    json(&Error {
        code: "unavailable",
        message: texts.message,
        details: [retry],
    })
}

fn json(document: &impl Serialize) -> Vec<u8> {
    // Plain data under fixed names: there is nothing to fail.
    serde_json::to_vec(document).unwrap_or_default()
}
