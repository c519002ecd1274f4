use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use intermission_core::{ParseError, ServiceName};
use jiff::Timestamp;

use crate::registry::{Requester, TokenError};
use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::json_request::{JsonRequest, PathName};
use crate::server::http::problem::Problem;
use crate::token::{Grant, Made, Role, TokenName};
use crate::values::listed::listed;
use crate::values::members::{optional, texts, whole_number};
use crate::wire::summary::{Grants, NewToken, Revocation, Unmade};
use intermission_core::{Field, FieldError};

/// `GET /v1/tokens`: the grants of all tokens, the revoked ones too; control does not keep the tokens themselves.
pub(crate) async fn list(State(app): State<Arc<App>>) -> Answer {
    let tokens = app.registry.memory().facts().tokens.grants();
    json(StatusCode::OK, &Grants { tokens })
}

/// `POST /v1/tokens`: the one answer that has the token in clear, so that no `Idempotency-Key` keeps
/// it; a name that is given once only does.
pub(crate) async fn create(State(app): State<Arc<App>>, order: JsonRequest) -> Answer {
    let grant = grant(&order.body(), &order.actor)?;
    let dry_run = order.is_dry_run()?;
    let (token, grant) = app
        .blocking(move |registry| {
            let made = registry.create_token(&grant, unkept(&order)?)?;
            Ok::<_, Problem>(made)
        })
        .await?;
    if dry_run {
        return json(StatusCode::OK, &Unmade { grant, dry_run });
    }
    let token = token.as_str().to_owned();
    json(StatusCode::CREATED, &NewToken { token, grant })
}

/// `POST /v1/tokens/{name}/revoke`; one that is revoked already stays as it is.
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    order.body().only(&["dry_run"])?;
    let dry_run = order.is_dry_run()?;
    let (changed, grant) = app
        .blocking(move |registry| {
            let revoked = registry.revoke_token(&name, unkept(&order)?)?;
            Ok::<_, Problem>(revoked)
        })
        .await?;
    let revocation = Revocation {
        changed,
        grant,
        dry_run,
    };
    json(StatusCode::OK, &revocation)
}

/// Who asks, whose answer is not kept.
fn unkept(order: &JsonRequest) -> Result<Requester<'_>, FieldError> {
    let once = None;
    Ok(Requester {
        once,
        ..order.requester()?
    })
}

/// What the body of a request asks a token for.
fn grant(body: &Field<'_>, by: &str) -> Result<Grant, FieldError> {
    let refuse = |member: &str, reason: String| FieldError::new(format!("/{member}"), reason);
    let name: TokenName = body.required("name")?.parsed()?;
    let role: Role = body.required("role")?.parsed()?;
    let services = optional(body, "services", texts)?;
    let nodes = optional(body, "nodes", |nodes| nodes.parsed())?;
    let max_polls = optional(body, "max_polls", whole_number)?;
    let max_members = optional(body, "max_members", whole_number)?;
    let known = [
        "name",
        "role",
        "services",
        "nodes",
        "max_polls",
        "max_members",
        "dry_run",
    ];
    body.only(&known)?;
    for (member, is_given) in [
        ("nodes", nodes.is_some()),
        ("max_polls", max_polls.is_some()),
        ("max_members", max_members.is_some()),
    ] {
        if is_given && role != Role::Node {
            let reason = format!("goes with role node only, not with {role}; leave it out");
            return Err(refuse(member, reason));
        }
    }
    for (member, number) in [("max_polls", max_polls), ("max_members", max_members)] {
        if number == Some(0) {
            let reason = "0 lets no node in; leave it out, or revoke the token";
            return Err(refuse(member, reason.to_owned()));
        }
    }
    if services.as_ref().is_some_and(Vec::is_empty) {
        // An operator who removes the last service from a list does not mean all services.
        let reason = "names no service; leave it out for a token for all services";
        return Err(refuse("services", reason.to_owned()));
    }
    let made = Made {
        by: by.to_owned(),
        at: Timestamp::now(),
    };
    let mut grant = Grant::new(name.as_str(), role, made);
    grant.services = services.unwrap_or_default();
    for service in &grant.services {
        let valid = service.parse::<ServiceName>();
        valid.map_err(|error: ParseError| refuse("services", error.to_string()))?;
    }
    grant.services.sort();
    grant.services.dedup();
    grant.nodes = nodes.unwrap_or(grant.nodes);
    grant.max_polls = max_polls.unwrap_or(grant.max_polls);
    grant.max_members = max_members.unwrap_or(grant.max_members);
    Ok(grant)
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Taken(grant) => {
                let Grant { name, created, .. } = *grant;
                let Made { by, at } = created;
                Self::new(
                    StatusCode::CONFLICT,
                    "token-taken",
                    "There is a token of this name already",
                    format!(
                        "{name} was made by {by} at {at}, and no name is given again, so that history tells them \
                         apart; choose another name, and revoke {name} if it is lost"
                    ),
                )
            }
            TokenError::Unknown { name, known } => Self::new(
                StatusCode::NOT_FOUND,
                "unknown-token",
                "Unknown token",
                format!(
                    "there is no token {name:?}; there are: {}",
                    listed(&known)
                ),
            ),
            TokenError::Operator => Self::new(
                StatusCode::CONFLICT,
                "operator-token",
                "The operator's own token is not revoked so",
                "delete the file operator.token in control's data folder and start control again, which makes a new \
                 one",
            ),
            TokenError::Unheeded => FieldError::new(
                "/services",
                "a replica that serves this store would take the token for one of all services, or has just started; \
                 upgrade it, or try again; intermission status SERVICE shows the replicas",
            )
            .into(),
            TokenError::Change(error) => error.into(),
            TokenError::Random(error) => {
                Self::internal(format!("no random numbers: {error}; nothing was changed"))
            }
        }
    }
}
