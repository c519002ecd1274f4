use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use intermission_core::{FieldError, Visible};
use serde_json::{Map, Value};

use crate::registry::ChangeError;
use crate::store::EtcdFault;
use crate::values::listed::listed;
use crate::wire::difference::Conflict;
use crate::wire::forgotten::Kept;
use crate::wire::node::MemberId;
use crate::wire::stamp::Stamp;

/// The name of the problem of a replica without proof.
const UNPROVEN: &str = "unproven";

/// An error as a problem document (RFC 9457).
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    name: &'static str,
    title: &'static str,
    detail: String,
    more: Map<String, Value>,
    retry_after: Option<u8>,
}

impl Problem {
    /// `name` completes the problem's type, `urn:intermission:NAME`.
    pub(crate) fn new(
        status: StatusCode,
        name: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            name,
            title,
            detail: detail.into(),
            more: Map::new(),
            retry_after: None,
        }
    }

    /// With the seconds after which the client may ask again.
    pub(crate) fn retry_after(self, seconds: u8) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// With the place in the request (RFC 6901) that it is about.
    pub(crate) fn at(self, pointer: &str) -> Self {
        let detail = format!("{}: {}", Visible(pointer), self.detail);
        Self { detail, ..self }.with("pointer", pointer)
    }

    /// That it is not proven that memory has the newest state, because of this fault if there is one.
    pub(crate) fn unproven(fault: Option<EtcdFault>) -> Self {
        const DETAIL: &str =
            "it cannot prove that it has the newest state; ask another replica, or again";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            UNPROVEN,
            "This replica does not reach the store",
            fault.map_or_else(|| DETAIL.to_owned(), |fault| fault.to_string()),
        )
        .retry_after(1)
    }

    /// Whether it says that something is not proven.
    pub(crate) fn is_unproven(&self) -> bool {
        self.name == UNPROVEN
    }

    /// A path whose parts cannot be read.
    pub(crate) fn path(reason: String) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "path",
            "The path cannot be read",
            reason,
        )
    }

    /// A failure of control itself, which its log explains.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Control failed",
            error.to_string(),
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut document = Map::new();
        document.insert(
            "type".into(),
            format!("urn:intermission:{}", self.name).into(),
        );
        document.insert("title".into(), self.title.into());
        document.insert("status".into(), self.status.as_u16().into());
        document.insert("detail".into(), self.detail.into());
        document.extend(self.more);
        let mut response = (
            self.status,
            [
                (CONTENT_TYPE, "application/problem+json"),
                (CACHE_CONTROL, "no-store"),
            ],
            Value::Object(document).to_string(),
        )
            .into_response();
        if let Some(seconds) = self.retry_after {
            let seconds = HeaderValue::from(u16::from(seconds));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer realm=\"intermission\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        let (pointer, reason) = (error.pointer(), error.reason());
        let detail = match pointer {
            "" => format!("the body: {reason}"),
            pointer => format!("{}: {reason}", Visible(pointer)),
        };
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Invalid input",
            detail,
        )
        .with("pointer", pointer)
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Unknown {
                service,
                removed,
                known,
            } => {
                let detail = match (removed.as_deref(), known.as_slice()) {
                    (Some(Stamp { actor, at, .. }), _) => format!(
                        "{service} was removed by {actor} at {at}; intermission history {service} shows its history, and \
                         intermission service add {service} adds it again"
                    ),
                    (None, []) => format!(
                        "there is no service {service:?}; there is none yet; intermission service add NAME"
                    ),
                    (None, known) => format!(
                        "there is no service {service:?}; there are: {}",
                        listed(known)
                    ),
                };
                Self::new(
                    StatusCode::NOT_FOUND,
                    "unknown-service",
                    "Unknown service",
                    detail,
                )
                .with("services", known)
            }
            ChangeError::InUse { service, uses } => Self::new(
                StatusCode::CONFLICT,
                "service-in-use",
                "The service is in use",
                format!(
                    "{}; end that, or remove it all the same: intermission service remove {service} --force",
                    uses.join("; ")
                ),
            )
            .with("uses", uses),
            ChangeError::NoServices => Self::new(
                StatusCode::NOT_FOUND,
                "unknown-service",
                "Unknown service",
                "there is no service yet; intermission service add NAME",
            )
            .with("services", Vec::<String>::new()),
            ChangeError::Invalid { service, invalid } => {
                Self::from(invalid).with("service", service)
            }
            ChangeError::Lost {
                service,
                revision,
                tag,
            } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "lost",
                "Another change came first",
                format!(
                    "{service} is at revision {revision}, which is not what If-Match names; read its \
                     state again, and decide again"
                ),
            )
            .with("service", service)
            .with("revision", revision)
            .with("etag", tag.as_str()),
            ChangeError::Conflicts(conflicts) => {
                let services = conflicts.iter().map(|conflict| {
                    let Conflict { service, revision, expected, .. } = conflict;
                    format!("{service} is at revision {revision}, and the file at {expected}")
                });
                let services = services.collect::<Vec<_>>().join(", ");
                let detail = format!("{services}; nothing was changed; export them again, and decide again");
                let conflicts = serde_json::to_value(&conflicts).unwrap_or_default();
                Self::new(
                    StatusCode::PRECONDITION_FAILED,
                    "conflict",
                    "The services have changed since the export",
                    detail,
                )
                .with("conflicts", conflicts)
            }
            ChangeError::KeyReused { key } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                "Another request had this Idempotency-Key",
                format!("{key:?} belongs to a request that asked for something else; give each request its own"),
            ),
            ChangeError::PassTaken { service, pass } => Self::new(
                StatusCode::CONFLICT,
                "pass-taken",
                "There is a pass of this name already",
                format!(
                    "{} was made by {} at {}; choose another name, or revoke it first: intermission pass revoke {service} \
                     {}",
                    pass.name, pass.made.by, pass.made.at, pass.name
                ),
            ),
            ChangeError::UnknownPass {
                service,
                pass,
                known,
            } => {
                let known = match known.as_slice() {
                    [] => "there is none".to_owned(),
                    known => format!("there are: {}", listed(known)),
                };
                Self::new(
                    StatusCode::NOT_FOUND,
                    "unknown-pass",
                    "Unknown pass",
                    format!("{service} has no pass {pass:?}; {known}"),
                )
            }
            ChangeError::UnknownNode { service, node } => Self::new(
                StatusCode::NOT_FOUND,
                "unknown-node",
                "Unknown node",
                format!(
                    "{node:?} is no node of {service}; intermission node list {service} shows them"
                ),
            ),
            ChangeError::UnknownBoot {
                service,
                node,
                boot,
                known,
            } => Self::new(
                StatusCode::NOT_FOUND,
                "unknown-node",
                "Unknown boot",
                format!(
                    "no process of {node:?} of {service} has the boot {boot:?}; there are: {}",
                    known.join(", ")
                ),
            ),
            ChangeError::LiveNode {
                service,
                node,
                kept,
            } => Self::new(
                StatusCode::CONFLICT,
                "live-node",
                "The node is live",
                format!(
                    "{}; old requests may run there, and are waited for; --boot BOOT forgets it all the same: \
                     intermission node forget {service} {node} --boot BOOT",
                    kept.iter().map(live).collect::<Vec<_>>().join(", ")
                ),
            ),
            ChangeError::Store(error) => Self::internal(error),
        }
    }
}

/// A node that lives, and the sign of it.
fn live(node: &Kept) -> String {
    let MemberId { name, boot } = &node.id;
    match node.heard {
        Some(heard) => format!("{name} (boot {boot}) was heard at {heard:.0}"),
        None => format!("{name} (boot {boot}) was not heard since control started, but may be yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_shows_no_control_character_of_a_member() {
        let problem = Problem::from(FieldError::new("/a\u{1b}[2J", "is not known"));
        assert_eq!(problem.detail, "/a\\u{1b}[2J: is not known");
    }
}
