//! What nodes say of themselves, and what operators answer for.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use tracing::warn;

use crate::fields::Fields;
use crate::fleet::{Forgetting, MemberId, Report, Whom};
use crate::invalid::Invalid;
use crate::keeper::Forget;
use crate::serve::answer::{Answer, json};
use crate::serve::app::App;
use crate::serve::caller::Caller;
use crate::serve::order::{Named, Order};
use crate::serve::problem::Problem;

/// Takes the report that a poll carries, and tells whose it is.
///
/// A new member is kept before this returns, and so before it is told the state: whoever waits for that
/// state waits for it too.
pub(super) async fn hear(
    app: &Arc<App>,
    caller: &Caller,
    service: &str,
    headers: &HeaderMap,
) -> Result<Option<MemberId>, Problem> {
    let heard = take(app, caller, service, headers).await;
    // Only what there is has a name that may be a label.
    if heard.as_ref().is_err_and(Problem::is_refusal) && app.keeper.service(service).is_ok() {
        app.metrics.refuse_node(service);
    }
    heard
}

async fn take(
    app: &Arc<App>,
    caller: &Caller,
    service: &str,
    headers: &HeaderMap,
) -> Result<Option<MemberId>, Problem> {
    let mut lines = headers.get_all(intermission_core::Report::NAME).iter();
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let refuse = |reason: String| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "report",
            "The node's report cannot be read",
            format!("{}: {reason}", intermission_core::Report::NAME),
        )
    };
    if lines.next().is_some() {
        return Err(refuse("there is more than one line".to_owned()));
    }
    let report = Report::read(line.as_bytes()).map_err(|error| refuse(error.to_string()))?;
    let grant = caller.grant();
    if !grant.may_report(service, &report.id.name) {
        warn!(token = %grant.name, service, node = report.id.name, "refused: the token is for other nodes");
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "token-node",
            "The token is not for this node",
            format!(
                "the token {:?} does not speak for a node called {:?}",
                grant.name, report.id.name
            ),
        ));
    }
    let id = report.id.clone();
    if let Some(report) = app.keeper.hear_at_once(service, report)? {
        let service = service.to_owned();
        let (app, grant) = (Arc::clone(app), grant.clone());
        // Nobody closes it, and without it there is only less order.
        let turn = Arc::clone(&app.joining).acquire_owned().await.ok();
        app.keep(move |keeper| {
            let _turn = turn;
            keeper.hear(&service, report, &grant)
        })
        .await?;
    }
    Ok(Some(id))
}

/// `POST /v1/services/{name}/nodes/forget`: nobody waits for these any more.
pub(super) async fn forget(
    State(app): State<Arc<App>>,
    Named(service): Named,
    order: Order,
) -> Answer {
    #[derive(Serialize)]
    struct Forgot {
        service: String,
        #[serde(flatten)]
        forgetting: Forgetting,
    }
    let Order {
        actor,
        mut fields,
        once,
        ..
    } = order;
    let whom = whom(&mut fields)?;
    let reason = fields.reason()?;
    fields.finish(&["node", "boot", "nodes", "lost", "reason"])?;
    let asked = Forget {
        service: service.clone(),
        whom,
        actor: actor.0,
        reason,
        once,
    };
    let forgetting = app.keep(move |keeper| keeper.forget(asked)).await?;
    json(
        StatusCode::OK,
        &Forgot {
            service,
            forgetting,
        },
    )
}

/// Which nodes are meant, told in one of the ways that there are.
fn whom(fields: &mut Fields) -> Result<Whom, Invalid> {
    let (node, boot) = (fields.text("node")?, fields.text("boot")?);
    let nodes = fields.texts("nodes")?;
    let lost = fields.boolean("lost")?.unwrap_or_default();
    match (node, boot, nodes, lost) {
        (Some(name), Some(boot), None, false) => Ok(Whom::Process(MemberId { name, boot })),
        (Some(name), None, None, false) => Ok(Whom::Named(BTreeSet::from([name]))),
        (None, None, Some(names), false) if !names.is_empty() => {
            Ok(Whom::Named(names.into_iter().collect()))
        }
        (None, None, None, true) => Ok(Whom::Lost),
        _ => Err(Invalid::new(
            "/node",
            "name one node, as in {\"node\": \"edge-7\"}, and perhaps its \"boot\", or some in \"nodes\", or say \
             {\"lost\": true}",
        )),
    }
}

/// `POST /v1/store/adopt`: makes this store's history the one that nodes go on to.
pub(super) async fn adopt(State(app): State<Arc<App>>, order: Order) -> Answer {
    let Order {
        actor,
        mut fields,
        once,
        ..
    } = order;
    let reason = fields.reason()?;
    fields.finish(&["reason"])?;
    let services = app
        .keep(move |keeper| keeper.adopt(&actor.0, reason.as_deref(), once.as_ref()))
        .await?;
    json(StatusCode::OK, &crate::summary::Outcomes { services })
}
