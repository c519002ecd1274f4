use std::sync::Arc;

use axum::extract::State;

use crate::change::{Change, Entries, Patch};
use crate::server::app::App;
use crate::server::handlers::changes::make;
use crate::server::http::answer::Answer;
use crate::server::http::json_request::{JsonRequest, PathName};

/// `POST /v1/services/{name}/allowlist/add`
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    let change = Change::AddEntries(Entries::read_added(&order.body())?);
    edit(app, name, order, change, &["cidrs", "wide", "reason"]).await
}

/// `POST /v1/services/{name}/allowlist/remove`
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    let change = Change::RemoveEntries(Entries::read(&order.body())?);
    edit(app, name, order, change, &["cidrs", "reason"]).await
}

/// `POST /v1/services/{name}/allowlist/set`
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    let change = Change::SetEntries(Entries::read_added(&order.body())?);
    edit(app, name, order, change, &["cidrs", "wide", "reason"]).await
}

/// `POST /v1/services/{name}/notice`
pub(crate) async fn notice(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    let change = Change::Notice(Patch::of_notice(&order.body())?);
    edit(app, name, order, change, &["notice", "reason"]).await
}

async fn edit(
    app: Arc<App>,
    name: String,
    order: JsonRequest,
    change: Change,
    known: &[&str],
) -> Answer {
    let reason = order.reason()?;
    order.body().only(known)?;
    let asked = order.asked(change, reason, None);
    make(app, name, asked).await
}
