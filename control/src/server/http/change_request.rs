use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{CONTENT_TYPE, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sha2::{Digest, Sha256};

use crate::server::app::App;
use crate::server::gate::host_names::Ends;
use crate::server::gate::identity::Actor;
use crate::server::http::body;
use crate::server::http::problem::Problem;
use crate::store::Once;
use crate::values::etag::Condition;
use crate::values::fields::Fields;

/// What the path names; whether there is one is the keeper's to say.
#[derive(Clone, Debug)]
pub(crate) struct Named(pub(crate) String);

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
pub(crate) struct Order {
    pub(crate) actor: Actor,
    pub(crate) expected: Option<Condition>,
    pub(crate) fields: Fields,
    pub(crate) once: Option<Once>,
    pub(crate) caller: Option<IpAddr>,
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
            once: once(&parts, &body)?,
            caller: caller(&parts),
        })
    }
}

/// The `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), with or without its quotes, and what is asked.
fn once(parts: &Parts, body: &[u8]) -> Result<Option<Once>, Problem> {
    let mut lines = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let key = line.to_str().unwrap_or_default().trim();
    let bare = key
        .strip_prefix('"')
        .and_then(|key| key.strip_suffix('"'))
        .unwrap_or(key);
    let valid = matches!(bare.len(), 1..=255) && bare.bytes().all(|byte| byte.is_ascii_graphic());
    if !valid || bare.contains(['"', '\\']) || lines.next().is_some() {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "idempotency-key",
            "The Idempotency-Key cannot be read",
            "send one, of 1 to 255 visible ASCII characters in quotes, such as a UUID",
        ));
    }
    let mut request = Sha256::new();
    request.update(parts.uri.path());
    request.update([0]);
    request.update(body);
    Ok(Some(Once {
        key: bare.to_owned(),
        request: request.finalize().into(),
    }))
}

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The other end of the connection.
fn caller(parts: &Parts) -> Option<IpAddr> {
    let ConnectInfo(ends) = parts.extensions.get::<ConnectInfo<Ends>>()?;
    ends.peer
}

/// The condition of all lines of `name`.
pub(crate) fn condition(headers: &HeaderMap, name: &HeaderName) -> Option<Condition> {
    Condition::read(headers.get_all(name).iter().map(HeaderValue::as_bytes))
}
