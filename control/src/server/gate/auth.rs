use std::sync::Arc;

use axum::RequestExt;
use axum::extract::{MatchedPath, RawPathParams, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use tracing::warn;

use crate::server::app::App;
use crate::server::gate::access::{Access, Reach};
use crate::server::http::identity::Caller;
use crate::server::http::problem::Problem;
use crate::server::listen::Ticket;
use crate::server::log_limiter::brief;
use crate::token::{Grant, TokenHash};

/// Whose token the request carries, if it needs one: then its role may ask so, of the service that the path names.
pub(crate) async fn check(app: &App, request: &mut Request) -> Result<Option<Caller>, Problem> {
    let route = request.extensions().get::<MatchedPath>();
    let access = Access::to(request.method(), route.map(MatchedPath::as_str));
    if access == Access::Anybody {
        return Ok(None);
    }
    let caller = identify(app, request, access)?;
    if let Access::Role(_, reach) = access
        && caller.grant().is_bound()
    {
        match reach {
            Reach::Named => caller.check_covers([&*named(request).await?])?,
            Reach::Covered => {}
            Reach::Nothing => return Err(caller.lacks_services()),
        }
    }
    request.extensions_mut().insert(caller.clone());
    Ok(Some(caller))
}

/// The service that the path names, as its handler reads it.
async fn named(request: &mut Request) -> Result<String, Problem> {
    let named = request.extract_parts::<RawPathParams>().await;
    let named = named.map_err(|rejection| Problem::path(rejection.body_text()))?;
    let name = named.iter().find(|(key, _)| *key == "name");
    let name = name.map(|(_, name)| name.to_owned());
    name.ok_or_else(|| Problem::internal("a route names no service"))
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
        Access::Role(needed, _) if !access.is_open_to(*role) => {
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
