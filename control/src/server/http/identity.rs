use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use tokio::sync::Semaphore;
use tracing::warn;

use crate::registry::Holder;
use crate::server::http::problem::Problem;
use crate::server::log_limiter::brief;
use crate::token::{Grant, Role};

/// Whose token a request carries, and what it is for. It is there for every request that needs one.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Arc<Holder>);

impl Caller {
    pub(crate) fn grant(&self) -> &Grant {
        &self.0.grant
    }

    /// The polls of this token that may yet be held.
    pub(crate) fn polls(&self) -> &Semaphore {
        &self.0.polls
    }

    /// That the token may read the state of `service`.
    pub(crate) fn check_reads(&self, service: &str) -> Result<(), Problem> {
        let Grant {
            name,
            role,
            services,
            ..
        } = self.grant();
        if self.grant().covers(service) {
            return Ok(());
        }
        warn!(token = name, %role, service = &*brief(service), "refused: the token is for other services");
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "token-service",
            "The token is for other services",
            format!(
                "the token {name} is for {}; make one with intermission token create NAME --role node --service \
                 SERVICE",
                services.join(", ")
            ),
        ))
    }

    /// The problem of a request without a valid token.
    pub(crate) fn needed() -> Problem {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "token",
            "A valid token is needed",
            "there is none, or it is not known here, or it was revoked; send one as Authorization: Bearer TOKEN. The line \
             that control printed at its start names the file with the operator's; intermission token create makes others",
        )
    }

    /// The problem of a caller whose role is not `needed`.
    pub(crate) fn lacks(&self, needed: Role) -> Problem {
        let Grant { name, role, .. } = self.grant();
        let needs = match needed {
            Role::Operator => "an operator's token".to_owned(),
            needed => format!("a {needed}'s or an operator's token"),
        };
        Problem::new(
            StatusCode::FORBIDDEN,
            "role",
            "Not with this token",
            format!("this needs {needs}, and {name} is a {role}'s"),
        )
        .with("needed", needed.as_str())
        .with("role", role.as_str())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(Self::needed)
    }
}
