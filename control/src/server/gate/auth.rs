use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use tracing::warn;

use crate::server::app::App;
use crate::server::gate::access::Access;
use crate::server::http::identity::Caller;
use crate::server::http::problem::Problem;
use crate::server::listen::Ticket;
use crate::server::log_limiter::brief;
use crate::token::{Grant, TokenHash};

/// Whose token the request carries, if it needs one: then its role may ask so.
pub(crate) fn check(app: &App, request: &mut Request) -> Result<Option<Caller>, Problem> {
    let route = request.extensions().get::<MatchedPath>();
    let access = Access::to(request.method(), route.map(MatchedPath::as_str));
    if access == Access::Anybody {
        return Ok(None);
    }
    let caller = identify(app, request, access)?;
    request.extensions_mut().insert(caller.clone());
    Ok(Some(caller))
}

/// The caller, whose token counts and suffices for `access`.
fn identify(app: &App, request: &Request, access: Access) -> Result<Caller, Problem> {
    let (method, path) = (request.method(), &*brief(request.uri().path()));
    let token = bearer(request.headers());
    let holder = token.and_then(|token| {
        app.registry
            .memory()
            .facts()
            .tokens
            .holder(&TokenHash::of(token))
    });
    let Some(holder) = holder else {
        let refusal = &app.refusals.no_token;
        refusal.write(|kind| warn!(%method, path, "{kind}"));
        return Err(Caller::needed());
    };
    let Grant {
        name,
        role,
        revoked,
        ..
    } = &holder.grant;
    if revoked.is_some() {
        let refusal = &app.refusals.revoked_token;
        refusal.write(|kind| warn!(token = name, %role, %method, path, "{kind}"));
        return Err(Caller::needed());
    }
    let caller = Caller(Arc::clone(&holder));
    if let Some(ticket) = request.extensions().get::<Arc<Ticket>>() {
        ticket.prove();
    }
    match access {
        Access::Role(needed) if !access.is_open_to(*role) => {
            warn!(token = name, %role, %needed, %method, path, "refused: the token has another role");
            Err(caller.lacks(needed))
        }
        _ => Ok(caller),
    }
}

/// The token of the one `Authorization` line.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
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
