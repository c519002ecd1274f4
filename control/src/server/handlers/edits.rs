use std::sync::Arc;

use axum::extract::State;
use axum::routing::{MethodRouter, post};

use crate::change::{AddedEntries, Change, Entries, ListEdit, ListVerb, Patch, RemovedEntries};
use crate::labels::Words;
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
    let change = Change::AddEntries(AddedEntries::read(&order.body())?);
    let known = [&["cidrs", "wide"], &Words::FIELDS[..]].concat();
    edit(app, name, order, change, &known).await
}

/// `POST /v1/services/{name}/allowlist/remove`
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    let change = Change::RemoveEntries(RemovedEntries::read(&order.body())?);
    let known = ["cidrs", "names", "wait"];
    edit(app, name, order, change, &known).await
}

/// `POST /v1/services/{name}/allowlist/prune`
pub(crate) async fn prune(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    edit(app, name, order, Change::PruneEntries, &[]).await
}

/// `POST /v1/services/{name}/allowlist/set`
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    let change = Change::SetEntries(Entries::read_added(&order.body())?);
    edit(app, name, order, change, &["cidrs", "wide"]).await
}

/// `POST /v1/services/{name}/notice`
pub(crate) async fn notice(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    let change = Change::Notice(Patch::of_notice(&order.body())?);
    edit(app, name, order, change, &["notice"]).await
}

/// `POST /v1/services/{name}/lists/…`: the lists beside the allowlist, named as in a document.
pub(crate) fn lists(verb: ListVerb) -> MethodRouter<Arc<App>> {
    post(
        async move |State(app), PathName(name), order: JsonRequest| {
            let change = Change::EditLists(ListEdit::read(verb, &order.body())?);
            let known = ListEdit::fields(&["wide", "wait"]);
            edit(app, name, order, change, &known).await
        },
    )
}

async fn edit(
    app: Arc<App>,
    name: String,
    order: JsonRequest,
    change: Change,
    known: &[&str],
) -> Answer {
    let asked = order.asked(change, known)?;
    make(app, name, asked).await
}
