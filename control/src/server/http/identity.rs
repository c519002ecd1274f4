use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use intermission_core::Visible;
use tokio::sync::Semaphore;
use tracing::warn;

use crate::registry::{Holder, Target};
use crate::server::http::problem::Problem;
use crate::server::log_limiter::brief;
use crate::token::{Grant, Role};
use crate::values::listed::listed;

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

    /// That the token is for all of these services.
    pub(crate) fn check_covers<'s>(
        &self,
        services: impl IntoIterator<Item = &'s str>,
    ) -> Result<(), Problem> {
        let others = services
            .into_iter()
            .filter(|service| !self.grant().covers(service));
        let others: Vec<_> = others.map(brief).collect();
        if others.is_empty() {
            return Ok(());
        }
        let others = listed(&others);
        let Grant { name, role, .. } = self.grant();
        warn!(token = name, %role, service = others, "refused: the token is for other services");
        Err(self.bound(format!(
            "not for {}; ask an operator of all services for one: intermission token create NAME --role {role} --service SERVICE",
            Visible(&others)
        )))
    }

    /// The services of these names, or all that the token is for.
    pub(crate) fn target(&self, named: Option<Vec<String>>) -> Result<Target, Problem> {
        let Some(names) = named else {
            let Grant { services, .. } = self.grant();
            return Ok(match services.is_empty() {
                true => Target::All,
                false => Target::Covered(services.clone()),
            });
        };
        self.check_covers(names.iter().map(String::as_str))?;
        Ok(Target::Named(names))
    }

    /// That the token may add services.
    pub(crate) fn check_adds(&self) -> Result<(), Problem> {
        match self.grant().is_bound() {
            true => Err(self.lacks_services()),
            false => Ok(()),
        }
    }

    /// The problem of a token that is for some services alone, where all are meant.
    pub(crate) fn lacks_services(&self) -> Problem {
        let Grant { name, role, .. } = self.grant();
        warn!(token = name, %role, "refused: the token is for some services alone");
        self.bound("this needs one for all services".to_owned())
    }

    fn bound(&self, what: String) -> Problem {
        let Grant { name, services, .. } = self.grant();
        Problem::new(
            StatusCode::FORBIDDEN,
            "token-service",
            "The token is for other services",
            format!("the token {name} is for {}; {what}", listed(services)),
        )
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
