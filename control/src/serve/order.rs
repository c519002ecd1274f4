use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{CONTENT_TYPE, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::etag::Condition;
use crate::fields::Fields;
use crate::serve::app::App;
use crate::serve::auth::Actor;
use crate::serve::body;
use crate::serve::problem::Problem;

/// The service that the path names; whether there is one is the keeper's to say.
#[derive(Clone, Debug)]
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(rejection) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "path",
                "The path cannot be read",
                rejection.body_text(),
            )),
        }
    }
}

/// A request to change something: who asks, on what condition, and the members of the body, which
/// may be absent.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) actor: Actor,
    pub(super) expected: Option<Condition>,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<App>> for Order {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, state: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let actor = Actor::from_request_parts(&mut parts, state).await?;
        let body = body::read(body).await?;
        // A webhook that sends nothing need not say of what kind.
        if !body.is_empty() || parts.headers.contains_key(CONTENT_TYPE) {
            body::check_type(&parts.headers, &["application/json"])?;
        }
        Ok(Self {
            actor,
            expected: condition(&parts.headers, &IF_MATCH),
            fields: Fields::parse(&body)?,
        })
    }
}

/// The condition of all lines of `name`.
pub(super) fn condition(headers: &HeaderMap, name: &HeaderName) -> Option<Condition> {
    Condition::read(headers.get_all(name).iter().map(HeaderValue::as_bytes))
}
