use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::warn;

use crate::serve::app::App;
use crate::serve::guard;
use crate::serve::problem::Problem;
use crate::token::TokenHash;

/// Whose token a request carries: the actor of history. Handlers of changes ask for it, and it is
/// there for every request that got past [`check`] and may change something.
#[derive(Clone, Debug)]
pub(super) struct Actor(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let actor = parts.extensions.get::<Self>().cloned();
        actor.ok_or_else(needed)
    }
}

/// The name of the one token there is until tokens get roles.
pub(super) const OPERATOR: &str = "operator";

/// Lets a request pass that changes nothing, or that carries the token.
pub(super) async fn check(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    if !guard::may_change(request.method()) {
        return next.run(request).await;
    }
    let known =
        bearer(request.headers()).is_some_and(|token| TokenHash::of(token).is(&app.operator));
    if known {
        request.extensions_mut().insert(Actor(OPERATOR.to_owned()));
        return next.run(request).await;
    }
    warn!(method = %request.method(), path = request.uri().path(), "refused: no valid token");
    needed().into_response()
}

fn needed() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "token",
        "An operator's token is needed; nothing was changed",
        "send it as Authorization: Bearer TOKEN; the line that control printed at its start names \
         the file that holds it",
    )
}

/// The token of the one `Authorization` line.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let line = lines.next()?.as_bytes();
    if lines.next().is_some() {
        return None;
    }
    let (scheme, token) = line.split_at_checked("Bearer ".len())?;
    scheme
        .eq_ignore_ascii_case(b"Bearer ")
        .then(|| token.trim_ascii())
}
