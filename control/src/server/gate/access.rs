use axum::http::Method;

use crate::token::Role;

/// Who may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without a token.
    Anybody,
    /// Any caller with a token.
    Known,
    /// This role, and operators.
    Role(Role),
}

/// What load balancers and the like ask, which have no token.
const OPEN: &[&str] = &["/healthz", "/openapi.json", "/readyz"];
/// What tells which services there are and what is in force, without testers' addresses.
const VIEWED: &[&str] = &[
    "/metrics",
    "/v1/services",
    "/v1/services/{name}/fleet",
    "/v1/fleet",
    "/v1/barriers/{id}",
];
/// What nodes poll.
const POLLED: &[&str] = &["/v1/services/{name}/state"];

impl Access {
    /// Who may ask for this route, if there is one; what is not listed here is for operators.
    pub(crate) fn to(method: &Method, route: Option<&str>) -> Self {
        let Some(route) = route else {
            return Self::Known;
        };
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let is_in = |routes: &[&str]| reads && routes.contains(&route);
        match () {
            () if is_in(OPEN) => Self::Anybody,
            () if is_in(VIEWED) => Self::Role(Role::Viewer),
            () if is_in(POLLED) => Self::Role(Role::Node),
            () => Self::Role(Role::Operator),
        }
    }

    /// Whether a token of this role suffices.
    pub(crate) fn is_open_to(self, role: Role) -> bool {
        match self {
            Self::Anybody | Self::Known => true,
            Self::Role(needed) => role == needed || role == Role::Operator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_for_operators() {
        for (method, route, access) in [
            (Method::GET, Some("/healthz"), Access::Anybody),
            (Method::HEAD, Some("/healthz"), Access::Anybody),
            (Method::POST, Some("/healthz"), Access::Role(Role::Operator)),
            (
                Method::GET,
                Some("/v1/services"),
                Access::Role(Role::Viewer),
            ),
            (
                Method::POST,
                Some("/v1/services"),
                Access::Role(Role::Operator),
            ),
            (
                Method::GET,
                Some("/v1/services/{name}/state"),
                Access::Role(Role::Node),
            ),
            (
                Method::PATCH,
                Some("/v1/services/{name}/state"),
                Access::Role(Role::Operator),
            ),
            (Method::GET, Some("/later"), Access::Role(Role::Operator)),
            (Method::GET, None, Access::Known),
        ] {
            assert_eq!(Access::to(&method, route), access, "{method} {route:?}");
        }
    }

    #[test]
    fn operators_may_everything_and_the_others_their_own() {
        for (access, open_to) in [
            (Access::Known, [true, true, true]),
            (Access::Role(Role::Operator), [true, false, false]),
            (Access::Role(Role::Node), [true, true, false]),
            (Access::Role(Role::Viewer), [true, false, true]),
        ] {
            let roles = [Role::Operator, Role::Node, Role::Viewer];
            assert_eq!(
                roles.map(|role| access.is_open_to(role)),
                open_to,
                "{access:?}"
            );
        }
    }
}
