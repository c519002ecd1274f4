use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use intermission_core::State;

use crate::server::http::problem::Problem;

/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a body that is not longer than a state may be.
pub(crate) async fn read(body: Body) -> Result<Bytes, Problem> {
    read_up_to(body, State::MAX_BYTES).await
}

/// Reads a body of at most so many bytes.
pub(crate) async fn read_up_to(body: Body, most: usize) -> Result<Bytes, Problem> {
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, most)).await;
    let slow = |_| {
        Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "slow",
            "The body did not come in time",
            format!("it took more than {} seconds", PATIENCE.as_secs()),
        )
    };
    read.map_err(slow)?.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The body is too large",
            format!("it was cut off, or has more than the {most} bytes allowed"),
        )
    })
}

/// Refuses a body of another kind than `accepted`.
///
/// A form, or plain text, is all that a page of another origin can send without asking first, so
/// that this is one more wall against it.
pub(crate) fn check_type(headers: &HeaderMap, accepted: &[&str]) -> Result<(), Problem> {
    let given = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let essence = given.and_then(|value| value.split(|byte| *byte == b';').next());
    let essence = essence.unwrap_or_default().trim_ascii();
    if accepted
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known.as_bytes()))
    {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "media-type",
        "The body is of another kind",
        format!("set Content-Type to {}", accepted.join(" or ")),
    ))
}
