use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::server::http::json_request::condition;
use crate::values::etag::tag_of_content;

/// The whole interface, as OpenAPI 3.1 describes it. Tests hold every answer against it.
pub(crate) const DOCUMENT: &str = include_str!("openapi.json");

static TAG: LazyLock<String> = LazyLock::new(|| tag_of_content(DOCUMENT.as_bytes()));

/// `GET /openapi.json`
pub(crate) async fn get(headers: HeaderMap) -> Response {
    let caching = [(ETAG, TAG.as_str()), (CACHE_CONTROL, "no-cache")];
    let known = condition(&headers, &IF_NONE_MATCH);
    if known.is_some_and(|known| known.names(&TAG)) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::Value;

    use super::*;
    use crate::server::gate::access::Access;
    use crate::token::Role;

    fn document() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    #[test]
    fn it_is_of_this_version() {
        assert_eq!(document()["info"]["version"], env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn every_operation_names_the_role_that_it_needs() {
        for (path, operations) in document()["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let security = operation["security"].as_array().unwrap();
                let described = match security.as_slice() {
                    [] => None,
                    [one] => {
                        let role = one["bearer"][0].as_str().unwrap();
                        Some(role.parse::<Role>().unwrap())
                    }
                    more => panic!("{more:?}"),
                };
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let needed = match Access::to(&method, Some(path)) {
                    Access::Role(role, _) => Some(role),
                    _ => None,
                };
                assert_eq!(described, needed, "{method} {path}");
            }
        }
    }
}
