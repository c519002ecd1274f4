use std::sync::Arc;

use axum::extract::State;

use crate::change::{Change, Entries, Patch};
use crate::registry::Asked;
use crate::server::app::App;
use crate::server::handlers::changes::make;
use crate::server::http::answer::Answer;
use crate::server::http::change_request::{Named, Order};

/// `POST /v1/services/{name}/allowlist/add`
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Named(name): Named,
    mut order: Order,
) -> Answer {
    let change = Change::AddEntries(Entries::read_added(&mut order.fields)?);
    edit(app, name, order, change, &["cidrs", "wide", "reason"]).await
}

/// `POST /v1/services/{name}/allowlist/remove`
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Named(name): Named,
    mut order: Order,
) -> Answer {
    let change = Change::RemoveEntries(Entries::read(&mut order.fields)?);
    edit(app, name, order, change, &["cidrs", "reason"]).await
}

/// `POST /v1/services/{name}/allowlist/set`
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    Named(name): Named,
    mut order: Order,
) -> Answer {
    let change = Change::SetEntries(Entries::read_added(&mut order.fields)?);
    edit(app, name, order, change, &["cidrs", "wide", "reason"]).await
}

/// `POST /v1/services/{name}/notice`
pub(crate) async fn notice(
    State(app): State<Arc<App>>,
    Named(name): Named,
    mut order: Order,
) -> Answer {
    let change = Change::Notice(Patch::of_notice(&mut order.fields)?);
    edit(app, name, order, change, &["notice", "reason"]).await
}

async fn edit(app: Arc<App>, name: String, order: Order, change: Change, known: &[&str]) -> Answer {
    let Order {
        actor,
        expected,
        mut fields,
        once,
        caller,
    } = order;
    let reason = fields.reason()?;
    fields.finish(known)?;
    let asked = Asked {
        change,
        expected,
        actor: actor.0,
        reason,
        caller,
        once,
        wait: None,
    };
    make(app, name, asked).await
}
