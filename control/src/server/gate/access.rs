use axum::http::Method;

use crate::token::Role;

/// Who may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without a token.
    Anybody,
    /// Any caller with a token.
    Known,
    /// This role, and operators; of those whose token is for some services alone, as far as it reaches.
    Role(Role, Reach),
}

/// What of a route is open to a token that is for some services alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The path names the one service that it is about, which has to be one of the token's.
    Named,
    /// The handler shows and changes the token's services alone.
    Covered,
    /// Nothing: it is about all services, or about control.
    Nothing,
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

/// What is about the service in the path, and nothing else.
const NAMED: &[&str] = &[
    "/v1/services/{name}/allowlist",
    "/v1/services/{name}/allowlist/add",
    "/v1/services/{name}/allowlist/disable",
    "/v1/services/{name}/allowlist/enable",
    "/v1/services/{name}/allowlist/prune",
    "/v1/services/{name}/allowlist/remove",
    "/v1/services/{name}/allowlist/set",
    "/v1/services/{name}/enter",
    "/v1/services/{name}/exit",
    "/v1/services/{name}/fleet",
    "/v1/services/{name}/history",
    "/v1/services/{name}/lists/add",
    "/v1/services/{name}/lists/remove",
    "/v1/services/{name}/lists/set",
    "/v1/services/{name}/nodes/forget",
    "/v1/services/{name}/notice",
    "/v1/services/{name}/passes",
    "/v1/services/{name}/passes/{pass}",
    "/v1/services/{name}/rollback",
    "/v1/services/{name}/state",
];
/// The handlers that look which services the token is for.
const COVERED: &[(Method, &str)] = &[
    (Method::GET, "/metrics"),
    (Method::POST, "/v1/apply"),
    (Method::GET, "/v1/barriers/{id}"),
    (Method::POST, "/v1/changes"),
    (Method::GET, "/v1/export"),
    (Method::GET, "/v1/fleet"),
    (Method::GET, "/v1/services"),
];

impl Access {
    /// Who may ask for this route, if there is one; what is not listed here is for operators of all services.
    pub(crate) fn to(method: &Method, route: Option<&str>) -> Self {
        let Some(route) = route else {
            return Self::Known;
        };
        // A HEAD is a GET.
        let method = match *method {
            Method::HEAD => &Method::GET,
            _ => method,
        };
        let is_in = |routes: &[&str]| method == Method::GET && routes.contains(&route);
        let reach = match () {
            () if NAMED.contains(&route) => Reach::Named,
            () if COVERED.contains(&(method.clone(), route)) => Reach::Covered,
            () => Reach::Nothing,
        };
        match () {
            () if is_in(OPEN) => Self::Anybody,
            () if is_in(VIEWED) => Self::Role(Role::Viewer, reach),
            () if is_in(POLLED) => Self::Role(Role::Node, reach),
            () => Self::Role(Role::Operator, reach),
        }
    }

    /// Whether a token of this role suffices.
    pub(crate) fn is_open_to(self, role: Role) -> bool {
        match self {
            Self::Anybody | Self::Known => true,
            Self::Role(needed, _) => role == needed || role == Role::Operator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::handlers::openapi;

    #[test]
    fn what_is_not_listed_is_for_operators_of_all_services() {
        let operator = |reach| Access::Role(Role::Operator, reach);
        for (method, route, access) in [
            (Method::GET, Some("/healthz"), Access::Anybody),
            (Method::HEAD, Some("/healthz"), Access::Anybody),
            (Method::POST, Some("/healthz"), operator(Reach::Nothing)),
            (
                Method::GET,
                Some("/v1/services"),
                Access::Role(Role::Viewer, Reach::Covered),
            ),
            (
                Method::HEAD,
                Some("/v1/services"),
                Access::Role(Role::Viewer, Reach::Covered),
            ),
            (Method::POST, Some("/v1/services"), operator(Reach::Nothing)),
            (
                Method::GET,
                Some("/v1/services/{name}/state"),
                Access::Role(Role::Node, Reach::Named),
            ),
            (
                Method::PATCH,
                Some("/v1/services/{name}/state"),
                operator(Reach::Named),
            ),
            (Method::GET, Some("/later"), operator(Reach::Nothing)),
            (
                Method::POST,
                Some("/v1/services/{name}/later"),
                operator(Reach::Nothing),
            ),
            (Method::GET, None, Access::Known),
        ] {
            assert_eq!(Access::to(&method, route), access, "{method} {route:?}");
        }
    }

    #[test]
    fn every_route_of_the_table_is_there_and_names_its_service() {
        let document: serde_json::Value = serde_json::from_str(openapi::DOCUMENT).unwrap();
        let described = |method: &str, route: &str| {
            let method = method.to_lowercase();
            assert!(
                document["paths"][route][&method].is_object(),
                "{method} {route}"
            );
        };
        for route in [OPEN, VIEWED, POLLED].concat() {
            described("GET", route);
        }
        for (method, route) in COVERED {
            described(method.as_str(), route);
            assert!(!route.contains("{name}"), "{route}");
        }
        for route in NAMED {
            assert!(document["paths"][route].is_object(), "{route}");
            assert!(route.starts_with("/v1/services/{name}/"), "{route}");
        }
    }

    #[test]
    fn operators_may_everything_and_the_others_their_own() {
        let role = |role| Access::Role(role, Reach::Nothing);
        for (access, open_to) in [
            (Access::Known, [true, true, true]),
            (role(Role::Operator), [true, false, false]),
            (role(Role::Node), [true, true, false]),
            (role(Role::Viewer), [true, false, true]),
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
