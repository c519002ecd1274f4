//! What nodes say of themselves, and what operators answer for.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, StatusCode};

use crate::fleet::{LastReport, Reported, Selection, read_report};
use crate::registry::{ChangeError, ForgetRequest};
use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::identity::Caller;
use crate::server::http::json_request::{JsonRequest, PathName};
use crate::server::http::problem::Problem;
use crate::token::Grant;
use crate::values::members::{flag, optional, text, texts};
use crate::values::now::Now;
use crate::wire::forgotten::Forgot;
use crate::wire::node::{MemberId, UnstoredNode};
use crate::wire::summary::Outcomes;
use intermission_core::{Field, FieldError, Report, StateTag};

/// How long the answer to a node waits until the store has taken it as a member. A node waits 2 s for its first answer
/// and starts without one then.
const STORING: Duration = Duration::from_secs(1);

/// Takes the report that a poll carries, and gives the name of the node if it is one that a wait can be for.
///
/// A new node is stored before this returns, so that a wait for the state that it is about to get is for it too. A node
/// that cannot be stored is noted as such before this returns, and gets the state all the same: it would start open
/// otherwise.
///
/// # Errors
///
/// Where a node that leaves cannot be removed from the store; it is to try again.
pub(crate) async fn report(
    app: &Arc<App>,
    caller: &Caller,
    service: &str,
    headers: &HeaderMap,
) -> Result<Option<MemberId>, Problem> {
    let mut lines = headers.get_all(Report::NAME).iter();
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let grant = caller.grant();
    let now = Now::read();
    let memory = app.registry.memory();
    let read = match lines.next() {
        None => read_report(line.as_bytes()).map_err(|error| error.to_string()),
        Some(_) => Err("there is more than one line".to_owned()),
    };
    let report = match read {
        Ok(report) => report,
        Err(reason) => {
            let reason = format!("its report cannot be read: {reason}");
            let node = UnstoredNode::Unreadable {
                token: grant.name.clone(),
                reason: reason.clone(),
            };
            return note_unstored(app, service, node, grant, reason).await;
        }
    };
    if !grant.may_report(service, &report.id.name) {
        let reason = format!("the token {} is for other nodes", grant.name);
        let node = UnstoredNode::Process(report.id);
        return note_unstored(app, service, node, grant, reason).await;
    }
    let (id, leaving) = (report.id.clone(), report.leaving);
    let got = headers.get(IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
    let got = got.and_then(|tag| tag.parse::<StateTag>().ok());
    let reported = memory.report(service, report, got.as_ref(), &grant.name, now)?;
    if let Reported::Unsettled(heard) = reported {
        let stored = tokio::time::timeout(STORING, settle(app, service, *heard, grant)).await;
        if leaving {
            let late = |_| Problem::internal("the store has not taken it yet");
            stored.map_err(late)??;
        }
        // What the store has not taken is noted, and comes again with the next poll.
    }
    if !leaving {
        check_stored(app, service, &UnstoredNode::Process(id.clone()))?;
    }
    Ok(Some(id))
}

/// Takes note of a node that gets the state and cannot become a member.
async fn note_unstored(
    app: &Arc<App>,
    service: &str,
    node: UnstoredNode,
    grant: &Grant,
    reason: String,
) -> Result<Option<MemberId>, Problem> {
    let memory = app.registry.memory();
    if app.replica.is_none() {
        memory.note_unstored(service, node, &grant.name, Some(reason), Now::read());
        return Ok(None);
    }
    if !memory.fleet().is_stored(service, &node) {
        let (service, name) = (service.to_owned(), grant.name.clone());
        let noted = node.clone();
        let stored = Arc::clone(app).blocking(move |registry| {
            let stored = registry.note_unstored(&service, &noted, &name, &reason);
            stored.map_err(ChangeError::from)
        });
        let _ = tokio::time::timeout(STORING, stored).await;
    }
    check_stored(app, service, &node)?;
    Ok(None)
}

/// An error where a node is to have a state and other replicas do not know of it.
fn check_stored(app: &App, service: &str, node: &UnstoredNode) -> Result<(), Problem> {
    if app.replica.is_some() && !app.registry.memory().fleet().is_stored(service, node) {
        return Err(app.unproven());
    }
    Ok(())
}

/// Gives the store time to take a report, on a thread that may wait; it goes on should the poll end before.
async fn settle(
    app: &Arc<App>,
    service: &str,
    heard: LastReport,
    grant: &Grant,
) -> Result<(), Problem> {
    let pending = app.registry.await_settling(service, heard, grant);
    // The semaphore is never closed.
    let turn = Arc::clone(&app.joining).acquire_owned().await.ok();
    if pending.is_settled() {
        return Ok(());
    }
    Arc::clone(app)
        .blocking(move |registry| {
            let _turn = turn;
            registry.settle(pending)
        })
        .await
}

/// `POST /v1/services/{name}/nodes/forget`: no wait is for these any more.
pub(crate) async fn forget(
    State(app): State<Arc<App>>,
    PathName(service): PathName,
    order: JsonRequest,
) -> Answer {
    let body = order.body();
    let selection = selection(&body)?;
    let reason = order.reason()?;
    let dry_run = order.is_dry_run()?;
    let known = [
        "node", "boot", "nodes", "lost", "token", "unstored", "reason", "dry_run",
    ];
    body.only(&known)?;
    let asked = ForgetRequest {
        service: service.clone(),
        selection,
        actor: order.actor,
        reason,
        once: order.once,
        dry_run,
    };
    let forgetting = app
        .blocking(move |registry| registry.forget(&asked))
        .await?;
    json(
        StatusCode::OK,
        &Forgot {
            service,
            forgetting,
            dry_run,
        },
    )
}

/// Which nodes are meant, said in one of the ways that there are.
fn selection(body: &Field<'_>) -> Result<Selection, FieldError> {
    let node = optional(body, "node", text)?;
    let boot = optional(body, "boot", text)?;
    let nodes = optional(body, "nodes", texts)?;
    let lost = optional(body, "lost", flag)?.unwrap_or_default();
    let unstored = optional(body, "unstored", flag)?.unwrap_or_default();
    let token = optional(body, "token", text)?;
    let named = match (node, boot, nodes) {
        (None, None, None) => None,
        (Some(name), Some(boot), None) => Some(Selection::Process(MemberId { name, boot })),
        (Some(name), None, None) => Some(Selection::Named(BTreeSet::from([name]))),
        (None, None, Some(names)) if !names.is_empty() => {
            Some(Selection::Named(names.into_iter().collect()))
        }
        _ => return Err(unclear()),
    };
    let ways = [
        named,
        lost.then_some(Selection::Lost),
        token.map(Selection::Token),
        unstored.then_some(Selection::Unstored),
    ];
    let mut ways = ways.into_iter().flatten();
    match (ways.next(), ways.next()) {
        (Some(selection), None) => Ok(selection),
        _ => Err(unclear()),
    }
}

fn unclear() -> FieldError {
    FieldError::new(
        "/node",
        "name one node, as in {\"node\": \"edge-7\"}, and perhaps its \"boot\", or some in \"nodes\", or say one of \
         {\"lost\": true}, {\"token\": \"edge\"} and {\"unstored\": true}",
    )
}

/// `POST /v1/store/adopt`: makes this store's history the one that nodes go on to.
pub(crate) async fn adopt(State(app): State<Arc<App>>, order: JsonRequest) -> Answer {
    let reason = order.reason()?;
    order.body().only(&["reason", "dry_run"])?;
    let services = app
        .blocking(move |registry| {
            let services = registry.adopt(order.requester()?, reason.as_deref())?;
            Ok::<_, Problem>(services)
        })
        .await?;
    json(StatusCode::OK, &Outcomes::new(services))
}
